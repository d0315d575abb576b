"""When a letter is due, and which days it tells of. Pure."""

from datetime import UTC, date, datetime, timedelta

from analytics.models import Every, Letter
from analytics.scope import zone_of

# A month and a day: among so many days every rhythm comes once.
FAR = 32


def next_due(letter: Letter, after: datetime) -> datetime:
    """The first moment after `after` that is its hour, on a day of its rhythm, by its clock."""
    zone = zone_of(letter.zone)
    first = after.astimezone(zone).date()
    for i in range(FAR + 1):
        day = first + timedelta(days=i)
        # An hour that the clocks leave out falls on the next; one that they repeat is meant once.
        at = datetime(day.year, day.month, day.day, letter.hour, tzinfo=zone).astimezone(UTC)
        if at > after and _falls_on(letter, day):
            return at
    raise ValueError(letter.every)


def _falls_on(letter: Letter, day: date) -> bool:
    if letter.every == Every.WEEK:
        return day.weekday() == letter.weekday
    return letter.every == Every.DAY or day.day == letter.day


def days_of(letter: Letter, due_at: datetime) -> tuple[date, date]:
    """First and last: the day before, the seven days before, or the month before."""
    due = due_at.astimezone(zone_of(letter.zone)).date()
    last = due - timedelta(days=1)
    if letter.every == Every.MONTH:
        last = due.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    return (last - timedelta(days=6), last) if letter.every == Every.WEEK else (last, last)
