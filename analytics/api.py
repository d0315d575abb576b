"""Reports for programs (a key with the scope "view_reports"): which there are, their numbers, and the facts themselves."""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.choices import choices_of
from analytics.exports.rows import as_dict, facts_of
from analytics.filters import Filters, days_from, filters_from
from analytics.models import Kind
from analytics.reports import PAGES, REPORTS, Answer, answer, gather
from analytics.scope import zone_of
from workspaces.permissions import Permission
from workspaces.tokens import with_token

PAGE = 500


@require_safe
@with_token(Permission.VIEW_REPORTS)
def reports(request):
    """Every report: its key, its title, what it means."""
    told = [
        {"key": report.key, "title": str(report.title), "meaning": str(report.meaning), "page": page.key}
        for page in PAGES.values()
        for report in page.reports
    ]
    return JsonResponse({"reports": told})


@require_safe
@with_token(Permission.VIEW_REPORTS)
def report(request, key):
    """Its rows, by the filters that the pages have in their address."""
    found = REPORTS.get(key)
    if found is None:
        return JsonResponse({"error": "not_found"}, status=404)
    filters, choices = _read(request)
    if filters.mistakes:
        return JsonResponse({"error": "invalid", "mistakes": list(filters.mistakes)}, status=422)
    said = answer(found, gather([found], filters, choices))
    return JsonResponse(_as_json(said) | _days(filters))


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
    found = list(rows.order_by("at", "pk")[: PAGE + 1])
    page = found[:PAGE]
    more = _mark(page[-1]) if len(found) > PAGE else None
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
            name: {"value": figure.value, "text": figure.text}
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


def _mark(fact) -> str:
    return base64.urlsafe_b64encode(f"{fact.at.isoformat()},{fact.pk}".encode()).decode()


def _place(text: str) -> tuple[datetime, int] | None | bool:
    """None: from the beginning; False: it cannot be read."""
    if not text:
        return None
    try:
        at, _comma, pk = base64.urlsafe_b64decode(text.encode()).decode().partition(",")
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if moment.tzinfo is not None and len(pk) < 19 else False
    except (ValueError, binascii.Error):
        return False
