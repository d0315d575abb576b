"""Which facts a number counts, as an address and back: so that a click opens exactly them."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.dimensions import ALL
from analytics.filters import Filters
from analytics.models import Kind
from analytics.reports.base import Behind
from analytics.standing import FAILED, LEFT, STAGE, STANDING, STEP, THEN, TICKETS
from chatflows.steps.parts import ID

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
    if behind.took is not None:
        said["took"] = f"{behind.took[0]}-{'' if behind.took[1] is None else behind.took[1]}"
    if channels:
        said["only"] = ",".join(channels)
    return "&".join(filter(None, (filters.query, urlencode(said))))


def behind_from(asked: QueryDict) -> tuple[Behind, tuple[str, ...]] | None:
    """(behind, channels); None when the address makes no sense."""
    kind, by, grain = asked.get("what", ""), asked.get("by", ""), asked.get("step", "")
    value, bucket = asked.get("value", ""), asked.get("bucket", "")
    if not _makes_sense(kind, by, grain):
        return None
    took = _range(asked.get("took", ""))
    if took is None:
        return None
    if by == STEP and not _is_step(value):
        return None
    is_number = bool(by) and by != STEP and (by == STAGE or not ALL[by].text)
    if is_number and value and not (value.isdecimal() and len(value) < 19):
        return None
    if bucket and not (bucket.isdecimal() and len(bucket) < 4):
        return None
    at: Any = None
    if grain:
        at = _moment(grain, asked.get("at", ""))
        if at is None:
            return None
    only = tuple(filter(None, asked.get("only", "").split(",")))[:5]
    return Behind(kind, by, value[:200], grain, at, int(bucket) if bucket else None, took or None), only


def _makes_sense(kind: str, by: str, grain: str) -> bool:
    if kind in STANDING:
        known = {TICKETS: {"", STAGE}, THEN: {""}, FAILED: {"channel"}, LEFT: {STEP}}.get(
            kind, {"", "member"}
        )
        return by in known and grain == ("day" if kind == THEN else "")
    return kind in Kind.values and (not by or by in ALL) and (not grain or grain in GRAINS)


def _is_step(value: str) -> bool:
    """ "12.ask"."""
    flow, _dot, step = value.partition(".")
    return flow.isdecimal() and len(flow) < 19 and ID.fullmatch(step) is not None


def _range(text: str) -> tuple[int, int | None] | tuple[()] | None:
    """Seconds from and up to which; () when there is none, None when it makes no sense."""
    first, dash, end = text.partition("-")
    if not text:
        return ()
    if not (dash and first.isdecimal() and (not end or end.isdecimal()) and len(text) < 22):
        return None
    return int(first), int(end) if end else None


def _moment(grain: str, text: str) -> date | tuple[int, int] | None:
    if grain != "weekday_hour":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    day, _dot, hour = text.partition(".")
    if not (day.isdecimal() and hour.isdecimal() and len(text) < 5 and int(day) < 7 and int(hour) < 24):
        return None
    return int(day), int(hour)
