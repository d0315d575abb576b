"""Available or Away: one's own from the personal menu, everybody's on a page (AV-1, AV-4, AV-5)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inboxes.availability import MOST_REASONS, presences, set_availability, set_away_rules
from inboxes.forms import AvailabilityFilterForm, AvailabilityForm, AwayRulesForm
from workspaces.access import allowed, member_only
from workspaces.models import Member, Workspace
from workspaces.permissions import Permission
from workspaces.queries import home_of
from workspaces.redirects import next_path


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def availability(request):
    """One's own status; htmx gets the part of the menu that shows it, others go back to their page."""
    if request.method == "POST":
        form = AvailabilityForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=422)
        request.member = set_availability(request.member, by=request.member, **form.cleaned_data)
    if request.htmx:
        return render(request, "_availability.html", {"member": request.member})
    return redirect(next_path(request, home_of(request.member)))


@require_safe
@allowed(Permission.MANAGE_AVAILABILITY)
def people(request):
    return _page(request)


@require_POST
@allowed(Permission.MANAGE_AVAILABILITY)
def person(request, pk):
    """Somebody else's status (AC-4); they are told of it at their next visit."""
    member = get_object_or_404(Member.objects.active(), workspace=request.workspace, pk=pk)
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    set_availability(member, by=request.member, **form.cleaned_data)
    return _here(request)


@require_POST
@allowed(Permission.MANAGE_WORKSPACE)
def away_rules(request):
    workspace = Workspace.objects.select_for_update(of=("self",)).get(pk=request.workspace.pk)
    form = AwayRulesForm.of(workspace, request.POST, most=MOST_REASONS)
    if not form.is_valid():
        return _page(request, rules=form)
    set_away_rules(workspace, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return _here(request)


def _here(request) -> HttpResponse:
    return redirect("inboxes:people", request.workspace.slug)


def _page(request, *, rules=None) -> HttpResponse:
    chosen = AvailabilityFilterForm(request.GET)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    context = {
        "presences": presences(request.workspace, **wanted),
        "filter_form": chosen,
        "narrowed": any(wanted.values()),
        "rules_form": rules or AwayRulesForm.of(request.workspace),
        "may_rule": request.member.may(Permission.MANAGE_WORKSPACE),
    }
    return render(request, "inboxes/availability.html", context, status=422 if rules else 200)
