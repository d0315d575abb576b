"""Reports for programs (a key with the scope "view_reports"): which there are, their numbers, and the facts themselves."""

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.choices import choices_of
from analytics.dashboards.panels import found, offered
from analytics.exports.rows import as_dict, facts_of
from analytics.filters import Filters, days_from, filters_from
from analytics.models import Kind
from analytics.reports import PAGES, REPORTS, Answer, Report, answer, gather
from analytics.reports.base import Figure
from analytics.reports.overview import FIGURES
from analytics.scope import zone_of
from workspaces import numbers
from workspaces.permissions import Permission
from workspaces.tokens import with_token

PAGE = 500


@require_safe
@with_token(Permission.VIEW_REPORTS)
def reports(request):
    """Every report: its key, its title, what it means."""
    told = [
        {"key": report.key, "title": str(report.title), "meaning": str(report.meaning), "page": page}
        for report, page in _everything()
    ]
    return JsonResponse({"reports": told})


def _everything() -> Iterator[tuple[Report, str]]:
    """Each with the page that it stands on; "" where it stands on dashboards only."""
    yield FIGURES, "overview"
    for page in PAGES.values():
        yield from ((report, page.key) for report in page.reports)
    for _title, offers in offered():
        yield from ((report, "") for report in offers if report.key not in REPORTS)


@require_safe
@with_token(Permission.VIEW_REPORTS)
def report(request, key):
    """Its rows, by the filters that the pages have in their address."""
    wanted = FIGURES if key == FIGURES.key else found([key]).get(key)
    if wanted is None:
        return JsonResponse({"error": "not_found"}, status=404)
    filters, choices = _read(request)
    if filters.mistakes:
        return JsonResponse({"error": "invalid", "mistakes": list(filters.mistakes)}, status=422)
    book = gather([wanted], filters, choices)
    return JsonResponse(_as_json(answer(wanted, book)) | _days(filters))


@require_safe
@with_token(Permission.VIEW_REPORTS)
def facts(request):
    """Facts, oldest first, 500 at a time: `kind` (more than once), the filters, and `after` of the answer before."""
    kinds = request.GET.getlist("what")
    filters, _choices = _read(request)
    mistakes = [*filters.mistakes, *(f"what: {kind[:40]}" for kind in kinds if kind not in Kind.values)]
    after = _place(request.GET.get("after", ""))
    if mistakes or after is False:
        return JsonResponse({"error": "invalid", "mistakes": mistakes or ["after"]}, status=422)
    rows = facts_of(filters.scope, kinds)
    if after:
        at, pk = after
        rows = rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk))
    told = list(rows.order_by("at", "pk")[: PAGE + 1])
    page = told[:PAGE]
    more = _mark(page[-1]) if len(told) > PAGE else None
    return JsonResponse({"facts": [as_dict(fact) for fact in page], "after": more} | _days(filters))


def _read(request) -> tuple[Filters, Any]:
    workspace = request.token.member.workspace
    zone = workspace.time_zone
    today = timezone.now().astimezone(zone_of(zone)).date()
    choices = choices_of(workspace, days_from(request.GET, today, zone))
    return filters_from(request.GET, choices, today=today, zone=zone), choices


def _days(filters: Filters) -> dict[str, str]:
    scope = filters.scope
    return {
        "from": scope.first.isoformat(),
        "to": scope.last.isoformat(),
        "time_zone": scope.zone,
        "clock": "calendar" if scope.clock == "c" else "working",
    }


def _as_json(said: Answer) -> dict[str, Any]:
    """Values as they are: durations in seconds, shares as parts of one; the words beside them."""
    names = [column.key for column in said.columns]

    def row(one) -> dict[str, Any]:
        values = {
            name: {"value": figure.plain if _is_words(figure) else figure.value, "text": figure.text}
            for name, figure in zip(names, one.figures, strict=False)
        }
        return {"title": one.title, "key": one.key, "values": values}

    return {
        "key": said.report.key,
        "title": str(said.report.title),
        "meaning": str(said.report.meaning),
        "finding": said.finding,
        "columns": [{"key": column.key, "title": str(column.title)} for column in said.columns],
        "rows": [row(one) for one in said.rows],
        "total": row(said.total) if said.total else None,
    }


def _is_words(figure: Figure) -> bool:
    """A state, say, and no number."""
    return bool(figure.plain) and not figure.plain.replace(".", "", 1).lstrip("-").isdigit()


def _mark(fact) -> str:
    return base64.urlsafe_b64encode(f"{fact.at.isoformat()},{fact.pk}".encode()).decode()


def _place(text: str) -> tuple[datetime, int] | None | bool:
    """None: from the beginning; False: it cannot be read."""
    if not text:
        return None
    try:
        at, _comma, pk = base64.urlsafe_b64decode(text.encode()).decode().partition(",")
        moment = numbers.moment(at)
        return (moment, int(pk)) if moment and len(pk) < 19 else False
    except (ValueError, binascii.Error):
        return False
