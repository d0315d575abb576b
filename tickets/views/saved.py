"""Making, changing and deleting views of tickets."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.builder import groups_of, raw_from
from conversations.models import Sharing
from tickets.models import TicketView
from tickets.queries.conditions import FIELDS, choices_for, words
from tickets.queries.table import COLUMNS, FIRST, SORTS, USUAL
from tickets.saved_views import may_change, save_view, saved_for
from workspaces.access import allowed
from workspaces.models import Team
from workspaces.permissions import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.WORK)
def view_new(request):
    return _build(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.WORK)
def view_page(request, view_pk):
    return _build(request, _load(request, view_pk))


@require_POST
@allowed(Permission.WORK)
def view_delete(request, view_pk):
    _load(request, view_pk).delete()
    return redirect("tickets:table", request.workspace.slug)


def _load(request, pk: int) -> TicketView:
    """What a member may not change is not there."""
    for view in saved_for(request.member):
        if view.pk == pk and may_change(view, request.member):
            return view
    raise Http404


def _build(request, view: TicketView | None):
    """A first look, another line or a saved view: every button sends the whole form, with and without a script."""
    typed = request.method == "POST"
    raw = raw_from(request.POST, FIELDS) if typed else _start(view)
    columns = request.POST.getlist("column") if typed else (view.columns if view else USUAL)
    sort = request.POST.get("sort", FIRST) if typed else (view.sort if view else FIRST)
    error = ""
    if "save" in request.POST:
        try:
            saved = _save(request, view, raw, columns, sort)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            shown = f"{reverse('tickets:table', args=[request.workspace.slug])}?view={saved.pk}"
            return HttpResponse(headers={"HX-Redirect": shown}) if request.htmx else redirect(shown)
    context = {
        "view_made": view,
        "url": request.path,
        "error": error,
        "name": raw["name"],
        "groups": groups_of(raw["conditions"], choices_for(request.member), FIELDS),
        "fields": words(),
        "units": [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        "sharing": raw["sharing"] or Sharing.PRIVATE,
        "team": raw["team"],
        "own_teams": list(Team.objects.filter(members=request.member).order_by("name")),
        "columns": [(key, told[0], key in columns) for key, told in COLUMNS.items()],
        "sorts": _sorts(sort),
    }
    if request.htmx:  # which shows nothing that came with a refusal
        return render(request, "conversations/_builder.html", context)
    return render(request, "tickets/view.html", context, status=422 if error else 200)


def _start(view: TicketView | None) -> dict:
    if view is None:
        first = {"field": "status", "op": "is", "value": ["open"]}
        return {"name": "", "sharing": "private", "team": "", "conditions": {"any": [{"all": [first]}]}}
    return {
        "name": view.name,
        "sharing": view.sharing,
        "team": str(view.team_id or ""),
        "conditions": view.conditions,
    }


def _sorts(now: str) -> list[tuple[str, str, bool]]:
    found = []
    for key in SORTS:
        label = COLUMNS[key][0]
        found.append((f"-{key}", _("%(column)s, newest first") % {"column": label}, now == f"-{key}"))
        found.append((key, _("%(column)s, oldest first") % {"column": label}, now == key))
    return found


def _save(request, view: TicketView | None, raw: dict, columns: list[str], sort: str) -> TicketView:
    number = raw["team"] if raw["team"].isdecimal() and len(raw["team"]) < 18 else 0
    return save_view(
        view,
        name=raw["name"],
        conditions=raw["conditions"],
        columns=columns,
        sort=sort if sort.removeprefix("-") in SORTS else FIRST,
        by=request.member,
        sharing=raw["sharing"] if raw["sharing"] in Sharing.values else Sharing.PRIVATE,
        team=Team.objects.filter(members=request.member, pk=number).first(),
    )
