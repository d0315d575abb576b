"""What reports ask: how many, how long, how content, how many open. And the facts behind each answer.

Every function is one query. Roll-ups answer while the filters are inbox, channel and kind and at most one thing more;
what asks for more is counted from the facts themselves, by the same clauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from analytics import buckets, histograms, where
from analytics.buckets import Histogram
from analytics.dimensions import as_text
from analytics.models import Fact, Kind
from analytics.names import names
from analytics.scope import CALENDAR, Scope, zone_of
from analytics.where import At, By

__all__ = [
    "At", "By", "Cell", "Histogram", "Kind", "Scope", "SpreadCell", "backlog", "behind", "counts", "names", "scores",
    "spreads", "valued",
]  # fmt: skip

OPENING = [Kind.CREATED, Kind.REOPENED, Kind.CLOSED]
LONG_AGO = date(1990, 1, 1)
SCORED = {Kind.RATED, Kind.SLA_MET, Kind.SLA_BREACHED}
Key = tuple[str, str, At]


@dataclass(frozen=True)
class Cell:
    """How many facts of a kind, of one value of `by`, in one place of the grain; `total`: the sum of their values."""

    kind: str
    by: str
    at: At
    n: int
    total: int = 0


@dataclass(frozen=True)
class SpreadCell:
    """Durations by their buckets; of valued() and scores(), the bucket is the value itself."""

    kind: str
    by: str
    at: At
    histogram: Histogram = field(default_factory=Histogram)

    @property
    def n(self) -> int:
        return self.histogram.n


# ── How many ──


def counts(scope: Scope, kinds: Sequence[str], *, by: By = "", grain: str = "") -> list[Cell]:
    """Sorted by kind, value and moment; what never happened has no cell."""
    rows = where.rollups_of(scope, kinds, by, grain)
    if rows is not None and grain not in where.HOURLY:
        found = rows.annotate(part=where.part_of_rollup(by), cell=where.when(grain, scope))
        summed = found.values_list("kind", "part", "cell").annotate(all=Sum("n"), sum=Sum("total")).order_by()
    elif rows is not None and not SCORED & set(kinds):
        summed = histograms.by_hour(rows.annotate(part=where.part_of_rollup(by)), grain, scope.zone)
    else:
        facts = where.with_value(where.facts_of(scope, kinds), scope, by)
        found = facts.annotate(part=where.part_of_fact(by), cell=where.when(grain, scope))
        told = found.values_list("kind", "part", "cell")
        summed = told.annotate(all=Count("pk"), sum=Coalesce(Sum("value"), 0)).order_by()
    cells = [
        Cell(kind, as_text(part), where.as_at(grain, cell), int(n), int(total))
        for kind, part, cell, n, total in summed
        if n and (rows is not None or _is_chosen(part, scope, by))
    ]
    return sorted(cells, key=_in_order)


# ── How long ──


def spreads(scope: Scope, kinds: Sequence[str], *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """Histograms of durations, by the scope's clock."""
    rows = where.durations_of(scope, kinds, by, grain)
    if rows is None:
        column = where.seconds_column(scope)
        facts = where.facts_of(scope, kinds).exclude(**{column: None})
        return _of_facts(scope, facts, by, grain, where.Bucket(F(column)), column)
    pieces = "calendar" if scope.clock == CALENDAR else "worked"
    return _of_rollups(scope, rows, by, grain, pieces, f"{pieces}_total")


def valued(scope: Scope, kinds: Sequence[str], *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """How often each value: votes of 1 to 5, goals in the order of their list."""
    rows = None if grain in where.HOURLY else where.rollups_of(scope, kinds, by, grain)
    if rows is None:
        facts = where.facts_of(scope, kinds).exclude(value=None)
        return _of_facts(scope, facts, by, grain, F("value"), "value")
    return _of_rollups(scope, rows, by, grain, "scores", "total")


def scores(scope: Scope, *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """Votes; `histogram.counts` is {1: how many, …, 5: how many} and its mean the score."""
    return valued(scope, [Kind.RATED], by=by, grain=grain)


def _of_rollups(
    scope: Scope, rows: QuerySet, by: By, grain: str, pieces: str, total: str
) -> list[SpreadCell]:
    found = rows.annotate(part=where.part_of_rollup(by), cell=where.when(grain, scope))
    return _joined(grain, histograms.added_up(found, pieces, total))


def _of_facts(scope: Scope, facts: QuerySet, by: By, grain: str, bucket, column: str) -> list[SpreadCell]:
    rows = where.with_value(facts, scope, by).annotate(
        part=where.part_of_fact(by), cell=where.when(grain, scope), in_bucket=bucket
    )
    rows = rows.values_list("kind", "part", "cell", "in_bucket").annotate(all=Count("pk"), sum=Sum(column))
    return _joined(grain, [row for row in rows.order_by() if _is_chosen(row[1], scope, by)])


def _joined(grain: str, rows) -> list[SpreadCell]:
    made: dict[Key, Histogram] = {}
    for kind, part, cell, bucket, n, total in rows:
        histogram = made.setdefault((kind, as_text(part), where.as_at(grain, cell)), Histogram())
        if bucket is None:  # a line that says the sum of all buckets
            histogram.total += int(total)
        else:
            histogram.add(bucket, int(n), int(total))
    return sorted(
        (SpreadCell(*key, histogram) for key, histogram in made.items() if histogram.n), key=_in_order
    )


def _is_chosen(part, scope: Scope, by: By) -> bool:
    """Told apart by label, what carries a chosen one is not counted for its others too."""
    return by != "label" or not scope.labels or part in scope.labels


def _in_order(cell: Cell | SpreadCell):
    return cell.kind, cell.by.zfill(20) if cell.by.isdigit() else cell.by, str(cell.at or "")


# ── How many open ──


def backlog(scope: Scope, *, grain: str = "day") -> list[tuple[date, int]]:
    """How many stood open at the end of each day (week, month: at its end, under its first day).

    All that began or were opened again, less what was closed. Filtered by people, it counts what is theirs now.
    """
    changes = _changes(scope)
    open_now = changes.get(scope.first - timedelta(days=1), 0)
    found: dict[date, int] = {}
    for i in range(scope.days):
        day = scope.first + timedelta(days=i)
        open_now += changes.get(day, 0)
        found[_period(day, grain, scope)] = open_now
    return list(found.items())


def _changes(scope: Scope) -> dict[date, int]:
    """How many more were open after each day than before it; all that came earlier, on the day before the first."""
    ever = replace(scope, first=LONG_AGO, members=(), teams=())
    rows: QuerySet | None = None
    if not (scope.members or scope.teams):
        rows = where.rollups_of(ever, OPENING, "", "day")
    day = Greatest(TruncDate("at", tzinfo=zone_of(scope.zone)), Value(scope.first - timedelta(days=1)))
    if rows is not None:
        summed = rows.annotate(day=day).values_list("day", "kind").annotate(all=Sum("n"))
    else:
        facts = where.facts_of(ever, OPENING).filter(_theirs_now(scope))
        summed = facts.annotate(day=day).values_list("day", "kind").annotate(all=Count("pk"))
    changes: dict[date, int] = {}
    for on, kind, n in summed.order_by():
        changes[on] = changes.get(on, 0) + int(n if kind != Kind.CLOSED else -n)
    return changes


def _theirs_now(scope: Scope) -> Q:
    if not (scope.members or scope.teams):
        return Q()
    whose = Scope(scope.first, scope.last, scope.zone, members=scope.members, teams=scope.teams)
    same = {"subject": OuterRef("subject"), "subject_id": OuterRef("subject_id")}
    return Q(Exists(Fact.objects.filter(where.matching(whose), kind=Kind.CREATED, **same)))


def _period(day: date, grain: str, scope: Scope) -> date:
    if grain == "week":
        return day - timedelta(days=(day.weekday() - scope.week_starts) % 7)
    return day.replace(day=1) if grain == "month" else day


# ── What is behind a number ──


def behind(
    scope: Scope,
    kind: str,
    *,
    by: By = "",
    value: str = "",
    at: At = None,
    grain: str = "",
    bucket: int | None = None,
) -> QuerySet[Fact]:
    """The facts that a cell counts, newest first. `bucket`: of the scope's clock, or the value of a kind that has one."""
    rows = where.facts_of(scope, [kind]).filter(where.of_value(by, value))
    rows = where.at_this(rows, scope, grain, at)
    if bucket is not None and kind in SCORED:
        rows = rows.filter(value=bucket)
    elif bucket is not None:
        first, end = buckets.bounds(bucket)
        column = where.seconds_column(scope)
        rows = rows.filter(**{f"{column}__gte": first, f"{column}__lt": end})
    return rows.order_by("-at", "-id")
