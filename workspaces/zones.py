"""Names of time zones. Python reads the whole folder of zones anew each time that it is asked for them."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Every zone that is known here; as they were when this process began."""
    return frozenset(available_timezones())
