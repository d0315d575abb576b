"""Dashboards: the list, one to read and to print, and the page on which it is put together."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.choices import choices_of
from analytics.dashboards import actions
from analytics.dashboards import panels as all_panels
from analytics.filters import days_from, filters_from, stored
from analytics.models import Dashboard
from analytics.reports import PAGES, answer, gather
from analytics.scope import zone_of
from analytics.views.common import frame
from analytics.views.pages import as_file
from workspaces.access import allowed
from workspaces.permissions import Permission, Role

PLAIN = {"mistakes": ()}
# The two that everybody has (AN-2); a copy of them is one's own.
READY = ("chat", "email")
LONGEST_QUERY = 1000


@require_safe
@allowed(Permission.VIEW_REPORTS)
def dashboards(request):
    rows = actions.seen_by(request.member).select_related("maker")
    context = {"rows": rows, "ready": [PAGES[key] for key in READY], "tab": "dashboards", "filters": PLAIN}
    return render(request, "analytics/dashboards.html", context)


@require_safe
@allowed(Permission.VIEW_REPORTS)
def dashboard(request, pk):
    found = get_object_or_404(actions.seen_by(request.member), pk=pk)
    # Its own filters, until somebody asks for others.
    asked = request.GET if request.GET else stored(found.query)
    filters, choices = _read(asked, request.workspace)
    panels = all_panels.found(panel["report"] for panel in found.panels)
    if (wanted := request.GET.get("csv", "")) in panels:
        one = panels[wanted]
        return as_file(answer(one, gather([one], filters, choices)), filters)
    book = gather(list(panels.values()), filters, choices)
    half = {panel["report"]: panel["half"] for panel in found.panels}
    answers = [answer(replace(one, span=6 if half[key] else 12), book) for key, one in panels.items()]
    context = frame(request, "dashboards", filters, choices) | {
        "dashboard": found,
        "answers": answers,
        "may_change": actions.may_change(found, request.member),
    }
    return render(request, "analytics/dashboard.html", context)


def _read(asked: QueryDict, workspace):
    zone = workspace.time_zone
    today = timezone.now().astimezone(zone_of(zone)).date()
    choices = choices_of(workspace, days_from(asked, today, zone))
    return filters_from(asked, choices, today=today, zone=zone), choices


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.VIEW_REPORTS)
def dashboard_new(request):
    """`from`: a page of reports, or the number of a dashboard; all of it is chosen, what is not wanted is taken out."""
    begun, name, query = _begun(request)
    name, mistake = request.POST.get("name", name).strip()[:80], ""
    if request.method == "POST":
        if name:
            try:
                made = actions.create(
                    name=name, reports=request.POST.getlist("report"), query=query, by=request.member
                )
                return redirect("analytics:dashboard_edit", request.workspace.slug, made.pk)
            except actions.TooMany:
                mistake = _("There are too many dashboards. Remove some first.")
        else:
            mistake = _("Give it a name.")
        begun = request.POST.getlist("report")
    context = {"name": name, "mistake": mistake, "tab": "dashboards", "filters": PLAIN}
    context["groups"] = _groups(chosen=begun)
    return render(request, "analytics/dashboard_new.html", context, status=422 if mistake else 200)


def _begun(request) -> tuple[list[str], str, str]:
    wanted = request.GET.get("from", "")
    if wanted in PAGES:
        return [report.key for report in PAGES[wanted].reports], str(PAGES[wanted].title), ""
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        found = actions.seen_by(request.member).filter(pk=wanted).first()
        if found:
            name = _("Copy of %(name)s") % {"name": found.name}
            return [panel["report"] for panel in found.panels], name, found.query
    return [], "", ""


def _groups(chosen=(), without=()) -> list:
    """[(heading, [(report, is chosen)])] of what can be added."""
    return [
        (title, [(report, report.key in chosen) for report in reports if report.key not in without])
        for title, reports in all_panels.offered()
    ]


def _mine(request, pk) -> Dashboard:
    found = get_object_or_404(actions.seen_by(request.member), pk=pk)
    if not actions.may_change(found, request.member):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.VIEW_REPORTS)
def dashboard_edit(request, pk):
    """Name, who sees it, which filters it keeps; its reports below, each with verbs of its own."""
    found = _mine(request, pk)
    mistake = ""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:80]
        query = request.POST.get("query", found.query).lstrip("?")[:LONGEST_QUERY]
        if name:
            actions.save(found, name=name, roles=request.POST.getlist("role"), query=query, by=request.member)
            messages.success(request, _("Saved."))
            return redirect("analytics:dashboard", request.workspace.slug, found.pk)
        mistake = _("Give it a name.")
    known = all_panels.found(one["report"] for one in found.panels)
    panels = [(known[one["report"]], one["half"]) for one in found.panels if one["report"] in known]
    context = {
        "dashboard": found,
        "panels": panels,
        "roles": [(key, label, key in found.roles) for key, label in Role.choices],
        "groups": _groups(without={report.key for report, _half in panels}),
        "mistake": mistake,
        "tab": "dashboards",
        "filters": PLAIN,
    }
    return render(request, "analytics/dashboard_edit.html", context, status=422 if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.VIEW_REPORTS)
def dashboard_add(request):
    """One report from where it stands onto a dashboard: one of those that are there, or a new one with its filters."""
    wanted = list(all_panels.found([request.GET.get("report", "")]).values())
    if not wanted:
        raise Http404
    mine, to = actions.changed_by(request.member), request.POST.get("to", "")
    name, mistake = request.POST.get("name", "").strip()[:80], ""
    if request.method == "POST":
        board = next((one for one in mine if str(one.pk) == to), None)
        if board is not None:
            return _added(request, board, actions.add(board, [wanted[0].key]))
        mistake = _("Give it a name.") if to == "new" else _("Choose a dashboard.")
        if to == "new" and name:
            query = request.GET.get("filters", "")[:LONGEST_QUERY]
            try:
                made = actions.create(name=name, reports=[wanted[0].key], query=query, by=request.member)
                return _added(request, made, True)
            except actions.TooMany:
                mistake = _("There are too many dashboards. Remove some first.")
    context = {
        "report": wanted[0],
        "mine": mine,
        "to": to or (str(mine[0].pk) if mine else "new"),
        "name": name,
    }
    context |= {"mistake": mistake, "tab": "dashboards", "filters": PLAIN}
    return render(request, "analytics/dashboard_add.html", context, status=422 if mistake else 200)


def _added(request, board: Dashboard, has_room: bool):
    if has_room:
        messages.success(request, _("It stands on “%(name)s” now.") % {"name": board.name})
    else:
        messages.error(request, _("“%(name)s” is full. Take something out first.") % {"name": board.name})
    return redirect("analytics:dashboard", request.workspace.slug, board.pk)


@require_POST
@allowed(Permission.VIEW_REPORTS)
def dashboard_panel(request, pk):
    """One report of it: `to` a place, `size` half or full, `drop`; or `report` more than once with `add`."""
    found, keys = _mine(request, pk), request.POST.getlist("report")
    to = request.POST.get("to", "")
    if "add" in request.POST:
        actions.add(found, keys)
    elif keys and "drop" in request.POST:
        actions.drop(found, keys[0])
    elif keys and "size" in request.POST:
        actions.resize(found, keys[0], half=request.POST["size"] == "half")
    elif keys and to.isascii() and to.isdigit() and len(to) < 4:
        actions.place(found, keys[0], int(to))
    return redirect("analytics:dashboard_edit", request.workspace.slug, found.pk)


@require_POST
@allowed(Permission.VIEW_REPORTS)
def dashboard_keep(request, pk):
    """The filters that somebody looks at become its own."""
    found = _mine(request, pk)
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    actions.save(found, name=found.name, roles=found.roles, query=query, by=request.member)
    messages.success(request, _("These filters are the dashboard's now."))
    return redirect("analytics:dashboard", request.workspace.slug, found.pk)


@require_POST
@allowed(Permission.VIEW_REPORTS)
def dashboard_remove(request, pk):
    actions.remove(_mine(request, pk), by=request.member)
    messages.success(request, _("Removed."))
    return redirect("analytics:dashboards", request.workspace.slug)
