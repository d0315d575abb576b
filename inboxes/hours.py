"""When is it open? Weekly hours in a time zone, exceptions, holidays. Pure: no database, no clock of its own.

What the clock on the wall shows decides: 09:00-17:00 is open while a clock there shows a time from 09:00 up to, and
without, 17:00. An hour that a change of the clocks repeats counts twice, one that it leaves out does not exist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

DAY = 24 * 60
# Beyond this nothing is promised: "closed for good" must come to an end somewhere.
HORIZON = timedelta(days=800)

Block = tuple[int, int]  # minutes from midnight, up to and without; past 1440 it reaches into the next day
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Schedule:
    """Seven days of blocks, Monday first. A block belongs to the day it begins on, also past midnight.

    An exception takes the place of a day's blocks (none: closed); a holiday is closed unless it is an exception.
    """

    zone: str
    weekly: tuple[tuple[Block, ...], ...]
    exceptions: Mapping[date, tuple[Block, ...]] = field(default_factory=lambda: MappingProxyType({}))
    holidays: frozenset[date] = frozenset()

    def blocks_on(self, day: date) -> tuple[Block, ...]:
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.weekly[day.weekday()]


def is_open(schedule: Schedule, at: datetime) -> bool:
    there = at.astimezone(_zone(schedule)).replace(tzinfo=None)
    return any(
        begin <= there < end
        for day in (there.date() - timedelta(days=1), there.date())
        for begin, end in _on_the_wall(schedule, day)
    )


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The first moment from `at` on when it is open, in UTC; None when there is none in sight."""
    return next((begin for begin, _ in open_spans(schedule, at, at + HORIZON)), None)


def next_change(schedule: Schedule, at: datetime) -> datetime | None:
    """The first moment after `at` when open becomes closed or the other way round; None when none is in sight."""
    until = at + HORIZON
    for begin, end in open_spans(schedule, at, until):
        if begin > at:
            return begin
        return end if end < until else None
    return None


def working_time(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    """How much of the time between two moments was open; nothing when they are the wrong way round."""
    return sum((until - begin for begin, until in open_spans(schedule, start, end)), timedelta())


def open_spans(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Span]:
    """The open times between two moments, in UTC and in order; those that touch are one."""
    pending: Span | None = None
    for begin, until in _pieces(schedule, start.astimezone(UTC), end.astimezone(UTC)):
        if pending and begin <= pending[1]:
            pending = (pending[0], max(pending[1], until))
            continue
        if pending:
            yield pending
        pending = (begin, until)
    if pending:
        yield pending


def _pieces(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Span]:
    """Open times in order of their beginning, cut at days and at changes of the clocks."""
    for begin, until, offset in _steady(schedule, start, end):
        yield from sorted(
            (max(first - offset, begin), min(last - offset, until))
            for first, last in _walls(schedule, begin + offset, until + offset)
            if first - offset < until and last - offset > begin
        )


def _walls(schedule: Schedule, begin: datetime, until: datetime) -> Iterator[Span]:
    """What the wall clock's blocks are on the days of a piece, the evening before included."""
    day = begin.date() - timedelta(days=1)
    while day <= until.date():
        for first, last in _on_the_wall(schedule, day):
            yield first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)
        day += timedelta(days=1)


def _on_the_wall(schedule: Schedule, day: date) -> list[Span]:
    midnight = datetime(day.year, day.month, day.day)
    return [
        (midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end))
        for begin, end in schedule.blocks_on(day)
    ]


def _steady(
    schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Pieces of a day at most in which the clocks keep their distance from UTC, with that distance."""
    zone = _zone(schedule)
    while start < end:
        until = min(start + timedelta(days=1), end)
        offset = _offset(zone, start)
        if _offset(zone, until) != offset:
            until = _change_between(zone, start, until)
        yield start, until, offset
        start = until


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first moment of the new distance; changes happen at full seconds."""
    offset = _offset(zone, before)
    before = before.replace(microsecond=0)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle == before:
            break
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _zone(schedule: Schedule) -> ZoneInfo:
    return find_zone(schedule.zone) or ZoneInfo("UTC")


def find_zone(name: str) -> ZoneInfo | None:
    """The zone of this name, which may come from anywhere; None when there is none (any more)."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder
        return None
