"""The where-clauses of a report, once: for the number, and for the list of what it counts, so that both always agree."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateField, DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Extract, TruncDate

from analytics import buckets
from analytics.dimensions import ALL, ALWAYS, ONE_MORE
from analytics.models import Fact, Reading, Rollup, Subject
from analytics.rollups import WITHOUT_HOURS
from analytics.scope import CALENDAR, MONDAY, Scope, zone_of
from contacts.models_lists import ListMember
from conversations.models import Conversation
from tickets.models import Ticket

By = str
HOURLY = {"hour", "weekday_hour"}
# A roll-up is of the day in which its middle lies: the same day, also where it still begins as another zone's days do.
HALF_A_DAY = timedelta(hours=12)
At = date | datetime | tuple[int, int] | None


# ── Which rows ──


def facts_of(scope: Scope, kinds: Sequence[str], *, since: datetime | None = None) -> QuerySet[Fact]:
    """The facts that a report counts, by all its filters."""
    begins = scope.begins if since is None else since
    rows = Fact.objects.filter(kind__in=list(kinds), at__gte=begins, at__lt=scope.ends)
    return rows.filter(matching(scope))


def matching(scope: Scope) -> Q:
    found = Q()
    for dimension in ALL.values():
        wanted = getattr(scope, dimension.filter)
        if wanted:
            how = "overlap" if dimension.key == "label" else "in"
            found &= Q(**{f"{dimension.column}__{how}": list(wanted)})
    return found & _of_lists(scope.lists) if scope.lists else found


def _of_lists(lists: Sequence[int]) -> Q:
    """Whose contact is on one of these lists now."""
    contacts = ListMember.objects.filter(contact_list__in=list(lists)).values("contact")
    found = Q()
    for subject, of in ((Subject.CONVERSATION, Conversation), (Subject.TICKET, Ticket)):
        found |= Q(subject=subject, subject_id__in=of.objects.filter(contact__in=contacts).values("pk"))
    return found


def of_value(by: By, value: str) -> Q:
    """Facts of one value of a dimension, as a cell names it."""
    if not by:
        return Q()
    dimension = ALL[by]
    wanted = dimension.none if not value else value if dimension.text else int(value)
    if by == "label":
        return Q(labels__contains=[wanted])
    return Q(**{dimension.column: wanted})


def filtered(scope: Scope) -> set[str]:
    """By which of the one-thing-mores it is filtered."""
    return {key for key, one in ONE_MORE.items() if getattr(scope, one.filter)}


def rollups_of(scope: Scope, kinds: Sequence[str], by: By, grain: str) -> QuerySet[Rollup] | None:
    """The roll-ups that answer the same; None when they know less than is asked."""
    chosen = filtered(scope)
    kept = by if by in ONE_MORE else ""
    if scope.lists or len(chosen) > 1:
        return None
    if chosen:
        only = next(iter(chosen))
        if kept not in ("", only):
            return None
        if only == "label" and by != "label" and len(scope.labels) > 1:
            return None  # what carries two of them would count twice
        kept = only
    if kept and grain in HOURLY and not _has_hours(kept):
        return None
    begins, ends = scope.begins - HALF_A_DAY, scope.ends - HALF_A_DAY
    rows = Rollup.objects.filter(kind__in=list(kinds), by=kept, at__gte=begins, at__lt=ends)
    if chosen:
        rows = rows.filter(value__in=[str(one) for one in getattr(scope, ONE_MORE[kept].filter)])
    for one in ALWAYS.values():
        if wanted := getattr(scope, one.filter):
            rows = rows.filter(**{f"{one.column}__in": list(wanted)})
    return rows


def _has_hours(kept: str) -> bool:
    """Whether roll-ups know the hours: not of everything, and those made before only once they are made anew."""
    return kept not in WITHOUT_HOURS and not Reading.objects.exclude(hours_kept=True).exists()


def durations_of(scope: Scope, kinds: Sequence[str], by: By, grain: str) -> QuerySet[Rollup] | None:
    """The same for durations: no page's are kept, and no hour's."""
    if grain in HOURLY or "page" in {by, *filtered(scope)}:
        return None
    return rollups_of(scope, kinds, by, grain)


# ── How they are told apart ──


def part_of_rollup(by: By):
    if by in ALWAYS:
        return F(ALWAYS[by].column)
    return F("value") if by else Value("")


def part_of_fact(by: By):
    if by == "label":
        return Each("labels")
    return F(ALL[by].column) if by else Value("")


class Each(Func):
    """A row for each of an array's values; of an array without any, none."""

    function = "unnest"
    set_returning = True
    output_field = IntegerField()


def with_value(rows: QuerySet[Fact], scope: Scope, by: By) -> QuerySet[Fact]:
    """Without those that have no value, unless none counts as one."""
    if not by or by == "label" or ALL[by].counts_none:
        return rows
    return rows.exclude(**{ALL[by].column: ALL[by].none})


class Bucket(Func):
    """analytics/buckets.py's of(), by the same whole numbers."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, seconds):
        first = Value(buckets.FIRST, output_field=ArrayField(IntegerField()))
        super().__init__(seconds, Func(first, template="%(expressions)s::int[]"))


def seconds_column(scope: Scope) -> str:
    return "seconds" if scope.clock == CALENDAR else "worked"


# ── When ──


class WeekOf(Func):
    """The first day of its week, on whichever day weeks begin."""

    output_field = DateField()

    def __init__(self, day, starts: int):
        super().__init__(day)
        self.starts = int(starts)

    def as_sql(self, compiler, connection, **context):
        day, params = compiler.compile(self.source_expressions[0])
        return f"(date_trunc('week', ({day}) - {self.starts})::date + {self.starts})", params


class HourOf(Func):
    """Its hour, where an hour that the clocks repeat is two: so it is cut where it stands, not on the wall."""

    function = "date_trunc"
    output_field = DateTimeField()

    def __init__(self, zone: str):
        super().__init__(Value("hour"), F("at"), Value(zone))


def when_of_rollup(grain: str, scope: Scope):
    """The same of a roll-up; its hours are told by analytics/histograms.py."""
    return when(grain, scope, F("at") + Value(HALF_A_DAY))


def when(grain: str, scope: Scope, at: Combinable | str = "at"):
    """The expression that a grain groups by, of whatever has an `at`."""
    zone = zone_of(scope.zone)
    if grain == "hour":
        return HourOf(zone.key)
    if grain == "weekday_hour":
        return Extract("at", "iso_week_day", tzinfo=zone) * 100 + Extract("at", "hour", tzinfo=zone)
    if grain == "week":
        return WeekOf(TruncDate(at, tzinfo=zone), scope.week_starts or MONDAY)
    if grain == "month":
        return Func(
            TruncDate(at, tzinfo=zone),
            template="date_trunc('month', %(expressions)s)::date",
            output_field=DateField(),
        )
    return TruncDate(at, tzinfo=zone) if grain == "day" else Value(0)


def as_at(grain: str, value) -> At:
    if not grain:
        return None
    if grain == "weekday_hour":
        return int(value) // 100 - 1, int(value) % 100
    return value


def at_this(rows: QuerySet[Fact], scope: Scope, grain: str, at: At) -> QuerySet[Fact]:
    """Those of one cell of a grain."""
    if not grain or at is None:
        return rows
    wanted = (at[0] + 1) * 100 + at[1] if isinstance(at, tuple) else at
    return rows.alias(cell=when(grain, scope)).filter(cell=wanted)
