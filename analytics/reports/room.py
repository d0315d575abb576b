"""Tickets as they stand now, and how the addresses of the team fare."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell, standing
from analytics.charts.bars import bar_chart
from analytics.filters import Filters
from analytics.reports import figures, findings
from analytics.reports.base import Answer, Behind, Book, Column, Figure, Report, Row
from analytics.reports.makers import MOST_BARS
from channels_app.models import InboundPayload
from contacts.models import ContactAddress
from inboxes.models import Channel
from tickets.models import TicketCount

# ── Tickets ──


def tickets_now(filters: Filters) -> list[dict[str, Any]]:
    """[{stage, stage_name, stage_role, pipeline_name, count}] in the board's order, from kept counters where these know it."""
    scope = filters.scope
    if scope.members or scope.priorities or scope.sources or scope.lists:
        rows: QuerySet = standing.tickets(scope)
        n: Count | Sum = Count("pk")
    else:
        narrowed = {"inbox__in": scope.inboxes, "stage__pipeline__in": scope.pipelines}
        rows = TicketCount.objects.filter(**{name: values for name, values in narrowed.items() if values})
        n = Sum("n")
    order = ("stage__pipeline__position", "stage__pipeline__name", "stage__position")
    named = {
        "stage_name": F("stage__name"),
        "stage_role": F("stage__role"),
        "pipeline_name": F("stage__pipeline__name"),
    }
    told = rows.values("stage", *order, **named).annotate(count=n).filter(count__gt=0)
    return list(told.order_by(*order))


def tickets_by_status(report: Report, book: Book) -> Answer:
    told = book.loaded[report.key]
    several = len({one["pipeline_name"] for one in told}) > 1
    rows, bars = [], []
    for one in told:
        name = f"{one['pipeline_name']} · {one['stage_name']}" if several else one["stage_name"]
        behind = Behind(standing.TICKETS, standing.STAGE, str(one["stage"]))
        rows.append(Row(name, (figures.count(one["count"], behind),)))
        if one["stage_role"] != "closed":
            bars.append((name, one["count"], spell.number(one["count"]), "", behind))
    still = sum(bar[1] for bar in bars)
    finding = ngettext("%(n)s ticket is open now", "%(n)s tickets are open now", still) % {
        "n": spell.number(still)
    }
    finding = finding if still else _("No ticket is open now")
    total = Row(_("Together"), (figures.count(sum(one["count"] for one in told), Behind(standing.TICKETS)),))
    chart = bar_chart(bars[:MOST_BARS], label=finding) if bars else None
    return Answer(report, finding, _("Status"), (Column("n", _("Tickets")),), tuple(rows), total, chart)


# ── Addresses ──


def addresses_now(filters: Filters) -> dict[str, Any]:
    mine = InboundPayload.objects.filter(channel=OuterRef("pk")).order_by().values("channel")
    counted = mine.annotate(n=Count("pk")).values("n")
    unread = mine.filter(processed_at=None, parked_at=None).annotate(n=Count("pk")).values("n")
    channels = Channel.objects.filter(kind="email", disconnected_at=None)
    scope = filters.scope
    if scope.inboxes:
        channels = channels.filter(inbox__in=scope.inboxes)
    if scope.channels:
        channels = channels.filter(pk__in=scope.channels)
    none = Value(0)
    lost = standing.failed(scope).filter(channel=OuterRef("pk")).order_by().values("channel")
    rows = channels.annotate(
        waiting=Coalesce(Subquery(unread), none),
        failed=Coalesce(Subquery(lost.annotate(n=Count("pk")).values("n")), none),
        parked=Coalesce(Subquery(counted.filter(parked_at__isnull=False)), none),
    )
    told = rows.order_by("identifier").values(
        "pk", "identifier", "paused_at", "needs_attention_since", "waiting", "parked", "failed",
        "mailbox__failures", "mailbox__gap", "mailbox__succeeded_at",
    )  # fmt: skip
    within = Q(bounced_at__gte=scope.begins, bounced_at__lt=scope.ends)
    return {"channels": list(told), "bounced": ContactAddress.objects.filter(within, kind="email").count()}


def addresses(report: Report, book: Book) -> Answer:
    told = book.loaded[report.key]
    rows = tuple(Row(one["identifier"], _address(one), key=str(one["pk"])) for one in told["channels"])
    troubled = sum(bool(one["needs_attention_since"]) for one in told["channels"])
    finding = (
        ngettext("%(n)s address needs attention", "%(n)s addresses need attention", troubled)
        % {"n": troubled}
        if troubled
        else _("Every address works")
        if rows
        else findings.nothing()
    )
    bounced = told["bounced"] and ngettext(
        "Mail to %(n)s address of a customer came back in this period.",
        "Mail to %(n)s addresses of customers came back in this period.",
        told["bounced"],
    ) % {"n": spell.number(told["bounced"])}
    columns = (
        Column("state", _("State")),
        Column("failed", _("Did not arrive")),
        Column("failures", _("Failures in a row"), wide=True),
        Column("waiting", _("Waiting to be read")),
        Column("parked", _("Could not be read")),
        Column("gap", _("Missing"), wide=True),
    )
    return Answer(report, finding, _("Address"), columns, rows, note=bounced or "")


def _address(one: dict[str, Any]) -> tuple[Figure, ...]:
    words = (
        _("Needs attention")
        if one["needs_attention_since"]
        else _("Paused")
        if one["paused_at"]
        else _("Works")
    )
    return (
        Figure(1, words, words),
        figures.count(one["failed"], Behind(standing.FAILED, "channel", str(one["pk"]))),
        figures.count(one["mailbox__failures"] or 0),
        figures.count(one["waiting"]),
        figures.count(one["parked"]),
        figures.count(one["mailbox__gap"] or 0),
    )
