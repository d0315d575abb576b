"""When made conversations begin: few at night and at weekends, most on working mornings; never the same hour for all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bench.dataset.cast import ZONE

FIRST_DAY, DAYS = date(2026, 3, 1), 260
CHANGES = (date(2026, 3, 29), date(2026, 10, 25))
BY_WEEKDAY = (1.2, 1.3, 1.1, 1.0, 0.9, 0.35, 0.25)
BY_HOUR = (1, 1, 1, 1, 1, 1, 2, 5, 10, 14, 15, 14, 10, 12, 13, 12, 11, 9, 6, 5, 4, 3, 2, 1)


def beginnings(conversations: int, chance: Random) -> Iterator[int]:
    """Moments in seconds, in order; exactly as many as asked for."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    # Days on which the clocks change are Sundays: they get enough for a report of theirs to say something.
    weights = [2.0 if day in CHANGES else BY_WEEKDAY[day.weekday()] for day in days]
    whole, given, run = sum(weights), 0, 0.0
    for day, weight in zip(days, weights, strict=True):
        run += weight
        until = round(conversations * run / whole)
        yield from _of_day(day, until - given, chance)
        given = until


def _of_day(day: date, count: int, chance: Random) -> list[int]:
    begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
    hours = range((ends - begins) // 3600)
    weights = [BY_HOUR[datetime.fromtimestamp(begins + hour * 3600, ZoneInfo(ZONE)).hour] for hour in hours]
    chosen = chance.choices(hours, weights, k=count)
    return sorted(begins + hour * 3600 + chance.randrange(3600) for hour in chosen)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).astimezone(UTC).timestamp())
