"""The table of tickets, and which columns it shows."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tickets.models import TicketView
from tickets.pipelines import in_use
from tickets.queries import table as tables
from tickets.queries.narrow import choices_of, narrow_from
from tickets.saved_views import may_change, saved_for
from tickets.views.board import LAST
from tickets.views.common import chosen, numbers_in, pipeline_asked, wants_deleted
from workspaces.access import member_only
from workspaces.permissions import Permission


@require_safe
@member_only
def table(request):
    views = saved_for(request.member)
    view = find_view(request.GET.get("view", ""), views)
    pipelines = in_use()
    pipeline = pipeline_asked(request.GET.get("pipeline", "")) if not view else None
    narrow = narrow_from(request.GET)
    sort = tables.sort_from(request.GET.get("sort", "") or (view.sort if view else tables.FIRST))
    gone = wants_deleted(request)
    rows = tables.rows_of(request.member, narrow, pipeline, view, deleted=gone)
    columns = tables.columns_of(request.member, view)
    works = request.member.may(Permission.WORK)
    if request.htmx and "ids" in request.GET:
        # Some of those that are shown, as they stand now; what fits no longer is left out.
        rows = rows.filter(pk__in=numbers_in(request.GET["ids"], tables.PAGE))
        cards, after = tables.page_of(rows, sort, "", request.member, columns)
        context = {"cards": cards, "columns": columns, "works": works}
        return render(request, "tickets/_rows_now.html", context)
    request.session[LAST] = "table"
    cards, after = tables.page_of(rows, sort, request.GET.get("after", ""), request.member, columns)
    context = {
        "cards": cards,
        "after": after,
        "columns": columns,
        "heads": tables.heads_of(columns, sort),
        "all_columns": [(key, told[0], key in columns) for key, told in tables.COLUMNS.items()],
        "sort": sort,
        "narrow": narrow,
        "choices": choices_of(request.member),
        "pipeline": pipeline,
        "pipelines": pipelines,
        "views": views,
        "view": view,
        "may_change": bool(view and may_change(view, request.member)),
        "asked": _asked(narrow, pipeline, view, gone),
        "deleted": gone,
        "manages": request.member.may(Permission.MANAGE_TICKETS),
        "works": works,
    }
    template = "tickets/_rows.html" if request.htmx and request.GET.get("after") else "tickets/table.html"
    return render(request, template, context)


def find_view(number: str, views: list[TicketView]) -> TicketView | None:
    """The view that an address asks for. Raises Http404 for one that the member does not see."""
    if not number:
        return None
    found = chosen(number, views)
    if found is None:
        raise Http404
    return found


def _asked(narrow, pipeline, view, deleted: bool) -> str:
    """What the table shows, as the part of an address that pages and sorting keep."""
    parts = [f"view={view.pk}" if view else "", f"pipeline={pipeline.pk}" if pipeline else "", narrow.query]
    parts += ["deleted=1"] if deleted else []
    return "&".join(filter(None, parts))


@require_POST
@member_only
def columns(request):
    """For this member alone; a view has columns of its own."""
    tables.choose_columns(request.member, request.POST.getlist("column"))
    return redirect("tickets:table", request.workspace.slug)
