"""Time between two moments, by the calendar and within working hours, for years of conversations in no time."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from analytics.buckets import LONGEST
from inboxes.hours import Schedule, open_spans

DAY = timedelta(days=1)
MOST_DAYS = 20_000


class Hours:
    """A timetable's open seconds, added up day by day once: what lies between two moments is then one subtraction.

    Without a timetable every hour counts.
    """

    def __init__(self, schedule: Schedule | None = None):
        self.schedule = schedule
        # Of each day (of UTC): the ends of its open spans and what was open before each, and of the day as a whole.
        self._spans: dict[date, tuple[list[datetime], list[datetime]]] = {}
        self._sums: dict[date, timedelta] = {}
        self._first: date | None = None
        self._last: date = date.min

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of it was open; nothing when they are the wrong way round."""
        if end <= start:
            return timedelta()
        if self.schedule is None:
            return end - start
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if (end - start) > DAY * MOST_DAYS:
            start = end - DAY * MOST_DAYS
        if start.date() == end.date():
            return self._within(start.date(), start, end)
        open_time = self._within(start.date(), start, _midnight(start.date() + DAY))
        open_time += self._whole_days(start.date() + DAY, end.date())
        return open_time + self._within(end.date(), _midnight(end.date()), end)

    def seconds(self, start: datetime, end: datetime) -> tuple[int, int]:
        """By the calendar and within the hours, in whole seconds; never less than nothing."""
        if end <= start:
            return 0, 0
        calendar = min(int((end - start).total_seconds()), LONGEST)
        if self.schedule is None:
            return calendar, calendar
        return calendar, int(self.between(start, end).total_seconds())

    def _within(self, day: date, start: datetime, end: datetime) -> timedelta:
        begins, ends = self._of(day)
        found = timedelta()
        for i in range(max(0, bisect_right(ends, start)), len(begins)):
            if begins[i] >= end:
                break
            found += min(ends[i], end) - max(begins[i], start)
        return found

    def _of(self, day: date) -> tuple[list[datetime], list[datetime]]:
        found = self._spans.get(day)
        if found is None:
            assert self.schedule is not None
            spans = list(open_spans(self.schedule, _midnight(day), _midnight(day + DAY)))
            found = self._spans[day] = [begin for begin, _ in spans], [end for _, end in spans]
        return found

    def _whole_days(self, first: date, end: date) -> timedelta:
        return self._until(end) - self._until(first)

    def _until(self, day: date) -> timedelta:
        """What was open from the first day that was asked for up to this one; the row of sums grows at either end."""
        sums = self._sums
        if self._first is None:
            self._first = self._last = day
            sums[day] = timedelta()
        while self._last < day:
            whole = self._within(self._last, _midnight(self._last), _midnight(self._last + DAY))
            sums[self._last + DAY] = sums[self._last] + whole
            self._last += DAY
        while self._first > day:
            before = self._first - DAY
            sums[before] = sums[self._first] - self._within(before, _midnight(before), _midnight(self._first))
            self._first = before
        return sums[day]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


AROUND_THE_CLOCK = Hours()
