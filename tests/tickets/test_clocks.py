"""SL-3, SL-5, SL-6: clocks over intervals, across both changes of the clocks, against a slow oracle that counts minutes."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inboxes.hours import HORIZON, Schedule
from tests.inboxes.test_hours import MINUTE, cases, paris, shows_open, week
from tickets.sla.clocks import Clock, after, between, in_time, moments, paused, resumed, used_at, warning

HOUR = timedelta(hours=1)
DAYS = 3 * 1440


def run_until(schedule: Schedule, start: datetime, amount: timedelta, limit: int) -> datetime | None:
    """Somebody who looks at the clock every minute and counts those in which it was open."""
    for n in range(limit):
        if amount <= timedelta():
            return start + n * MINUTE
        if shows_open(schedule, start + n * MINUTE):
            amount -= MINUTE
    return None


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(1, 1500), st.lists(st.integers(0, 900), max_size=6))
def test_a_clock_that_is_paused_and_resumed_is_due_when_the_counted_minutes_say_so(case, goal, pauses):
    schedule, start = case
    clock, at, counted, running = Clock(goal * MINUTE, start, schedule=schedule), start, 0, True
    for length in pauses:
        opened = sum(shows_open(schedule, at + n * MINUTE) for n in range(length))
        counted += opened if running else 0
        at += length * MINUTE
        assert used_at(clock, at) == counted * MINUTE
        clock = paused(clock, at) if running else resumed(clock, at)
        running = not running
    assert (clock.since is not None) == running
    if not running:
        assert moments(clock).due is None
        clock = resumed(clock, at)
    due = moments(clock).due
    expected = run_until(schedule, at, (goal - counted) * MINUTE, DAYS)
    if expected is not None:
        assert due == expected
    elif due is not None:
        assert due > at + DAYS * MINUTE - MINUTE


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(1, 1500))
def test_half_soon_and_due_come_in_order_and_use_what_they_say(case, goal):
    schedule, start = case
    clock = Clock(goal * MINUTE, start, schedule=schedule)
    found = moments(clock)
    if found.due and found.half:
        assert start <= found.half <= found.due and used_at(clock, found.due) == clock.goal
        assert used_at(clock, found.half) == clock.goal / 2
        assert between(schedule, start, found.due) == clock.goal
    if found.due and found.soon:
        assert found.soon <= found.due


def test_around_the_clock_every_hour_counts():
    """SL-3: 24/7; also through the night in which an hour is missing."""
    start = paris("2026-03-28 20:00")
    assert moments(Clock(8 * HOUR, start)).due == start + 8 * HOUR
    assert between(None, start, start - HOUR) == timedelta()


def test_working_hours_leave_out_the_night_the_weekend_and_holidays():
    """SL-3: Friday 16:00 with two hours is due on Monday at 10:00; on Tuesday when Monday is a holiday."""
    friday = paris("2026-11-20 16:00")
    assert after(week(), friday, 2 * HOUR) == paris("2026-11-23 10:00")
    off = week(holidays=frozenset({paris("2026-11-23 00:00").date()}))
    assert after(off, friday, 2 * HOUR) == paris("2026-11-24 10:00")
    never = week(weekly=((),) * 7)
    assert after(never, friday, HOUR) is None and moments(Clock(HOUR, friday, schedule=never)).due is None
    assert timedelta(days=700) < HORIZON


def test_due_soon_is_a_fifth_and_at_least_five_minutes():
    """SL-5."""
    assert warning(timedelta(hours=10)) == 2 * HOUR
    assert warning(timedelta(minutes=10)) == timedelta(minutes=5)
    start = paris("2026-11-23 09:00")
    found = moments(Clock(HOUR, start))
    assert (found.half, found.soon) == (start + HOUR / 2, start + timedelta(minutes=48))
    assert moments(Clock(timedelta(minutes=3), start)).soon == start


def test_who_answers_at_the_last_moment_is_in_time():
    start = paris("2026-11-23 09:00")
    assert in_time(start, start) and not in_time(start, start + timedelta(microseconds=1))
    assert in_time(None, start)
