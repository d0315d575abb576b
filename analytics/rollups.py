"""Facts added up by day. What a batch of facts changes is added as deltas; the whole is made anew by analytics/anew.py.

`deltas` (Python, a batch) and `SUMMED` (SQL, everything) say the same twice: the nightly look compares them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from analytics import arrays, buckets
from analytics.days import Days
from analytics.facts import FactRow
from analytics.scope import start_of_day, zone_of
from workspaces.scope import current_workspace_id

# A roll-up's key after its workspace: kind, by, at, inbox, channel, value.
Key = tuple
KEY = 'kind, "by", at, inbox_id, channel_id, value'
NUMBERS = "n, total, calendar_total, worked_total"
HISTOGRAMS = ("hours", "calendar", "worked", "scores")
# Told apart by these, nobody asks for hours.
WITHOUT_HOURS = ("page", "source", "pipeline")
COLUMNS = f"{KEY}, channel_kind, {NUMBERS}, {', '.join(HISTOGRAMS)}"


class Delta:
    """What is added to one roll-up, or taken away. A histogram's pieces may be negative until they are added."""

    __slots__ = (
        "calendar",
        "calendar_total",
        "channel_kind",
        "hours",
        "n",
        "scores",
        "total",
        "worked",
        "worked_total",
    )

    def __init__(self, channel_kind: str):
        self.channel_kind = channel_kind
        self.n = self.total = self.calendar_total = self.worked_total = 0
        self.hours: dict[int, int] = {}
        self.calendar: dict[int, int] = {}
        self.worked: dict[int, int] = {}
        self.scores: dict[int, int] = {}

    def histograms(self) -> list[str | None]:
        return [_packed(one) for one in (self.hours, self.calendar, self.worked, self.scores)]

    def is_nothing(self) -> bool:
        if self.n or self.total or self.calendar_total or self.worked_total:
            return False
        return not any(
            n for one in (self.hours, self.calendar, self.worked, self.scores) for n in one.values()
        )


Deltas = dict[Key, Delta]


def _packed(histogram: dict[int, int]) -> str | None:
    """As an array of PostgreSQL, in order."""
    if not histogram:
        return None
    pieces = [(bucket << 32) + n for bucket, n in sorted(histogram.items()) if n]
    return "{" + ",".join(map(str, pieces)) + "}" if pieces else None


def deltas(facts: Iterable[FactRow], sign: int, days: Days, into: Deltas | None = None) -> Deltas:
    """What these facts add (1) or take away (-1)."""
    found: Deltas = {} if into is None else into
    for fact in facts:
        day, minutes = days.of(fact.at), days.minutes(fact.at)
        calendar = None if fact.seconds is None else buckets.of(fact.seconds)
        worked = None if fact.worked is None else buckets.of(fact.worked)
        for by, value in _parts(fact):
            key = (fact.kind, by, day, fact.inbox_id, fact.channel_id, value)
            one = found.get(key)
            if one is None:
                one = found[key] = Delta(fact.channel_kind)
            one.n += sign
            if by not in WITHOUT_HOURS:
                one.hours[minutes] = one.hours.get(minutes, 0) + sign
            if fact.value is not None:
                one.total += sign * fact.value
                one.scores[fact.value] = one.scores.get(fact.value, 0) + sign
            if by == "page":
                continue
            if calendar is not None:
                one.calendar_total += sign * fact.seconds  # type: ignore[operator]
                one.calendar[calendar] = one.calendar.get(calendar, 0) + sign
            if worked is not None:
                one.worked_total += sign * fact.worked  # type: ignore[operator]
                one.worked[worked] = one.worked.get(worked, 0) + sign
    return found


def _parts(fact: FactRow) -> list[tuple[str, str]]:
    """As a whole, by its member and team even when it has none, and by what else it has."""
    parts = [("", ""), ("member", str(fact.member_id or "")), ("team", str(fact.team_id or ""))]
    rest = (
        ("chatflow", fact.chatflow_id),
        ("version", fact.version_id),
        ("country", fact.country),
        ("priority", fact.priority),
        ("page", fact.page),
        ("source", fact.source),
        ("pipeline", fact.pipeline_id),
    )
    parts += [(by, str(value)) for by, value in rest if value]
    return parts + [("label", str(label)) for label in fact.labels]


# ── Writing ──


def bucket_of(piece: str) -> str:
    """Of a histogram's number, also of one that takes away."""
    return f"(({piece} + 2147483648) >> 32)"


def count_of(piece: str) -> str:
    return f"({piece} - ({bucket_of(piece)} << 32))"


def _joined(name: str) -> str:
    both = f"unnest(analytics_rollup.{name} || excluded.{name})"
    return f"""{name} = case when excluded.{name} is null then analytics_rollup.{name} else (
        select array_agg((bucket << 32) + n order by bucket) from (
            select {bucket_of("p")} as bucket, sum({count_of("p")})::bigint as n from {both} as p group by 1) as s
        where n <> 0) end"""  # noqa: S608 - our own words alone


_ON_CONFLICT = f"""
on conflict (workspace_id, {KEY}) do update set
    n = analytics_rollup.n + excluded.n, total = analytics_rollup.total + excluded.total,
    calendar_total = analytics_rollup.calendar_total + excluded.calendar_total,
    worked_total = analytics_rollup.worked_total + excluded.worked_total,
    {", ".join(map(_joined, HISTOGRAMS))}
"""
_APPLY = f"""
insert into analytics_rollup (workspace_id, {COLUMNS})
select %s, {KEY}, channel_kind, {NUMBERS}, {", ".join(f"{name}::bigint[]" for name in HISTOGRAMS)}
from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) as f({COLUMNS})
{_ON_CONFLICT}
"""  # noqa: S608 - our own words alone
_EMPTY = f"""
delete from analytics_rollup r using unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[],
    %s::text[]) as e({KEY})
where r.workspace_id = %s and r.kind = e.kind and r."by" = e."by" and r.at = e.at and r.inbox_id = e.inbox_id
    and r.channel_id = e.channel_id and r.value = e.value and r.n = 0
"""  # noqa: S608 - our own words alone


def apply(changes: Deltas) -> int:
    """Add them to what is there; rows that come to nothing go. Returns how many rows were touched. Inside the scope."""
    rows = sorted((key, one) for key, one in changes.items() if not one.is_nothing())
    if not rows:
        return 0
    told = [
        (*key, one.channel_kind, one.n, one.total, one.calendar_total, one.worked_total, *one.histograms())
        for key, one in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, [current_workspace_id(), *arrays.columns(told)])
        gone = [key for key, one in rows if one.n < 0]
        if gone:
            cursor.execute(_EMPTY, [*arrays.columns(gone), current_workspace_id()])
    return len(rows)


# ── From all facts ──

# Of one kind, between two moments; days come as their dates and beginnings, so that they begin where Python says. Every
# fact is a piece of its count, its hour and each of its durations and values; pieces are added up to rows.
_PIECES = """
select p."by", d.begins as at, f.inbox_id, f.channel_id, p.value, c.which, c.bucket, max(f.channel_kind) as channel_kind,
    count(*) as n, sum(c.figure) as total
from analytics_fact f
join unnest(%(days)s::date[], %(begins)s::timestamptz[]) as d(day, begins) on d.day = (f.at at time zone %(zone)s)::date
cross join lateral (
    values ('', ''), ('member', coalesce(nullif(f.member_id, 0)::text, '')),
        ('team', coalesce(nullif(f.team_id, 0)::text, ''))
    union all select 'chatflow', f.chatflow_id::text where f.chatflow_id <> 0
    union all select 'version', f.version_id::text where f.version_id <> 0
    union all select 'country', f.country where f.country <> ''
    union all select 'priority', f.priority where f.priority <> ''
    union all select 'page', f.page where f.page <> ''
    union all select 'source', f.source where f.source <> ''
    union all select 'pipeline', f.pipeline_id::text where f.pipeline_id <> 0
    union all select 'label', l::text from unnest(f.labels) as l
) as p("by", value)
cross join lateral (
    values ('n', 0, 0),
        ('h', case when p."by" <> all(%(without_hours)s::text[]) then extract(epoch from date_trunc('hour', f.at, %(zone)s) - d.begins)::int / 60 end, 0),
        ('c', case when p."by" <> 'page' then width_bucket(f.seconds::bigint, %(first)s::bigint[]) end, f.seconds),
        ('w', case when p."by" <> 'page' then width_bucket(f.worked::bigint, %(first)s::bigint[]) end, f.worked),
        ('s', f.value, f.value)
) as c(which, bucket, figure)
where f.workspace_id = %(workspace)s and f.kind = %(kind)s and f.at >= %(since)s and f.at < %(until)s
    and c.bucket is not null
group by 1, 2, 3, 4, 5, 6, 7
"""


def _sum(which: str, of: str) -> str:
    return f"coalesce(sum({of}) filter (where which = '{which}'), 0)::bigint"


def _spread(which: str) -> str:
    return f"array_agg((bucket::bigint << 32) + n order by bucket) filter (where which = '{which}')"


SUMMED = f"""
select %(kind)s::text as kind, "by", at, inbox_id, channel_id, value, max(channel_kind) as channel_kind,
    {_sum("n", "n")} as n, {_sum("s", "total")} as total, {_sum("c", "total")} as calendar_total,
    {_sum("w", "total")} as worked_total, {_spread("h")} as hours, {_spread("c")} as calendar, {_spread("w")} as worked,
    {_spread("s")} as scores
from ({_PIECES}) as pieces group by 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - our own words alone
_ADD = f"""
insert into analytics_rollup (workspace_id, {COLUMNS}) select %(workspace)s, s.* from ({SUMMED}) as s
{_ON_CONFLICT}
"""  # noqa: S608 - our own words alone
_CLEAR = """
delete from analytics_rollup where workspace_id = %(workspace)s and kind = %(kind)s and at >= %(since)s and at < %(until)s
"""


def clear(kind: str, since: datetime, until: datetime) -> None:
    """Take away what begins in between. Inside the scope."""
    told = {"workspace": current_workspace_id(), "kind": kind, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR, told)


def add(zone: str, kind: str, since: datetime, until: datetime) -> None:
    """Add up the facts in between in days of this zone, and that to what is there. Inside the scope."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, between(zone, kind, since, until))


def between(zone: str, kind: str, since: datetime, until: datetime) -> dict:
    """The parameters of SUMMED for all facts from one moment to another."""
    first, last = (at.astimezone(zone_of(zone)).date() for at in (since, until))
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return {
        "workspace": current_workspace_id(),
        "zone": zone,
        "kind": str(kind),
        "days": days,
        "begins": [start_of_day(day, zone) for day in days],
        "first": buckets.FIRST,
        "without_hours": list(WITHOUT_HOURS),
        "since": since,
        "until": until,
    }
