"""The times of the demo's stories, told from now: `-9d 09:40`, `-35m`, and between steps `+5m`, `+2h`, `+1d 09:10`."""

import re
from datetime import datetime, time, timedelta

_SPAN = re.compile(r"([+-])(\d+)([mhd])(?: (\d\d):(\d\d))?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, since: datetime) -> datetime:
    """Read a time, counted from `since`, in whose zone a clock time is meant. Raises ValueError for a bad one."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time of a story")
    sign, number, unit, hour, minute = found.groups()
    span = timedelta(**{_UNITS[unit]: int(number)})
    at = since + span if sign == "+" else since - span
    if hour is None:
        return at
    return datetime.combine(at.date(), time(int(hour), int(minute)), tzinfo=since.tzinfo)
