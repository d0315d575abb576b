"""When a workspace and its channels are open: what is stored, made ready for inboxes/hours.py and kept in the process."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Q
from django.utils import timezone

from inboxes.holidays import days_of
from inboxes.hours import Schedule, is_open, next_change, next_opening
from inboxes.models import Channel, OpeningHours

STATUS, HOURS, ALWAYS = "status", "hours", "always"
MESSAGE, HIDE, RETURN = "message", "hide", "return"  # what a chat that is not open does
YEARS_AHEAD = 3
MOST_KEPT = 2000

_kept: dict[int, tuple[tuple[datetime, int], Schedule]] = {}


def compiled(hours: OpeningHours) -> Schedule:
    """The pure form of a stored timetable, made once for each version of it and anew every year."""
    version = (hours.changed_at, timezone.now().year)
    kept = _kept.get(hours.pk)
    if kept and kept[0] == version:
        return kept[1]
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    made = schedule_from(
        zone=hours.time_zone,
        weekly=hours.weekly,
        exceptions=hours.exceptions,
        holidays=days_of(hours.country, hours.subdivision, range(version[1] - 1, version[1] + YEARS_AHEAD)),
    )
    _kept[hours.pk] = version, made
    return made


def schedule_from(
    *, zone: str, weekly: list, exceptions: list[dict[str, Any]], holidays: frozenset[date] = frozenset()
) -> Schedule:
    return Schedule(
        zone=zone,
        weekly=tuple(_blocks(day) for day in weekly),
        exceptions=MappingProxyType(_by_day(exceptions)),
        holidays=holidays,
    )


def _blocks(rows: list) -> tuple[tuple[int, int], ...]:
    return tuple((begin, end) for begin, end in rows)


def _by_day(exceptions: list[dict[str, Any]]) -> dict[date, tuple[tuple[int, int], ...]]:
    days = {}
    for one in exceptions:
        day, last = date.fromisoformat(one["from"]), date.fromisoformat(one["to"])
        while day <= last:
            days[day] = _blocks(one["blocks"])
            day += timedelta(days=1)
    return days


# ── Whose hours ─────────────────────────────────────────────────────────────────────────────────────────────────


def hours_of_channel(channel: Channel) -> OpeningHours | None:
    """The channel's own, else the workspace's. One query."""
    rows = OpeningHours.objects.filter(Q(channel=channel) | Q(channel=None), member=None)
    return max(rows, key=lambda row: row.channel_id is not None, default=None)


def schedule_of(channel: Channel) -> Schedule | None:
    found = hours_of_channel(channel)
    return compiled(found) if found else None


def workspace_schedule() -> Schedule | None:
    found = OpeningHours.objects.of_workspace().first()
    return compiled(found) if found else None


# ── Open or not ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Opening:
    """What hours say at a moment; `until`: when they will say something else."""

    open: bool
    reopens_at: datetime | None = None
    until: datetime | None = None
    zone: str = ""


def opening_at(schedule: Schedule, at: datetime) -> Opening:
    now, until = is_open(schedule, at), next_change(schedule, at)
    return Opening(now, None if now else next_opening(schedule, at), until, schedule.zone)


def mode_of(channel: Channel) -> str:
    """What decides whether a chat is open (CT-3); the status of people when nothing was chosen."""
    mode = (channel.config.get("availability") or {}).get("mode")
    return mode if mode in (HOURS, ALWAYS) else STATUS


def opening_of(channel: Channel, at: datetime | None = None) -> Opening:
    """By the hours alone: a channel that does not go by hours, or has none to go by, is always open."""
    schedule = schedule_of(channel) if mode_of(channel) == HOURS else None
    return opening_at(schedule, at or timezone.now()) if schedule else Opening(open=True)


def is_open_for_handover(channel: Channel, at: datetime | None = None) -> bool:
    """CT-8: outside the hours a hand-over goes to nobody, even if somebody happens to be available."""
    return opening_of(channel, at).open
