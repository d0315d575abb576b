"""Interval arithmetic (AN-5): whatever the timetable and the clocks do, times add up. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import buckets
from analytics.buckets import Histogram
from analytics.facts import Event
from analytics.facts.spans import Spans
from analytics.facts.worked import Hours
from analytics.scope import Scope, day_of, hour_of, start_of_day
from inboxes.hours import Schedule, working_time

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 400 * 24 * 3600).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
blocks = st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 700)), max_size=2).map(
    lambda found: tuple((begin, begin + length) for begin, length in found)
)
timetables = st.builds(
    Schedule,
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "America/Havana"]),
    weekly=st.tuples(*[blocks] * 7),
)


@settings(max_examples=60, deadline=None)
@given(timetable=timetables, three=st.lists(moments, min_size=3, max_size=3))
def test_time_adds_up(timetable, three):
    """As the slow way says, never more than the calendar, and the parts make the whole."""
    first, middle, last = sorted(three)
    hours = Hours(timetable)
    whole = hours.between(first, last)
    assert whole == working_time(timetable, first, last)
    assert timedelta() <= whole <= last - first
    assert hours.between(first, middle) + hours.between(middle, last) == whole
    assert hours.between(last, first) == timedelta() or first == last
    calendar, worked = hours.seconds(first, last)
    assert worked <= calendar == int((last - first).total_seconds())


@pytest.mark.parametrize(
    ("day", "calendar", "office"), [((2026, 3, 29), 23, 8), ((2026, 10, 25), 25, 8), ((2026, 10, 26), 24, 8)]
)
def test_both_days_on_which_the_clocks_change(day, calendar, office):
    """Europe/Paris: a day of 23 and one of 25 hours; nine to five stays eight hours, a night shift is one hour off."""
    daily = Schedule("Europe/Paris", (((540, 1020),),) * 7)
    midnight = start_of_day(datetime(*day).date(), "Europe/Paris")
    next_midnight = start_of_day((datetime(*day) + timedelta(days=1)).date(), "Europe/Paris")
    assert next_midnight - midnight == timedelta(hours=calendar)
    assert Hours(daily).seconds(midnight, next_midnight) == (calendar * 3600, office * 3600)
    night = Hours(Schedule("Europe/Paris", (((0, 360),),) * 7))
    assert night.between(midnight, next_midnight) == timedelta(hours=calendar - 18)
    scope = Scope(datetime(*day).date(), datetime(*day).date(), "Europe/Paris")
    assert (scope.begins, scope.ends) == (midnight, next_midnight)
    hours = {hour_of(midnight + timedelta(minutes=15 * i), "Europe/Paris") for i in range(calendar * 4)}
    assert len(hours) == calendar  # the repeated hour is two
    assert {day_of(at, "Europe/Paris") for at in hours} == {midnight}


@settings(max_examples=60, deadline=None)
@given(
    times=st.lists(moments, min_size=1, max_size=12), kinds=st.lists(st.booleans(), min_size=12, max_size=12)
)
def test_open_times_and_closed_times_make_the_whole(times, kinds):
    """SETTLED: from the beginning to the last closing, less the times it was closed; never more than CLOSED's."""
    ordered = sorted(times)
    states = [(Event(i + 1, "", at), kinds[i]) for i, at in enumerate(ordered)]
    spans = Spans.of(BEGIN, states, None)
    opened = sum((end - begin for begin, end in spans.open), timedelta())
    if spans.closings:
        last = spans.closings[-1]
        shut = sum((one.undone_at - one.at for one in spans.closings[:-1]), timedelta())
        assert opened + shut == last.at - BEGIN
    assert all(one.undone_at for one in spans.closings[:-1])


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(0, 5_000_000), min_size=1, max_size=60), at=st.integers(0, 60))
def test_histograms_add_up(values, at):
    """Joined or made at once, the same; counts, sum and mean exact, quantiles a bucket off at most."""
    whole = Histogram.of_values(values)
    joined = Histogram.of_values(values[:at]).join(Histogram.of_values(values[at:]))
    assert joined == whole
    assert (whole.n, whole.total) == (len(values), sum(values))
    for value in values:
        first, end = buckets.bounds(buckets.of(value))
        assert first <= value < end <= max(first * 1.2 + 1, 1)
    ordered = sorted(values)
    for q in (0.5, 0.9):
        exact = ordered[max(0, -(-int(q * 100) * len(values) // 100) - 1)]
        first, end = buckets.bounds(buckets.of(exact))
        assert first <= whole.quantile(q) < end
    steps = whole.distribution([60, 3600, 86400])
    assert sum(n for *_, n in steps) == whole.n and len(steps) == 4
