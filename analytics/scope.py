"""What a report is about: from when to when, and which of everything. And where hours and days begin there."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from inboxes.hours import find_zone

MONDAY, SUNDAY = 0, 6
CALENDAR, WORKING = "c", "w"


@dataclass(frozen=True)
class Scope:
    """The filters that all reports share. Days are days of the workspace's time zone, the last one included."""

    first: date
    last: date
    zone: str
    inboxes: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()  # of channels
    members: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    chatflows: tuple[int, ...] = ()
    versions: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    pipelines: tuple[int, ...] = ()
    pages: tuple[str, ...] = ()
    lists: tuple[int, ...] = ()  # of contacts
    clock: str = WORKING  # which durations
    week_starts: int = MONDAY

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        return start_of_day(self.first, self.zone)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return start_of_day(self.last + timedelta(days=1), self.zone)

    def steps(self, grain: str) -> list[date]:
        """The first days of its days, weeks or months; of the first week or month also where it began before."""
        days = (self.first + timedelta(days=i) for i in range(self.days))
        if grain == "week":
            days = (day - timedelta(days=(day.weekday() - self.week_starts) % 7) for day in days)
        elif grain == "month":
            days = (day.replace(day=1) for day in days)
        return list(dict.fromkeys(days))

    def before(self) -> "Scope":
        """As many days, just before."""
        return replace(
            self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1)
        )

    def a_year_before(self) -> "Scope":
        return replace(self, first=_last_year(self.first), last=_last_year(self.last))


def _last_year(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year - 1)


def zone_of(name: str) -> ZoneInfo:
    return find_zone(name) or ZoneInfo("UTC")


@lru_cache(maxsize=20_000)
def start_of_day(day: date, zone: str) -> datetime:
    """Its first moment, in UTC; where the clocks leave midnight out, the moment they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).astimezone(UTC)


def day_of(at: datetime, zone: str) -> datetime:
    """The beginning of the day that a moment is in, in UTC."""
    return start_of_day(at.astimezone(zone_of(zone)).date(), zone)


def hour_of(at: datetime, zone: str) -> datetime:
    """The beginning of its hour, in UTC: an hour that the clocks repeat is two."""
    there = at.astimezone(zone_of(zone))
    return (
        at - timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
    ).astimezone(UTC)
