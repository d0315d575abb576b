"""What reports ask: how many, how long, how content, how many open. And the facts behind each answer.

Every function is one query. Roll-ups answer while the filters are inbox, channel and kind and at most one thing more;
what asks for more is counted from the facts themselves, by the same clauses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from django.db.models import Count, F, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Greatest

from analytics import buckets, histograms, open_then, where
from analytics.asked import Question, Row, answer, of_rows
from analytics.buckets import Histogram
from analytics.dimensions import ALL, as_text
from analytics.models import Fact, Kind
from analytics.names import names
from analytics.scope import CALENDAR, Scope, zone_of
from analytics.where import At, By
from workspaces.scope import current_workspace_id

__all__ = [
    "At", "By", "Cell", "Histogram", "Kind", "Scope", "SpreadCell", "backlog", "behind", "counts", "names",
    "question", "scores",    "spreads", "valued",
]  # fmt: skip

OPENING = [Kind.CREATED, Kind.REOPENED, Kind.CLOSED]
LONG_AGO = date(1990, 1, 1)
SCORED = {Kind.RATED, Kind.SLA_MET, Kind.SLA_BREACHED}
Key = tuple[str, str, At]
NOTHING = Cast(Value(None), IntegerField())


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
    return answer(question("counts", scope, kinds, by=by, grain=grain))


def _of_counts(scope: Scope, kinds: Sequence[str], by: By, grain: str) -> Question:
    rows = where.rollups_of(scope, kinds, by, grain)
    if rows is not None and grain not in where.HOURLY:
        cell = where.when_of_rollup(grain, scope)
        found = rows.annotate(part=where.part_of_rollup(by), cell=cell, bucket=NOTHING)
        told = found.values_list("kind", "part", "cell", "bucket").annotate(all=Sum("n"), sum=Sum("total"))
        statement = of_rows(told)
    elif rows is not None and not SCORED & set(kinds):
        statement = histograms.by_hour(rows.annotate(part=where.part_of_rollup(by)), grain, scope.zone)
    else:
        rows, facts = None, where.with_value(where.facts_of(scope, kinds), scope, by)
        found = facts.annotate(part=where.part_of_fact(by), cell=where.when(grain, scope), bucket=NOTHING)
        told = found.values_list("kind", "part", "cell", "bucket")
        # Only some kinds have values; what asks for none may find all it needs in an index.
        total = Coalesce(Sum("value"), 0) if SCORED & set(kinds) else Value(0)
        statement = of_rows(told.annotate(all=Count("*"), sum=total))

    def cells(found: Iterable[Row]) -> list[Cell]:
        made = [
            Cell(kind, as_text(part), where.as_at(grain, cell), int(n), int(total))
            for kind, part, cell, _bucket, n, total in found
            if n and (rows is not None or _is_chosen(part, scope, by))
        ]
        return sorted(made, key=_in_order)

    return Question(*statement, grain, _by_number(by), cells)


# ── How long ──


def spreads(scope: Scope, kinds: Sequence[str], *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """Histograms of durations, by the scope's clock."""
    return answer(question("spreads", scope, kinds, by=by, grain=grain))


def _of_spreads(scope: Scope, kinds: Sequence[str], by: By, grain: str) -> Question:
    rows = where.durations_of(scope, kinds, by, grain)
    if rows is None:
        column = where.seconds_column(scope)
        facts = where.facts_of(scope, kinds).exclude(**{column: None})
        return _of_facts(scope, facts, by, grain, where.Bucket(F(column)), column)
    pieces = "calendar" if scope.clock == CALENDAR else "worked"
    return _of_rollups(scope, rows, by, grain, pieces, f"{pieces}_total")


def valued(scope: Scope, kinds: Sequence[str], *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """How often each value: votes of 1 to 5, goals in the order of their list."""
    return answer(question("valued", scope, kinds, by=by, grain=grain))


def _of_values(scope: Scope, kinds: Sequence[str], by: By, grain: str) -> Question:
    rows = None if grain in where.HOURLY else where.rollups_of(scope, kinds, by, grain)
    if rows is None:
        facts = where.facts_of(scope, kinds).exclude(value=None)
        return _of_facts(scope, facts, by, grain, F("value"), "value")
    return _of_rollups(scope, rows, by, grain, "scores", "total")


def scores(scope: Scope, *, by: By = "", grain: str = "") -> list[SpreadCell]:
    """Votes; `histogram.counts` is {1: how many, …, 5: how many} and its mean the score."""
    return valued(scope, [Kind.RATED], by=by, grain=grain)


def _of_rollups(scope: Scope, rows: QuerySet, by: By, grain: str, pieces: str, total: str) -> Question:
    found = rows.annotate(part=where.part_of_rollup(by), cell=where.when_of_rollup(grain, scope))
    statement = histograms.added_up(found, pieces, total)
    return Question(*statement, grain, _by_number(by), partial(_joined, grain))


def _of_facts(scope: Scope, facts: QuerySet, by: By, grain: str, bucket, column: str) -> Question:
    rows = where.with_value(facts, scope, by).annotate(
        part=where.part_of_fact(by), cell=where.when(grain, scope), in_bucket=bucket
    )
    rows = rows.values_list("kind", "part", "cell", "in_bucket").annotate(all=Count("pk"), sum=Sum(column))

    def cells(found: Iterable[Row]) -> list[SpreadCell]:
        return _joined(grain, [row for row in found if _is_chosen(row[1], scope, by)])

    return Question(*of_rows(rows), grain, _by_number(by), cells)


def _joined(grain: str, rows: Iterable[Row]) -> list[SpreadCell]:
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


# ── All of a page's questions at once ──


def question(what: str, scope: Scope, kinds: Sequence[str] = (), *, by: By = "", grain: str = "") -> Question:
    """`what`: counts, spreads, valued or backlog. analytics.asked answers many of them with one statement."""
    if what == "backlog":
        return _of_backlog(scope, grain)
    of = {"counts": _of_counts, "spreads": _of_spreads, "valued": _of_values}[what]
    return of(scope, kinds, by, grain)


def _by_number(by: By) -> bool:
    return bool(by) and not ALL[by].text


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
    return answer(question("backlog", scope, grain=grain))


def _of_backlog(scope: Scope, grain: str) -> Question:
    """How many more were open after each day than before it; all that came earlier, on the day before the first."""
    ever = replace(scope, first=LONG_AGO, members=(), teams=())
    rows: QuerySet | None = None
    if not (scope.members or scope.teams):
        rows = where.rollups_of(ever, OPENING, "", "day")
    if rows is None:
        return _of_backlog_from_facts(scope, grain)
    day = Greatest(where.when_of_rollup("day", scope), Value(scope.first - timedelta(days=1)))
    found = rows.annotate(part=Value(""), cell=day, bucket=NOTHING)
    told = found.values_list("kind", "part", "cell", "bucket")
    statement = of_rows(told.annotate(all=Sum("n"), sum=Value(0)))
    return Question(*statement, "day", False, partial(_added_up, scope, grain))


# Whose beginnings fit, what stood open of them before the first day (from the last mark before it), and what happened to
# them in these days. A conversation's facts are alike in all that is filtered by, but for the people of its closings.
_BACKLOG = """
with mine as materialized ({mine}), still as (
    select subject_id from ({steps}) as steps where subject_id in (select subject_id from mine)
    group by subject_id having sum(step) > 0
)
select 'created', '', %s::date, null::int, count(*), 0 from still
union all
select 'created', '', (at at time zone %s)::date as cell, null, count(*), 0 from mine where at >= %s group by cell
union all
select kind, '', (at at time zone %s)::date as cell, null, count(*), 0 from analytics_fact
where workspace_id = %s and kind in ('closed', 'reopened') and at >= %s and at < %s
    and subject_id in (select subject_id from mine) group by kind, cell
"""


def _of_backlog_from_facts(scope: Scope, grain: str) -> Question:
    begun = where.facts_of(replace(scope, first=LONG_AGO), [Kind.CREATED])
    mine, chosen = of_rows(begun.values_list("subject_id", "at"))
    zone, begins, here = zone_of(scope.zone).key, scope.begins, current_workspace_id()
    days = (scope.first - timedelta(days=1), zone, begins, zone, here, begins, scope.ends)
    statement = _BACKLOG.format(mine=mine, steps=open_then.STEPS)
    return Question(
        statement,
        (*chosen, *open_then.told_of(begins), *days),
        "day",
        False,
        partial(_added_up, scope, grain),
    )


def _added_up(scope: Scope, grain: str, rows: Iterable[Row]) -> list[tuple[date, int]]:
    changes: dict[date, int] = {}
    for kind, _part, on, _bucket, n, _total in rows:
        changes[on] = changes.get(on, 0) + (n if kind != Kind.CLOSED else -n)
    open_now = changes.get(scope.first - timedelta(days=1), 0)
    found: dict[date, int] = {}
    for i in range(scope.days):
        day = scope.first + timedelta(days=i)
        open_now += changes.get(day, 0)
        found[_period(day, grain, scope)] = open_now
    return list(found.items())


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
