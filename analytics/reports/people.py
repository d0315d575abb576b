"""The team: who did what part of the work, and who has how much of it now."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell, standing
from analytics.charts.bars import bar_chart
from analytics.filters import Filters
from analytics.numbers import Histogram, Kind
from analytics.reports import figures, findings
from analytics.reports.base import Answer, Behind, Book, Column, Report, Row
from analytics.reports.makers import fullest, named_row


def shares_of_work(report: Report, book: Book) -> Answer:
    """One line for each person who answered, closed or was given something: no rank, by what they answered."""
    by = "member"
    replies = {cell.by: cell.n for cell in book.counts(Kind.REPLY, by=by)}
    closed = {cell.by: cell.n for cell in book.counts(Kind.CLOSED, by=by)}
    first = {cell.by: cell.histogram for cell in book.spreads(Kind.FIRST_RESPONSE, by=by)}
    settled = {cell.by: cell.histogram for cell in book.spreads(Kind.SETTLED, by=by)}
    votes = {cell.by: cell.histogram for cell in book.valued(Kind.RATED, by=by)}
    people = sorted(
        (value for value in {*replies, *closed, *first, *settled, *votes} if value),
        key=lambda value: (-replies.get(value, 0), book.choices.name(by, value)),
    )
    most = max(replies.values(), default=0)
    rows = []
    for value in people:
        voted = votes.get(value, Histogram())
        cells = (
            figures.count(replies.get(value, 0), Behind(Kind.REPLY, by, value), of=most),
            figures.count(closed.get(value, 0), Behind(Kind.CLOSED, by, value)),
            figures.seconds(first.get(value, Histogram()).median, Behind(Kind.FIRST_RESPONSE, by, value)),
            figures.seconds(settled.get(value, Histogram()).median, Behind(Kind.SETTLED, by, value)),
            figures.share(figures.good(voted), voted.n, Behind(Kind.RATED, by, value)),
        )
        rows.append(named_row(book, by, value, cells))
    named = [(row.title, replies.get(row.key, 0)) for row in rows]
    finding = (
        findings.nothing()
        if not rows
        else _("Who replied")
        if report.words == "plain"
        else findings.largest(_("%(name)s wrote %(part)s of all replies"), named)
    )
    return Answer(
        report,
        finding,
        _("Agent"),
        work_columns(),
        tuple(rows),
        _together(replies, closed, first, settled, votes),
    )


def work_columns() -> tuple[Column, ...]:
    return (
        Column("replies", _("Replies")),
        Column("closed", _("Closed"), wide=True),
        Column("first", _("First reply")),
        Column("close", _("To close"), wide=True),
        Column("good", _("Rated good"), wide=True),
    )


def _together(replies, closed, first, settled, votes) -> Row:
    def whole(spreads) -> Histogram:
        both = Histogram()
        for one in spreads.values():
            both = both.join(one)
        return both

    voted = whole(votes)
    return Row(
        _("Together"),
        (
            figures.count(sum(replies.values()), Behind(Kind.REPLY)),
            figures.count(sum(closed.values()), Behind(Kind.CLOSED)),
            figures.seconds(whole(first).median, Behind(Kind.FIRST_RESPONSE)),
            figures.seconds(whole(settled).median, Behind(Kind.SETTLED)),
            figures.share(figures.good(voted), voted.n, Behind(Kind.RATED)),
        ),
    )


# ── Now ──


def open_now(filters: Filters) -> list[dict[str, Any]]:
    """[{assignee, open, waiting}] of what is open in this moment."""
    rows = standing.open_conversations(filters.scope).order_by()
    has = standing.open_by_member(filters.scope)
    if has is None:
        has = dict(rows.values_list("assignee").annotate(n=Count("pk")))
    waiting = (
        rows.filter(waiting_since__isnull=False, bot_since=None)
        .values_list("assignee")
        .annotate(n=Count("pk"))
    )
    waits = dict(waiting)
    told = [{"assignee": who, "open": n, "waiting": waits.get(who, 0)} for who, n in has.items()]
    return sorted(told, key=lambda one: -one["open"])


def open_in_words(n: int) -> str:
    said = ngettext("%(n)s conversation is open", "%(n)s conversations are open", n)
    return said % {"n": spell.number(n)}


def workload(report: Report, book: Book) -> Answer:
    told = book.loaded[report.key]
    whole = sum(one["open"] for one in told)
    rows = []
    for one in told:
        value = str(one["assignee"] or "")
        behind = Behind(standing.OPEN, "member", value)
        cells = (
            figures.count(one["open"], behind),
            figures.count(one["waiting"], Behind(standing.WAITING, "member", value)),
            figures.share(one["open"], whole),
        )
        rows.append(named_row(book, "member", value, cells))
    # Who has nobody stands last, in the table as in what is drawn of it.
    rows.sort(key=lambda row: not row.key)
    finding = findings.largest(
        _("%(name)s has %(part)s of what is open"),
        [(row.title, row.figures[0].value or 0) for row in rows if row.key],
        whole,
        few=open_in_words(whole),
    )
    nobodys = sum(row.figures[0].value or 0 for row in rows if not row.key)
    finding = findings.nobodys(book.choices.name("member", ""), nobodys, whole) or finding
    if not any(row.key for row in rows):
        finding = _("Nobody has anything open")
    columns = (Column("open", _("Open")), Column("waiting", _("Waiting for us")), Column("share", _("Share")))
    waiting = figures.count(sum(one["waiting"] for one in told), Behind(standing.WAITING))
    total = (figures.count(whole, Behind(standing.OPEN)), waiting, figures.nothing())
    chart = bar_chart(fullest(rows, whole, book.span), label=finding) if rows else None
    return Answer(report, finding, _("Agent"), columns, tuple(rows), Row(_("Together"), total), chart)
