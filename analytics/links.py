"""Which facts a number counts, as an address and back: so that a click opens exactly them."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.dimensions import ALL
from analytics.filters import Filters
from analytics.models import Kind
from analytics.reports.base import Behind

GRAINS = ("day", "week", "month", "weekday_hour")


def query_of(behind: Behind, filters: Filters, channels: tuple[str, ...] = ()) -> str:
    """What follows the question mark. `channels`: what the report itself is narrowed to."""
    said: dict[str, Any] = {"what": behind.kind}
    if behind.by:
        said |= {"by": behind.by, "value": behind.value}
    if behind.at is not None:
        at = behind.at
        said |= {"step": behind.grain, "at": f"{at[0]}.{at[1]}" if isinstance(at, tuple) else at.isoformat()}
    if behind.bucket is not None:
        said["bucket"] = behind.bucket
    if channels:
        said["only"] = ",".join(channels)
    return "&".join(filter(None, (filters.query, urlencode(said))))


def behind_from(asked: QueryDict) -> tuple[Behind, tuple[str, ...]] | None:
    """(behind, channels); None when the address makes no sense."""
    kind, by, grain = asked.get("what", ""), asked.get("by", ""), asked.get("step", "")
    value, bucket = asked.get("value", ""), asked.get("bucket", "")
    if kind not in Kind.values or (by and by not in ALL) or (grain and grain not in GRAINS):
        return None
    if by and not ALL[by].text and value and not (value.isdecimal() and len(value) < 19):
        return None
    if bucket and not (bucket.isdecimal() and int(bucket) < 1000):
        return None
    at: Any = None
    if grain:
        at = _moment(grain, asked.get("at", ""))
        if at is None:
            return None
    only = tuple(filter(None, asked.get("only", "").split(",")))[:5]
    return Behind(kind, by, value[:200], grain, at, int(bucket) if bucket else None), only


def _moment(grain: str, text: str) -> date | tuple[int, int] | None:
    if grain != "weekday_hour":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    day, _dot, hour = text.partition(".")
    if not (day.isdecimal() and hour.isdecimal() and int(day) < 7 and int(hour) < 24):
        return None
    return int(day), int(hour)
