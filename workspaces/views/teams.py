"""One team: its name and its people."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workspaces import actions
from workspaces.forms import PlaceForm, TeamForm
from workspaces.models import Member, Team, TeamMember
from workspaces.refusals import Refused
from workspaces.views.people import get_member, manages, render_team


@require_POST
@manages
def create_team(request):
    form = TeamForm(request.POST, prefix="team")
    if form.is_valid():
        try:
            made = actions.create_team(form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("workspaces:team_group", request.workspace.slug, made.pk)
    return render_team(request, team_form=form)


@require_http_methods(["GET", "POST"])
@manages
def team_group(request, pk):
    """Show a team; POST renames it."""
    found = get_object_or_404(Team, pk=pk)
    if request.method == "GET":
        return _render(request, found, TeamForm(initial={"name": found.name}))
    form = TeamForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_team(found, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("workspaces:team_group", request.workspace.slug, pk)
    found.refresh_from_db()
    return _render(request, found, form, status=422)


@require_POST
@manages
def delete_team(request, pk):
    actions.delete_team(get_object_or_404(Team, pk=pk))
    messages.success(request, _("The team was removed. Its people are still here."))
    return redirect("workspaces:team", request.workspace.slug)


@require_POST
@manages
def add_place(request, pk):
    found = get_object_or_404(Team, pk=pk)
    form = PlaceForm(request.POST, team=found)
    if not form.is_valid():
        return _render(request, found, TeamForm(initial={"name": found.name}), place_form=form, status=422)
    actions.add_to_team(found, form.cleaned_data["member"])
    return redirect("workspaces:team_group", request.workspace.slug, pk)


@require_POST
@manages
def remove_place(request, pk, member):
    actions.remove_from_team(get_object_or_404(Team, pk=pk), get_member(request, member))
    return redirect("workspaces:team_group", request.workspace.slug, pk)


@require_POST
@manages
def main_team(request, pk, member):
    place = get_object_or_404(TeamMember, team=pk, member=get_member(request, member))
    actions.set_main_team(place.team, place.member)
    return redirect("workspaces:team_group", request.workspace.slug, pk)


def _render(request, found: Team, form: TeamForm, *, place_form: PlaceForm | None = None, status: int = 200):
    places = TeamMember.objects.filter(team=found, member__in=Member.objects.active())
    context = {
        "team": found,
        "places": list(places.select_related("member__user").order_by("member__display_name")),
        "form": form,
        "place_form": place_form or PlaceForm(team=found),
    }
    return render(request, "workspaces/team_group.html", context, status=status)
