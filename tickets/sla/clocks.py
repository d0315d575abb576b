"""Clocks over intervals. Pure: no database, no clock of its own; without a timetable every hour counts (SL-3).

A clock runs since a moment, or stands still; `used` is what it ran before. It is due at the first moment at which it has
run for its goal: who answers by then is in time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inboxes.hours import HORIZON, Schedule, open_spans, working_time

NOTHING = timedelta()
# Due soon: a fifth of the goal before the end, at least five minutes (SL-5).
SOON, SOON_AT_LEAST = 0.2, timedelta(minutes=5)


@dataclass(frozen=True)
class Clock:
    goal: timedelta
    since: datetime | None
    used: timedelta = NOTHING
    schedule: Schedule | None = None


@dataclass(frozen=True)
class Moments:
    """When half of the goal is used up, when it is due soon, when it is due. None: not in sight."""

    half: datetime | None = None
    soon: datetime | None = None
    due: datetime | None = None


def after(schedule: Schedule | None, start: datetime, amount: timedelta) -> datetime | None:
    """The first moment by which so much time has run since `start`; None when it never will."""
    if amount <= NOTHING:
        return start
    if schedule is None:
        return start + amount
    for begin, end in open_spans(schedule, start, start + HORIZON):
        if end - begin >= amount:
            return begin + amount
        amount -= end - begin
    return None


def between(schedule: Schedule | None, start: datetime, end: datetime) -> timedelta:
    """How much time ran between two moments; nothing when they are the wrong way round."""
    return working_time(schedule, start, end) if schedule else max(NOTHING, end - start)


def used_at(clock: Clock, at: datetime) -> timedelta:
    return clock.used + (between(clock.schedule, clock.since, at) if clock.since else NOTHING)


def paused(clock: Clock, at: datetime) -> Clock:
    return replace(clock, used=used_at(clock, at), since=None)


def resumed(clock: Clock, at: datetime) -> Clock:
    return clock if clock.since else replace(clock, since=at)


def warning(goal: timedelta) -> timedelta:
    """How long before the end it is due soon."""
    return max(goal * SOON, SOON_AT_LEAST)


def moments(clock: Clock) -> Moments:
    """A clock that stands still is due at no moment."""
    since = clock.since
    if since is None:
        return Moments()

    def at(amount: timedelta) -> datetime | None:
        return after(clock.schedule, since, amount - clock.used)

    return Moments(at(clock.goal / 2), at(clock.goal - warning(clock.goal)), at(clock.goal))


def in_time(due: datetime | None, at: datetime) -> bool:
    return due is None or at <= due
