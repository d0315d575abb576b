"""The first page: four figures, how replies went, the busiest bot, who replied, and when it is busy."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import spell
from analytics.charts.bars import bar_chart
from analytics.charts.lines import spark
from analytics.numbers import Histogram, Kind
from analytics.reports import answer, figures, findings
from analytics.reports.base import TIME, Answer, Ask, Behind, Book, Figure, Report, Row
from analytics.reports.base import Column as Title
from analytics.reports.catalogue import BUSY, CREATED, FIRST, FIRST_REPLY, VOTES, WORK

BOT_KINDS = (Kind.BOT_STARTED, Kind.BOT_COMPLETED, Kind.BOT_ABANDONED, Kind.BOT_HANDED_OVER)
LASTED = gettext_lazy("Of all closings in this period, those that no re-opening took back.")


@dataclass(frozen=True)
class Tile:
    """One figure: words, number with its units, a comparison in words, a small line."""

    title: str
    parts: list[tuple[str, str]]
    change: str
    tone: str  # up, down or nothing
    beside: str
    spark: str
    behind: Behind | None
    meaning: Any
    # For a spreadsheet: now and before; durations in seconds, shares as parts of one.
    now: Figure
    before: Figure
    # Whether what stands beside the change goes on with its words: “9 % more than before”.
    goes_on: bool = False


def bots(report: Report, book: Book) -> Answer:
    """The bot that was started most."""
    by = "chatflow"
    n = {kind: {cell.by: cell.n for cell in book.counts(kind, by=by)} for kind in BOT_KINDS}
    started = n[Kind.BOT_STARTED]
    if not started:
        return Answer(report, _("No bot has spoken in this period"), _("Step"), (), ())
    flow = max(started, key=lambda value: (started[value], value))
    whole = started[flow]
    said = [
        (_("Started"), Kind.BOT_STARTED, "d1"),
        (_("Came to an end"), Kind.BOT_COMPLETED, "d1"),
        (_("Handed to a person"), Kind.BOT_HANDED_OVER, "d3"),
        (_("Left midway"), Kind.BOT_ABANDONED, "d2"),
    ]
    name = book.choices.name(by, flow)
    finding = findings.settled_alone(name, n[Kind.BOT_COMPLETED].get(flow, 0), whole)
    rows, bars = [], []
    for title, kind, tone in said:
        many, behind = n[kind].get(flow, 0), Behind(kind, by, flow)
        part = "" if kind == Kind.BOT_STARTED else spell.share(many, whole)
        rows.append(Row(title, (figures.count(many, behind), figures.share(many, whole))))
        bars.append((title, many, spell.number(many), part, behind if many else None, tone))
    columns = (Title("n", _("Number")), Title("share", _("Share")))
    chart = bar_chart(bars, label=finding, of=whole)
    return Answer(report, finding, _("Step"), columns, tuple(rows), chart=chart)


BOTS = Report(
    "bot", gettext_lazy("The bot started most"),
    gettext_lazy("Sessions of the bot that was started most, counted when they began. Left midway: the visitor left before its end."),
    bots, (Ask("counts", BOT_KINDS, "chatflow"),), by="chatflow", kinds=BOT_KINDS, chart="bars",
)  # fmt: skip
FIGURES = Report(
    "figures", gettext_lazy("Figures"), gettext_lazy("The four figures of the overview, and those of the period before."),
    lambda _report, book: figures_of(book),
    (
        Ask("counts", (Kind.CREATED, Kind.CLOSED, Kind.UNDONE), grain=TIME, before=True),
        Ask("spreads", (Kind.FIRST_RESPONSE,), grain=TIME, before=True),
        Ask("valued", (Kind.RATED,), grain=TIME, before=True),
    ),
)  # fmt: skip
SHARES, TREND = replace(WORK, words="plain"), replace(FIRST_REPLY, span=8)
OVERVIEW = (FIGURES, TREND, BOTS, SHARES, BUSY)


def overview_of(book: Book) -> dict[str, Any]:
    return {
        "figures": FIGURES,
        "tiles": tiles_of(book),
        "first_reply": answer(TREND, book),
        "bot": answer(BOTS, book),
        "shares": answer(SHARES, book),
        "busy": answer(BUSY, book),
    }


def figures_of(book: Book) -> Answer:
    """The four figures as rows."""
    tiles = tiles_of(book)
    columns = [Title("now", _("This period"))]
    columns += [Title("before", _("Period before"))] if book.filters.before else []
    rows = tuple(Row(tile.title, (tile.now, tile.before)[: len(columns)]) for tile in tiles)
    finding = findings.volume(book.n(Kind.CREATED), book.over(Kind.CREATED))
    return Answer(FIGURES, finding, _("Figure"), tuple(columns), rows)


def tiles_of(book: Book) -> list[Tile]:
    return [conversations(book), first_reply(book), lasting(book), rated(book)]


def conversations(book: Book) -> Tile:
    n = book.n(Kind.CREATED)
    before = book.n(Kind.CREATED, before=True) if book.filters.before else 0
    at = {cell.at: cell.n for cell in book.counts(Kind.CREATED, grain=TIME)}
    change, beside = more_or_fewer(n, book.over(Kind.CREATED))
    values = [at.get(day, 0) for day in book.steps()]
    return Tile(
        _("Conversations"),
        [(spell.number(n), "")],
        change,
        "",
        beside,
        spark(values),
        _link(Kind.CREATED, n),
        CREATED,
        figures.count(n),
        figures.count(before),
        goes_on=True,
    )


def more_or_fewer(all_of_it: int, compared: tuple[int, int] | None) -> tuple[str, str]:
    """("9 % more", "than before"). More of them is neither good nor bad: it has no colour. Few are told as they are.

    `compared`: how many of it on days that are over, and how many before.
    """
    if compared is None or not any(compared):
        return "", ""
    n, before = compared
    if n == before:
        return "", _("as before")
    if min(n, before) < findings.LEAST:
        if n != all_of_it:
            return "", ""
        return "", _("%(n)s before") % {"n": spell.number(before)} if before else _("none before")
    if n >= findings.MANY_TIMES * before:
        return _("%(times)s times as many as before") % {"times": spell.number(n / before)}, ""
    part = spell.percent(abs(n - before) / before)
    change = _("%(part)s more") % {"part": part} if n > before else _("%(part)s fewer") % {"part": part}
    return change, _("than before")


def _link(kind: str, n: int) -> Behind | None:
    return Behind(kind) if n else None


def enough(n: int, then: int) -> bool:
    """To say that one is better than the other."""
    return min(n, then) >= findings.LEAST


def few_in_words(n: int, said: str) -> str:
    """Of how many a figure is told, where they are few."""
    return said % {"n": spell.number(n)} if 0 < n < findings.LEAST else ""


def first_reply(book: Book) -> Tile:
    now, kind = book.spread(Kind.FIRST_RESPONSE), Kind.FIRST_RESPONSE
    before = book.spread(kind, before=True) if book.filters.before else Histogram()
    at = {cell.at: cell.histogram.median for cell in book.spreads(kind, grain=TIME)}
    change, tone = "", ""
    beside = few_in_words(now.n, ngettext("%(n)s first reply", "%(n)s first replies", now.n))
    if enough(now.n, before.n):
        change, tone = faster_or_slower(now.median or 0, before.median or 0)
        beside = "" if change else _("as before")
    values = [at.get(day) for day in book.steps()]
    return Tile(
        _("First reply, median"),
        spell.parts(now.median),
        change,
        tone,
        beside,
        spark(values),
        _link(kind, now.n),
        FIRST,
        figures.seconds(now.median),
        figures.seconds(before.median),
    )


def faster_or_slower(now: float, then: float) -> tuple[str, str]:
    if abs(now - then) < max(1, findings.NOTEWORTHY * then):
        return "", ""
    by = {"time": spell.duration(abs(now - then))}
    return (_("%(time)s faster") % by, "up") if now < then else (_("%(time)s slower") % by, "down")


def lasting(book: Book) -> Tile:
    def part(closed: int, undone: int) -> float | None:
        return (closed - undone) / closed if closed else None

    n = book.n(Kind.CLOSED)
    now, then, before = part(n, book.n(Kind.UNDONE)), None, 0
    if book.filters.before:
        before = book.n(Kind.CLOSED, before=True)
        then = part(before, book.n(Kind.UNDONE, before=True))
    closed = {cell.at: cell.n for cell in book.counts(Kind.CLOSED, grain=TIME)}
    undone = {cell.at: cell.n for cell in book.counts(Kind.UNDONE, grain=TIME)}
    values = [part(closed.get(day, 0), undone.get(day, 0)) for day in book.steps()]
    change, tone = points(now, then, n, before) if enough(n, before) else ("", "")
    beside = few_in_words(n, ngettext("%(n)s closing", "%(n)s closings", n))
    return Tile(
        _("Closed without re-opening"),
        percent_parts(now),
        change,
        tone,
        _("as before") if enough(n, before) and not change else beside,
        spark(values),
        _link(Kind.CLOSED, n),
        LASTED,
        figures.part(now),
        figures.part(then),
    )


def rated(book: Book) -> Tile:
    def part(votes) -> float | None:
        return figures.good(votes) / votes.n if votes.n else None

    now = book.votes(Kind.RATED)
    before = book.votes(Kind.RATED, before=True) if book.filters.before else Histogram()
    at = {cell.at: part(cell.histogram) for cell in book.valued(Kind.RATED, grain=TIME)}
    change, tone = points(part(now), part(before), now.n, before.n) if enough(now.n, before.n) else ("", "")
    votes = ngettext("%(n)s vote", "%(n)s votes", now.n) % {"n": spell.number(now.n)}
    values = [at.get(day) for day in book.steps()]
    return Tile(
        _("Rated good"),
        percent_parts(part(now)),
        change,
        tone,
        votes if now.n else "",
        spark(values),
        _link(Kind.RATED, now.n),
        VOTES,
        figures.part(part(now)),
        figures.part(part(before)),
    )


def percent_parts(value: float | None) -> list[tuple[str, str]]:
    return [(spell.NONE, "")] if value is None else [(spell.of_hundred(value), "%")]


def points(now: float | None, then: float | None, n: int, before: int) -> tuple[str, str]:
    """How many points of a hundred a share moved: ("2 points up", "up"). Without a colour where chance explains it."""
    moved = 0 if now is None or then is None else int(spell.rounded(100 * now) - spell.rounded(100 * then))
    if not moved:
        return "", ""
    said = {"n": spell.number(abs(moved))}
    tone = ("up" if moved > 0 else "down") if not by_chance(now or 0, then or 0, n, before) else ""
    if moved > 0:
        return ngettext("%(n)s point up", "%(n)s points up", moved) % said, tone
    return ngettext("%(n)s point down", "%(n)s points down", -moved) % said, tone


def by_chance(now: float, then: float, n: int, before: int) -> bool:
    """Whether two shares differ by no more than one standard deviation of their difference."""
    both = (now * n + then * before) / (n + before)
    return abs(now - then) <= sqrt(both * (1 - both) * (1 / n + 1 / before))
