"""The sparse histograms of roll-ups, added up by PostgreSQL: one statement each, around whichever rows were chosen."""

from django.db.models import QuerySet

# A histogram's number as roll-ups keep it: `bucket << 32 | how many`. As whole numbers: sums of bigint are numeric, and slow.
_BUCKET, _COUNT = "(p >> 32)::int", "(p & 4294967295)::int"
# Cells are numbered before they are taken apart: a hundred thousand pieces are added up by two small numbers in memory,
# where by words the database would sort them on the disk.
_ADDED_UP = f"""
with cells(kind, part, cell, total, pieces) as ({{rows}}),
numbered as materialized (
    select kind, part, cell, total, pieces, dense_rank() over (order by kind, part, cell)::int as number
    from cells where pieces is not null
),
whole as materialized (select number, kind, part, cell, sum(total) as total from numbered group by 1, 2, 3, 4)
select kind, part, cell, null::int, 0, total from whole
union all
select kind, part, cell, bucket, n, 0 from (
    select number, {_BUCKET} as bucket, sum({_COUNT}) as n
    from (select number, unnest(pieces) as p from numbered) as taken_apart group by 1, 2
) as pieces join whole using (number)
"""  # noqa: S608 - our own words alone
_BY_HOUR = f"""
with cells(kind, part, day, pieces) as materialized ({{rows}}),
hours as (
    select kind, part, day + {_BUCKET} * interval '1 minute' as at, {_COUNT} as n
    from (select kind, part, day, unnest(pieces) as p from cells) as taken_apart
)
select kind, part, {{when}} as cell, null::int, sum(n), 0 from hours group by 1, 2, 3
"""  # noqa: S608 - our own words alone
_WEEKDAY_HOUR = "(extract(isodow from at at time zone %s) * 100 + extract(hour from at at time zone %s))::int"


Statement = tuple[str, tuple]


def added_up(rows: QuerySet, pieces: str, total: str) -> Statement:
    """Of rows with `part` and `cell`: (kind, part, cell, bucket, how many, 0), and (…, None, 0, the sum of all)."""
    sql, params = rows.values_list("kind", "part", "cell", total, pieces).order_by().query.sql_with_params()
    return _ADDED_UP.format(rows=sql), params


def by_hour(rows: QuerySet, grain: str, zone: str) -> Statement:
    """Of rows with `part`: (kind, part, hour, None, how many, 0), the hour as `where.when` tells it."""
    sql, params = rows.values_list("kind", "part", "at", "hours").order_by().query.sql_with_params()
    if grain == "hour":
        return _BY_HOUR.format(rows=sql, when="at"), params
    return _BY_HOUR.format(rows=sql, when=_WEEKDAY_HOUR), (*params, zone, zone)
