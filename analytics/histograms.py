"""The sparse histograms of roll-ups, added up by PostgreSQL: one statement each, around whichever rows were chosen."""

from django.db.models import QuerySet

from analytics.rollups import bucket_of, count_of

_ADDED_UP = f"""
with cells(kind, part, cell, total, pieces) as materialized ({{rows}})
select kind, part, cell, null::int, 0, sum(total) from cells where pieces is not null group by 1, 2, 3
union all
select kind, part, cell, {bucket_of("p")}::int as bucket, sum({count_of("p")}), 0
from cells cross join lateral unnest(pieces) as p group by 1, 2, 3, 4
"""  # noqa: S608 - our own words alone
_BY_HOUR = f"""
with cells(kind, part, day, pieces) as materialized ({{rows}}),
hours as (
    select kind, part, day + {bucket_of("p")} * interval '1 minute' as at, {count_of("p")} as n
    from cells cross join lateral unnest(pieces) as p
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
