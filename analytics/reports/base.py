"""What a report is, what it answers, and how the questions of a whole page are asked at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analytics import asked, numbers
from analytics.choices import Choices
from analytics.filters import Filters
from analytics.numbers import Cell, Histogram, SpreadCell
from analytics.scope import Scope

TIME = "time"  # the grain that the filters have
MOST_SHOWN = 300  # rows of a table on a page: a site has many pages
LONG = 28  # days of which one more or less tells little


@dataclass(frozen=True)
class Ask:
    """One question to the numbers. `before`: also for what the period is compared with."""

    what: str  # counts, spreads, valued, backlog
    kinds: tuple[str, ...] = ()
    by: str = ""
    grain: str = ""
    before: bool = False


@dataclass(frozen=True)
class Behind:
    """Which facts a figure counts: what analytics.numbers.behind() is asked for."""

    kind: str
    by: str = ""
    value: str = ""
    grain: str = ""
    at: Any = None
    bucket: int | None = None
    took: tuple[int, int | None] | None = None  # seconds from and up to which, by the clock


@dataclass(frozen=True)
class Figure:
    """A number with its words: `text` for reading, `plain` for a spreadsheet."""

    value: float | None
    text: str
    plain: str
    behind: Behind | None = None
    url: str = ""  # where else it leads
    meter: int | None = None  # its part of the largest, for a small bar beside it


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    wide: bool = False  # left out where there is no room


@dataclass(frozen=True)
class Row:
    title: str
    figures: tuple[Figure, ...]
    person: dict[str, Any] | None = None
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """What a report says: its finding as title, its table, and what is drawn of it."""

    report: "Report"
    finding: str
    first: str  # title of the first column
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    chart: Any = None
    note: str = ""

    @property
    def is_ordered(self) -> bool:
        """Its rows are steps, of time or of duration, and not whatever there is."""
        return self.report.chart in ("line", "distribution", "heat")

    @property
    def shown(self) -> tuple["Row", ...]:
        """Its rows on a page; a file has all of them."""
        return self.rows if self.is_ordered else self.rows[:MOST_SHOWN]

    @property
    def empty(self) -> bool:
        return not any(figure.value for row in self.rows for figure in row.figures)


@dataclass(frozen=True)
class Report:
    """One report, as data. `make` turns the answers to `asks` into an Answer."""

    key: str
    title: Any  # what it is about, where the finding is not known yet
    meaning: Any  # what exactly is counted
    make: Callable[["Report", "Book"], Answer]
    asks: tuple[Ask, ...]
    by: str = ""
    kinds: tuple[str, ...] = ()
    chart: str = "table"  # line, bars, heat, distribution, table
    timed: bool = False  # durations: it has a clock
    channels: tuple[str, ...] = ()  # only these kinds of channel
    span: int = 12
    words: Any = None  # what `make` needs beside the numbers
    # What stands in no fact: who has what open now, how an address fares.
    load: Callable[[Filters], Any] | None = None
    is_now: bool = False  # the period changes nothing about it
    is_live: bool = False  # it is asked for anew while one looks at it


@dataclass
class Book:
    """The answers to all questions of a page, each asked once."""

    filters: Filters
    choices: Choices
    answers: dict[Any, list] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    loaded: dict[str, Any] = field(default_factory=dict)
    span: int = 8  # of twelve columns, for what is drawn

    def counts(self, kind: str, *, by: str = "", grain: str = "", before: bool = False) -> list[Cell]:
        return self._of("counts", kind, by, grain, before)

    def spreads(self, kind: str, *, by: str = "", grain: str = "", before: bool = False) -> list[SpreadCell]:
        return self._of("spreads", kind, by, grain, before)

    def valued(self, kind: str, *, by: str = "", grain: str = "", before: bool = False) -> list[SpreadCell]:
        return self._of("valued", kind, by, grain, before)

    def backlog(self) -> list[tuple[date, int]]:
        return self.answers[("backlog", "", TIME, False, self.channels)]

    def _of(self, what: str, kind: str, by: str, grain: str, before: bool) -> list:
        found = self.answers.get((what, by, grain, before, self.channels), [])
        return [cell for cell in found if cell.kind == kind]

    def n(self, kind: str, *, by: str = "", grain: str = TIME, before: bool = False) -> int:
        """How many of a kind, added up from the cells of another question."""
        return sum(cell.n for cell in self.counts(kind, by=by, grain=grain, before=before))

    def over(self, kind: str) -> tuple[int, int] | None:
        """(how many, how many before) of the days that are over: today still grows, the day it is compared with does not.

        None: there is nothing to compare. Where steps are longer than days a last day that grows tells little, or the
        period is too short to be compared at all.
        """
        before, today = self.filters.before, self.filters.today
        if before is None:
            return None
        if today is None or self.scope.last < today:
            return self.n(kind), self.n(kind, before=True)
        if self.filters.grain != "day":
            is_long = (today - self.scope.first).days >= LONG and self.scope.last == today
            return (self.n(kind), self.n(kind, before=True)) if is_long else None
        past = sum(1 for day in self.steps() if day < today)
        days = set(self.steps()[:past]), set(self.steps(before=True)[:past])
        found = [
            sum(cell.n for cell in self.counts(kind, grain=TIME, before=then) if cell.at in days[then])
            for then in (False, True)
        ]
        return (found[0], found[1]) if past else None

    def spread(self, kind: str, *, by: str = "", grain: str = TIME, before: bool = False) -> Histogram:
        return joined(self.spreads(kind, by=by, grain=grain, before=before))

    def votes(self, kind: str, *, by: str = "", grain: str = TIME, before: bool = False) -> Histogram:
        return joined(self.valued(kind, by=by, grain=grain, before=before))

    def seen_by(self, report: Report) -> "Book":
        return replace(self, channels=report.channels, span=report.span)

    @property
    def scope(self) -> Scope:
        return self.filters.scope

    def steps(self, before: bool = False) -> list[date]:
        """Every step of the period, also those in which nothing happened."""
        scope = self.filters.before if before else self.scope
        return scope.steps(self.filters.grain) if scope else []


def joined(cells: Iterable[SpreadCell]) -> Histogram:
    """Of a period from those of its days: they add up."""
    whole = Histogram()
    for cell in cells:
        whole = whole.join(cell.histogram)
    return whole


# ── Asking ──


def gather(reports: Sequence[Report], filters: Filters, choices: Choices) -> Book:
    """Ask what these reports need: what differs only by its kinds is one question, and all questions are one statement."""
    wanted: dict[Any, set[str]] = {}
    for report in reports:
        for ask in report.asks:
            for before in (False, True) if ask.before and filters.before else (False,):
                key = (ask.what, ask.by, ask.grain, before, report.channels)
                wanted.setdefault(key, set()).update(ask.kinds)
    questions = [_question(filters, key, kinds) for key, kinds in wanted.items()]
    book = Book(filters, choices, dict(zip(wanted, asked.answers(questions), strict=True)))
    # Reports that need the same beside the numbers share it.
    loaded = {load: load(filters) for load in {report.load for report in reports if report.load}}
    book.loaded = {report.key: loaded[report.load] for report in reports if report.load}
    return book


def _question(filters: Filters, key: tuple, kinds: set[str]) -> asked.Question:
    what, by, grain, before, channels = key
    scope = filters.before if before else filters.scope
    assert scope is not None
    grain = filters.grain if grain == TIME else grain
    if what == "backlog":
        grain = grain or "day"
    return numbers.question(what, narrowed(scope, channels), sorted(kinds), by=by, grain=grain)


def narrowed(scope: Scope, channels: tuple[str, ...]) -> Scope:
    """Only these kinds of channel; of the kinds somebody chose, those that are among them."""
    if not channels:
        return scope
    both = tuple(kind for kind in channels if kind in scope.kinds) if scope.kinds else channels
    return replace(scope, kinds=both or ("none",))
