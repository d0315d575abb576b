"""Settings > Mail filters: the allow and the deny list, and what is set aside by itself (SP-2, SP-5)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from inboxes import filters as verbs
from inboxes.forms_filters import SendersForm, SwitchesForm
from inboxes.models import SenderRule
from workspaces.access import allowed
from workspaces.permissions import Permission

filters_managed = allowed(Permission.MANAGE_FILTERS)
PAGE = 100


@require_GET
@filters_managed
def filters(request):
    return _page(request)


@require_POST
@filters_managed
def add_senders(request):
    form = SendersForm(request.POST)
    if not form.is_valid():
        return _page(request, senders=form, status=422)
    added = verbs.list_senders(form.cleaned_data["list"], form.cleaned_data["senders"], by=request.member)
    messages.success(request, ngettext("%(n)s sender added.", "%(n)s senders added.", added) % {"n": added})
    return redirect("inboxes:filters", request.workspace.slug)


@require_POST
@filters_managed
def remove_sender(request, pk):
    verbs.unlist_sender(get_object_or_404(SenderRule, pk=pk))
    messages.success(request, _("Removed."))
    return redirect("inboxes:filters", request.workspace.slug)


@require_POST
@filters_managed
def filter_switches(request):
    form = SwitchesForm(request.POST, instance=verbs.current_switches())
    if not form.is_valid():
        return _page(request, switches=form, status=422)
    verbs.set_switches(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("inboxes:filters", request.workspace.slug)


def _page(request, *, senders=None, switches=None, status=200):
    found = SenderRule.objects.select_related("created_by").order_by("list", "value")
    if wanted := request.GET.get("q", "").strip().lower():
        found = found.filter(value__contains=wanted)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "senders_form": senders or SendersForm(initial={"list": "deny"}),
        "switches_form": switches or SwitchesForm(instance=verbs.current_switches()),
    }
    return render(request, "inboxes/filters.html", context, status=status)
