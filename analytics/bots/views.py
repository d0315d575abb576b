"""Pages of how chatflows fare: all beside each other, and one in full (AN-3, AN-4)."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analytics.bots import drawing, findings, tables
from analytics.bots.asking import asked_from, choose_week, periods
from analytics.bots.figures import of_all, of_one
from analytics.bots.words import meanings
from analytics.filters import GRAINS
from chatflows.models import Chatflow, FlowKind, FlowStatus
from chatflows.views.results import trial_view
from contacts import csv_out
from workspaces.access import allowed
from workspaces.permissions import Permission

CARDS = {"funnel": "", "time": "-time", "steps": "-steps"}


@require_safe
@allowed(Permission.VIEW_REPORTS)
def bots(request) -> HttpResponse:
    """Every chatflow that was ever published, those put away last and only while they have numbers."""
    asked = asked_from(request.GET, request.workspace)
    rows = Chatflow.objects.filter(published__isnull=False).select_related("channel")
    fared = of_all(rows.order_by("kind", "name", "pk"), asked.scope)
    fared = [one for one in fared if one.of.status != FlowStatus.ARCHIVED or any(one.n.values())]
    if "csv" in request.GET:
        return _csv(tables.of_all(fared), "chatflows", asked)
    context = {
        "asked": asked,
        "filters": asked,
        "query": asked.elsewhere,
        "meanings": meanings(asked.scope),
        "periods": periods(),
        "kinds": [
            (kind, [one for one in fared if one.of.kind == kind]) for kind in (FlowKind.BOT, FlowKind.LIVE)
        ],
        "tab": "bots",
    }
    return render(request, "analytics/bots.html", context)


@require_safe
@allowed(Permission.VIEW_REPORTS)
def bot(request, pk) -> HttpResponse:
    flow = get_object_or_404(Chatflow.objects.select_related("channel", "published", "rival"), pk=pk)
    asked = asked_from(request.GET, request.workspace).of(flow)
    details = of_one(flow, asked.scope, asked.grain)
    if (named := request.GET.get("csv", "")) in tables.OF_ONE:
        return _csv(tables.OF_ONE[named](details), f"{named}-{flow.pk}", asked)
    is_bot = flow.kind == FlowKind.BOT
    context = {
        "flow": flow,
        "asked": asked,
        "filters": asked,
        "query": asked.elsewhere,
        "meanings": meanings(asked.scope),
        "periods": periods(),
        "grains": list(GRAINS.items()),
        "details": details,
        "finding": (findings.of_bot if is_bot else findings.of_live_chat)(details),
        "steps_finding": findings.of_steps(details),
        "bars": drawing.funnel(details, asked),
        "chart": drawing.chart(details, asked),
        "lines": drawing.legend(details, asked),
        "table": tables.days_of(details),
        "trial": trial_view(flow),
        "tab": "bots",
        # What of it can stand on a dashboard.
        "cards": {name: f"bot-{flow.pk}{end}" for name, end in CARDS.items()},
    }
    return render(request, "analytics/bot.html", context)


@require_POST
@allowed(Permission.MANAGE_CHATFLOWS)
def bots_week(request) -> HttpResponse:
    """On which day a week begins in these reports, for everybody."""
    try:
        choose_week(int(request.POST.get("day", "")))
    except ValueError:
        return HttpResponseBadRequest()
    return redirect("analytics:bots", request.workspace.slug)


def _csv(rows, name: str, asked) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    days = f"{asked.scope.first:%Y-%m-%d}-{asked.scope.last:%Y-%m-%d}"
    response["Content-Disposition"] = f'attachment; filename="{name}-{days}.csv"'
    out = csv_out.writer(response)  # type: ignore[arg-type]
    out.writerows(csv_out.row(row) for row in rows)
    return response
