"""How reports are made from numbers: over time, by something, by the hours of the week, by how long it took."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell, standing
from analytics.charts import scale
from analytics.charts.bars import bar_chart
from analytics.charts.heat import heat_map
from analytics.charts.lines import Series, line_chart
from analytics.dimensions import ALL
from analytics.numbers import Histogram
from analytics.reports import figures, findings
from analytics.reports.base import TIME, Answer, Behind, Book, Column, Figure, Report, Row
from analytics.scope import Scope
from workspaces.labelled import labelled

MOST_BARS = 8
REST = "ink-4"  # what is not one of those that are compared
# Of these the numbers themselves tell how many have none.
COUNT_NONE = {key for key, dimension in ALL.items() if dimension.counts_none}
# Where a distribution of durations is cut: people's own steps.
CUTS = (60, 300, 900, 3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600)


def spread_columns() -> tuple[Column, ...]:
    return (
        Column("n", _("Number")),
        Column("mean", _("Mean"), wide=True),
        Column("median", _("Median")),
        Column("p90", _("9 in 10 within"), wide=True),
    )


# ── Over time ──


def counts_over_time(report: Report, book: Book) -> Answer:
    """words: {"lines": [(kind, title)…], "finding": f(total, before)}; the first is drawn with the period before."""
    grain = book.filters.grain
    lines: Sequence[tuple[str, Any]] = report.words["lines"]
    at = {kind: {cell.at: cell.n for cell in book.counts(kind, grain=TIME)} for kind, _title in lines}
    open_then = dict(book.backlog()) if report.words.get("backlog") else {}
    rows = []
    for day in book.steps():
        cells = [
            figures.count(at[kind].get(day, 0), figures.step(kind, grain, day)) for kind, _title in lines
        ]
        cells += [_stood_open(open_then, day, book)] if open_then else []
        rows.append(Row(spell.moment(day, grain), tuple(cells), key=day.isoformat()))
    main = lines[0][0]
    totals = [figures.count(book.n(kind), Behind(kind)) for kind, _title in lines]
    totals += [rows[-1].figures[-1]] if open_then and rows else []
    finding = report.words["finding"](book.n(main), book.over(main))
    columns = [Column(kind, str(title), wide=i > 1) for i, (kind, title) in enumerate(lines)]
    columns += [Column("backlog", _("Open at the end"))] if open_then else []
    return Answer(
        report,
        finding,
        _step_title(grain),
        tuple(columns),
        tuple(rows),
        Row(_("Together"), tuple(totals)),
        _counts_chart(report, book, lines, at, finding),
    )


def _stood_open(open_then: dict[date, int], step: date, book: Book) -> Figure:
    """At the end of a step, or of the period."""
    scope, grain = book.scope, book.filters.grain
    ends = step
    if grain == "week":
        ends = step + timedelta(days=6)
    elif grain == "month":
        ends = (step + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    behind = Behind(standing.THEN, grain="day", at=min(ends, scope.last))
    return figures.count(open_then.get(step, 0), behind)


def _step_title(grain: str) -> str:
    return {"day": _("Day"), "week": _("Week"), "month": _("Month")}[grain]


def _short(day, grain: str) -> str:
    return spell.short_day(day) if grain != "month" else spell.moment(day, grain)


def _counts_chart(report: Report, book: Book, lines, at, label: str):
    steps, grain = book.steps(), book.filters.grain
    styles = ("main", "second", "third")
    series = [
        Series(str(title), [at[kind].get(day, 0) for day in steps], style)
        for (kind, title), style in zip(lines[:3], styles, strict=False)
    ]
    if book.filters.before:
        then = {cell.at: cell.n for cell in book.counts(lines[0][0], grain=TIME, before=True)}
        before = [then.get(day, 0) for day in book.steps(before=True)][: len(steps)]
        # Of several lines it says which of them it was.
        name = _("%(what)s, period before") % {"what": lines[0][1]}
        series.append(Series(name, before, "before"))
    says = []
    for i, day in enumerate(steps):
        told = ", ".join(f"{one.name} {spell.number(one.values[i])}" for one in series if i < len(one.values))
        says.append(labelled(spell.moment(day, grain), told))
    links = [figures.step(lines[0][0], grain, day) if at[lines[0][0]].get(day) else None for day in steps]
    names = [_short(day, grain) for day in steps]
    return line_chart(
        series,
        names,
        says,
        label=label,
        ticks=scale.number_ticks,
        tick_text=spell.number,
        links=links,
        span=book.span,
    )


def seconds_over_time(report: Report, book: Book) -> Answer:
    """words: {"kind", "finding": f(histogram, that before, target)}; the median of each step."""
    grain, kind = book.filters.grain, report.words["kind"]
    at = {cell.at: cell.histogram for cell in book.spreads(kind, grain=TIME)}
    rows = tuple(
        Row(
            spell.moment(day, grain), figures.spread(at.get(day, Histogram()), figures.step(kind, grain, day))
        )
        for day in book.steps()
    )
    whole = book.spread(kind)
    before = book.spread(kind, before=True) if book.filters.before else Histogram()
    target = target_of(book) if report.words.get("target") else None
    finding = report.words["finding"](whole, before, target)
    total = Row(_("Together"), figures.spread(whole, Behind(kind)))
    chart = _seconds_chart(book, kind, at, target, finding)
    return Answer(report, finding, _step_title(grain), spread_columns(), rows, total, chart)


def target_of(book: Book) -> float | None:
    """What the inboxes promise for a first reply, in seconds; the strictest of those that are looked at."""
    wanted = book.scope.inboxes
    minutes = [goal for inbox, goal in book.choices.targets.items() if not wanted or inbox in wanted]
    return 60 * min(minutes) if minutes else None


def _seconds_chart(book: Book, kind: str, at, target: float | None, label: str):
    steps, grain = book.steps(), book.filters.grain
    now = [at[day].median if day in at else None for day in steps]
    series = [Series(_("This period"), now)]
    if book.filters.before:
        then = {cell.at: cell.histogram.median for cell in book.spreads(kind, grain=TIME, before=True)}
        before = [then.get(day) for day in book.steps(before=True)][: len(steps)]
        series.append(Series(_("Period before"), before, "before"))
    says = []
    for i, day in enumerate(steps):
        told = [spell.duration(now[i])]
        if len(series) > 1 and i < len(series[1].values):
            told.append(_("before: %(time)s") % {"time": spell.duration(series[1].values[i])})
        says.append(labelled(spell.moment(day, grain), ", ".join(told)))
    goal = (target, _("target %(time)s") % {"time": spell.duration(target)}) if target else None
    return line_chart(
        series,
        [_short(day, grain) for day in steps],
        says,
        label=label,
        ticks=scale.duration_ticks,
        tick_text=lambda mark: spell.duration(mark) if mark else spell.number(0),
        goal=goal,
        links=[figures.step(kind, grain, day) if day in at else None for day in steps],
        span=book.span,
    )


# ── By something ──


def counts_by(report: Report, book: Book) -> Answer:
    """words: {"kind", "title", "finding"}: how many each has, and its part of all, also of those that have none of it."""
    kind, by = report.words["kind"], report.by
    cells = sorted(book.counts(kind, by=by), key=lambda cell: (not cell.by, -cell.n))
    told = [(cell.by, cell.n) for cell in cells]
    whole = sum(n for _value, n in told)
    if by not in COUNT_NONE and told:
        every = sum(cell.n for cell in book.counts(kind))
        # What has several labels is counted for each of them: there is no rest.
        told += [("", every - whole)] if by != "label" and every > whole else []
        whole = max(every, whole) if by != "label" else every
    rows = tuple(
        named_row(
            book, by, value, (figures.count(n, Behind(kind, by, value)), figures.share(n, whole))
        )
        for value, n in told
    )  # fmt: skip
    named = [(row.title, n) for row, (value, n) in zip(rows, told, strict=True) if value]
    finding = findings.largest(str(report.words["finding"]), named, whole)
    if rows and not named:
        finding = findings.alone(rows[0].title, spell.number(whole))
    elif rows and not told[-1][0]:
        finding = findings.nobodys(rows[-1].title, told[-1][1], whole) or finding
    columns = (Column("n", str(report.words["title"])), Column("share", _("Share")))
    total = (
        None if by == "label" else Row(_("Together"), (figures.count(whole, Behind(kind)), figures.nothing()))
    )
    chart = bar_chart(fullest(rows, whole, book.span), label=finding) if rows else None
    return Answer(report, finding, title_of(by), columns, rows, total, chart)


def most_bars(span: int) -> int:
    return MOST_BARS if span <= 8 else 2 * MOST_BARS


def fullest(rows: Sequence[Row], whole: float, span: int) -> list[tuple]:
    """The bars of those that have most; the rest together, so that nothing is missing; and what has none of it."""

    def bar(row: Row, tone: str = "d1") -> tuple:
        n = row.figures[0]
        return (row.title, n.value, n.text, spell.share(n.value or 0, whole) if whole else "", n.behind, tone)

    named, most = [row for row in rows if row.key], most_bars(span)
    shown, rest = (named, []) if len(named) <= most else (named[: most - 1], named[most - 1 :])
    bars = [bar(row) for row in shown]
    if rest:
        n = sum(row.figures[0].value or 0 for row in rest)
        others = _("%(n)s others") % {"n": spell.number(len(rest))}
        bars.append((others, n, spell.number(n), spell.share(n, whole) if whole else "", None, REST))
    return bars + [bar(row, REST) for row in rows if not row.key]


def named_row(book: Book, by: str, value: str, cells) -> Row:
    person = book.choices.person(value) if by == "member" and value else None
    return Row(book.choices.name(by, value), tuple(cells), person, value)


def title_of(by: str) -> str:
    return {
        "member": _("Agent"),
        "team": _("Team"),
        "inbox": _("Inbox"),
        "channel": _("Channel"),
        "channel_kind": _("Kind of channel"),
        "chatflow": _("Chatflow"),
        "label": _("Label"),
        "country": _("Country"),
        "priority": _("Priority"),
        "page": _("Page"),
        "source": _("Source"),
        "pipeline": _("Pipeline"),
        "list": _("Contact list"),
    }[by]


def seconds_by(report: Report, book: Book) -> Answer:
    """words: {"kind", "finding"}: how long it takes each."""
    kind, by = report.words["kind"], report.by
    cells = sorted(book.spreads(kind, by=by), key=lambda cell: (not cell.by, -cell.n))
    rows = tuple(
        named_row(book, by, cell.by, figures.spread(cell.histogram, Behind(kind, by, cell.by)))
        for cell in cells
    )
    named = [
        (row.title, cell.histogram.median, cell.n)
        for row, cell in zip(rows, cells, strict=True)
        if cell.by or len(cells) == 1
    ]
    finding = findings.quickest(str(report.words["finding"]), named)
    whole = Histogram()
    for cell in cells:
        whole = whole.join(cell.histogram)
    total = None if by == "label" else Row(_("Together"), figures.spread(whole, Behind(kind)))
    bars = [
        (row.title, cell.histogram.median, spell.duration(cell.histogram.median), "", row.figures[2].behind)
        for row, cell in list(zip(rows, cells, strict=True))[: most_bars(book.span)]
    ]
    chart = bar_chart(bars, label=finding) if bars else None
    note = ""
    if len(bars) < len(rows):
        note = _("Drawn are the %(n)s with most; the table has all of them.") % {"n": len(bars)}
    return Answer(report, finding, title_of(by), spread_columns(), rows, total, chart, note)


# ── By the hours of the week; by how long it took ──


def week_of_hours(report: Report, book: Book) -> Answer:
    kind = report.words["kind"]
    counts = {cell.at: cell.n for cell in book.counts(kind, grain="weekday_hour")}
    finding = findings.busiest(counts, weekdays_in(book.scope))

    def behind(day: int, hour: int) -> Behind | None:
        return Behind(kind, grain="weekday_hour", at=(day, hour)) if counts.get((day, hour)) else None

    def says(day: int, hour: int, n: int) -> str:
        told = ngettext("%(n)s conversation", "%(n)s conversations", n) % {"n": spell.number(n)}
        return f"{spell.weekday(day)} {spell.hour(hour)}, {told}"

    starts = book.scope.week_starts
    chart = heat_map(
        counts, label=finding, day_name=spell.short_weekday, says=says, link=behind, week_starts=starts
    )
    days = [(starts + i) % 7 for i in range(7)]
    rows = tuple(
        Row(
            spell.hour(hour),
            tuple(figures.count(counts.get((day, hour), 0), behind(day, hour)) for day in days),
        )
        for hour in range(24)
    )
    columns = tuple(Column(str(day), spell.short_weekday(day)) for day in days)
    total = tuple(figures.count(sum(n for (on, _hour), n in counts.items() if on == day)) for day in days)
    return Answer(report, finding, _("Hour"), columns, rows, Row(_("Together"), total), chart)


def weekdays_in(scope: Scope) -> list[int]:
    """How often each weekday was, Monday first."""
    first = scope.first.weekday()
    return [(scope.days - (day - first) % 7 + 6) // 7 for day in range(7)]


def distribution(report: Report, book: Book) -> Answer:
    """words: {"kind", "finding": f(histogram)}: how many took how long."""
    kind = report.words["kind"]
    whole = book.spread(kind, grain=report.asks[0].grain)
    steps = whole.distribution(CUTS)
    rows, bars = [], []
    for (first, end, n), cut in zip(steps, (0, *CUTS), strict=True):
        after = next((one for one in CUTS if one > cut), None)
        name = _until(cut, after if end is not None else None)
        # The very bounds by which it was counted: the list has as many lines.
        behind = Behind(kind, took=(first, end))
        rows.append(Row(name, (figures.count(n, behind), figures.share(n, whole.n))))
        bars.append((name, n, spell.number(n), spell.share(n, whole.n), behind if n else None))
    finding = report.words["finding"](whole)
    columns = (Column("n", _("Number")), Column("share", _("Share")))
    total = Row(_("Together"), (figures.count(whole.n, Behind(kind)), figures.nothing()))
    chart = bar_chart(bars, label=finding, of=whole.n) if whole.n else None
    note = _("The steps are cut where the counts allow it, at most a tenth off.")
    return Answer(report, finding, _("Took"), columns, tuple(rows), total, chart, note)


def _until(first: int, end: int | None) -> str:
    if end is None:
        return _("More than %(time)s") % {"time": spell.duration(first)}
    if not first:
        return _("Less than %(time)s") % {"time": spell.duration(end)}
    return _("%(first)s to %(end)s") % {"first": spell.duration(first), "end": spell.duration(end)}
