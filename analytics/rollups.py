"""Facts added up by hour and day. What a batch of facts changes is added as deltas; the whole can be made anew at any time.

`deltas` (Python, a batch) and `SUMMED` (SQL, everything) say the same twice: the nightly look compares them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from analytics import buckets
from analytics.facts import FactRow
from analytics.models import Clock, Grain, Kind
from analytics.scope import day_of, hour_of, start_of_day
from workspaces.scope import current_workspace_id

# A roll-up's row without its numbers: kind, grain, at, inbox, channel, its kind, by, value, clock, bucket. A plain tuple, for
# there are thirty of them to each fact.
Key = tuple
Deltas = dict[Key, list[int]]


def deltas(facts: Iterable[FactRow], sign: int, zone: str, into: Deltas | None = None) -> Deltas:
    """What these facts add (1) or take away (-1): {key: [n, total]}."""
    found: Deltas = defaultdict(_nothing) if into is None else into
    hour, day = Grain.HOUR.value, Grain.DAY.value
    for fact in facts:
        counted, timed = _clocks(fact)
        where = (fact.inbox_id, fact.channel_id, fact.channel_kind)
        of_day = (fact.kind, day, day_of(fact.at, zone), *where)
        of_hour = (fact.kind, hour, hour_of(fact.at, zone), *where)
        for clock, bucket, total in (counted, *timed):
            _add(found, (*of_hour, "", "", clock, bucket), sign, total)
            _add(found, (*of_day, "", "", clock, bucket), sign, total)
        _clock, bucket, total = counted
        for by, value in _parts(fact):
            _add(found, (*of_day, by, value, _clock, bucket), sign, total)
            if by == "page":
                continue
            _add(found, (*of_hour, by, value, _clock, bucket), sign, total)
            for clock, its, sum in timed:
                _add(found, (*of_day, by, value, clock, its), sign, sum)
    return found


def _nothing() -> list[int]:
    return [0, 0]


def _add(found: Deltas, key: Key, sign: int, total: int) -> None:
    row = found[key]
    row[0] += sign
    row[1] += sign * total


def _clocks(fact: FactRow) -> tuple[tuple[str, int, int], list[tuple[str, int, int]]]:
    """(clock, bucket, total) of the count, and of each clock that it has a figure of."""
    timed = []
    if fact.seconds is not None:
        timed.append((Clock.CALENDAR.value, buckets.of(fact.seconds), fact.seconds))
    if fact.worked is not None:
        timed.append((Clock.WORKING.value, buckets.of(fact.worked), fact.worked))
    if fact.value is not None:
        timed.append((Clock.SCORE.value, fact.value, fact.value))
    return (Clock.COUNT.value, -1, fact.value or 0), timed


def _parts(fact: FactRow) -> list[tuple[str, str]]:
    """By what it is counted beside the whole: its member and team even when it has none, and what else it has."""
    parts = [("member", str(fact.member_id or "")), ("team", str(fact.team_id or ""))]
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

_APPLY = """
insert into analytics_rollup
    (workspace_id, kind, grain, at, inbox_id, channel_id, channel_kind, "by", value, clock, bucket, n, total)
select %s, * from unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::int[], %s::bigint[], %s::bigint[])
on conflict (workspace_id, kind, "by", grain, at, inbox_id, channel_id, channel_kind, value, clock, bucket) do update
    set n = analytics_rollup.n + excluded.n, total = analytics_rollup.total + excluded.total
"""
_EMPTY = """
delete from analytics_rollup r using unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
    as e(kind, grain, at, inbox_id, channel_id, channel_kind, "by", value, clock, bucket)
where r.workspace_id = %s and r.kind = e.kind and r."by" = e."by" and r.grain = e.grain and r.at = e.at
    and r.inbox_id = e.inbox_id and r.channel_id = e.channel_id and r.channel_kind = e.channel_kind
    and r.value = e.value and r.clock = e.clock and r.bucket = e.bucket and r.n = 0
"""


def apply(changes: Deltas) -> int:
    """Add them to what is there; rows that come to nothing go. Returns how many rows were touched. Inside the scope."""
    rows = sorted((*key, n, total) for key, (n, total) in changes.items() if n or total)
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, [current_workspace_id(), *_columns(rows)])
        gone = [row[:-2] for row in rows if row[-2] < 0]
        if gone:
            cursor.execute(_EMPTY, [*_columns(gone), current_workspace_id()])
    return len(rows)


def _columns(rows: list[tuple]) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)]


# ── From all facts ──

# Of one kind, between two moments; days come as their dates and beginnings, so that they begin where Python says.
SUMMED = """
select f.kind, g.grain, g.at, f.inbox_id, f.channel_id, f.channel_kind, p."by", p.value, c.clock, c.bucket,
    count(*) as n, sum(c.total) as total
from analytics_fact f
join unnest(%(days)s::date[], %(begins)s::timestamptz[]) as d(day, begins) on d.day = (f.at at time zone %(zone)s)::date
cross join lateral (values ('d', d.begins), ('h', date_trunc('hour', f.at, %(zone)s))) as g(grain, at)
cross join lateral (
    values ('', ''), ('member', coalesce(nullif(f.member_id, 0)::text, '')),
        ('team', coalesce(nullif(f.team_id, 0)::text, ''))
    union all select 'chatflow', f.chatflow_id::text where f.chatflow_id <> 0
    union all select 'version', f.version_id::text where f.version_id <> 0
    union all select 'country', f.country where f.country <> ''
    union all select 'priority', f.priority where f.priority <> ''
    union all select 'page', f.page where f.page <> '' and g.grain = 'd'
    union all select 'source', f.source where f.source <> ''
    union all select 'pipeline', f.pipeline_id::text where f.pipeline_id <> 0
    union all select 'label', l::text from unnest(f.labels) as l
) as p("by", value)
cross join lateral (
    select 'n' as clock, -1 as bucket, coalesce(f.value, 0)::bigint as total
    union all select 'c', width_bucket(f.seconds::bigint, %(first)s::bigint[]), f.seconds where f.seconds is not null
    union all select 'w', width_bucket(f.worked::bigint, %(first)s::bigint[]), f.worked where f.worked is not null
    union all select 's', f.value, f.value where f.value is not null
) as c
where f.workspace_id = %(workspace)s and f.kind = %(kind)s and f.at >= %(since)s and f.at < %(until)s
    and (c.clock = 'n' or (p."by" <> 'page' and (g.grain = 'd' or p."by" = '')))
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
_INSERT = f"""
insert into analytics_rollup
    (workspace_id, kind, grain, at, inbox_id, channel_id, channel_kind, "by", value, clock, bucket, n, total)
select %(workspace)s, s.* from ({SUMMED}) as s
"""  # noqa: S608 - our own words alone
_CLEAR = "delete from analytics_rollup where workspace_id = %(workspace)s and kind = %(kind)s"
_REACH = "select min(at), max(at) from analytics_fact where workspace_id = %s"


def make_anew(zone: str, kinds: Iterable[str] = Kind.values) -> None:
    """All roll-ups of the workspace from its facts, in the days of this zone. Inside the scope, in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_REACH, [current_workspace_id()])
        oldest, newest = cursor.fetchone()
        for kind in kinds:
            wanted = asked(zone, kind, oldest, newest)
            cursor.execute(_CLEAR, wanted)
            if oldest:
                cursor.execute(_INSERT, wanted)


def asked(zone: str, kind: str, oldest: datetime | None, newest: datetime | None) -> dict:
    """The parameters of SUMMED for all days from one moment's to another's."""
    if oldest is None or newest is None:
        oldest = newest = datetime.now(UTC)
    first, last = oldest.date() - timedelta(days=1), newest.date() + timedelta(days=2)
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return between(zone, kind, days, start_of_day(first, zone), start_of_day(last, zone))


def between(zone: str, kind: str, days: list[date], since: datetime, until: datetime) -> dict:
    return {
        "workspace": current_workspace_id(),
        "zone": zone,
        "kind": str(kind),
        "days": days,
        "begins": [start_of_day(day, zone) for day in days],
        "first": buckets.FIRST,
        "since": since,
        "until": until,
    }
