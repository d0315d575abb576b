"""Open or closed, by the clock on the wall: against a slow oracle that asks every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxes.hours import Schedule, is_open, next_change, next_opening, open_spans, working_time

MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = tuple([((540, 1020),)] * 5 + [(), ()])
# Where the clocks change, and the days around both changes of a year: an hour, half an hour, southern, none, odd.
CHANGES = {
    "Europe/Paris": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Pacific/Auckland": ["2026-04-05", "2026-09-27"],
    "America/Santiago": ["2026-04-05", "2026-09-06"],
    "Asia/Kathmandu": ["2026-03-29", "2026-10-25"],
}


def week(**fields) -> Schedule:
    return Schedule(**({"zone": "Europe/Paris", "weekly": NINE_TO_FIVE} | fields))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


# ── The oracle ──


def shows_open(schedule: Schedule, at: datetime) -> bool:
    """What somebody would say who looks at the wall clock and at the timetable on the door."""
    there = at.astimezone(ZoneInfo(schedule.zone))
    minute = there.hour * 60 + there.minute
    today, yesterday = there.date(), there.date() - timedelta(days=1)
    return any(begin <= minute < end for begin, end in schedule.blocks_on(today)) or any(
        begin <= minute + 1440 < end for begin, end in schedule.blocks_on(yesterday)
    )


@st.composite
def days(draw) -> tuple[tuple[int, int], ...]:
    blocks = []
    for _ in range(draw(st.integers(0, 2))):
        begin = draw(st.sampled_from([0, 60, 105, 120, 150, 180, 540, 1380]))
        blocks.append((begin, begin + draw(st.sampled_from([15, 30, 60, 90, 480, 1440]))))
    return tuple(blocks)


@st.composite
def cases(draw) -> tuple[Schedule, datetime]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = date.fromisoformat(draw(st.sampled_from(CHANGES[zone])))
    near = st.integers(-2, 2).map(lambda n: change + timedelta(days=n))
    schedule = Schedule(
        zone=zone,
        weekly=tuple(draw(days()) for _ in range(7)),
        exceptions=draw(st.dictionaries(near, days(), max_size=2)),
        holidays=frozenset(draw(st.sets(near, max_size=2))),
    )
    start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(hours=36)
    return schedule, start + timedelta(minutes=draw(st.integers(0, 720)))


@settings(max_examples=25, deadline=None)
@given(cases())
def test_around_both_changes_of_the_clocks_it_is_what_the_wall_clock_shows(case):
    schedule, start = case
    minutes = [start + n * MINUTE for n in range(3 * 1440)]
    shown = [shows_open(schedule, at) for at in minutes]
    assert [is_open(schedule, at) for at in minutes[::7]] == shown[::7]
    assert working_time(schedule, start, start + timedelta(days=3)) == sum(shown) * MINUTE
    changes = [at for at, was, now in zip(minutes[1:], shown, shown[1:], strict=False) if was != now]
    edges = [edge for span in open_spans(schedule, start, minutes[-1] + MINUTE) for edge in span]
    assert [edge for edge in edges if minutes[0] < edge <= minutes[-1]] == changes
    if changes:
        assert next_change(schedule, start) == changes[0]
    if any(shown):
        assert next_opening(schedule, start) == minutes[shown.index(True)]


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 4000), st.integers(0, 4000))
def test_working_time_adds_up_wherever_it_is_cut(case, first, second):
    schedule, start = case
    middle, end = start + first * MINUTE, start + (first + second) * MINUTE
    assert working_time(schedule, start, middle) + working_time(schedule, middle, end) == working_time(
        schedule, start, end
    )


# ── By hand ──


def test_the_minute_of_opening_is_open_and_the_minute_of_closing_is_not():
    assert is_open(week(), paris("2026-11-23 09:00"))
    assert not is_open(week(), paris("2026-11-23 08:59:59.999999"))
    assert not is_open(week(), paris("2026-11-23 17:00"))


def test_friday_evening_opens_again_on_monday():
    friday = paris("2026-11-20 17:00")
    assert next_opening(week(), friday) == paris("2026-11-23 09:00")
    assert next_change(week(), friday) == paris("2026-11-23 09:00")


def test_the_next_opening_of_what_is_open_is_now_and_its_change_is_the_closing():
    noon = paris("2026-11-23 12:00")
    assert (next_opening(week(), noon), next_change(week(), noon)) == (noon, paris("2026-11-23 17:00"))


def test_an_evening_goes_on_past_midnight_and_past_the_week():
    bar = week(weekly=(*[()] * 6, ((1320, 1560),)))  # Sunday 22:00 to 02:00
    assert is_open(bar, paris("2026-11-23 01:59"))
    assert not is_open(bar, paris("2026-11-23 02:00"))
    assert working_time(bar, paris("2026-11-22 00:00"), paris("2026-11-24 00:00")) == timedelta(hours=4)


def test_a_holiday_is_closed_and_an_exception_wins_over_it():
    christmas = date(2026, 12, 25)
    assert next_opening(week(holidays=frozenset({christmas})), paris("2026-12-24 17:00")) == paris(
        "2026-12-28 09:00"
    )
    short = week(holidays=frozenset({christmas}), exceptions={christmas: ((600, 720),)})
    assert next_opening(short, paris("2026-12-24 17:00")) == paris("2026-12-25 10:00")


def test_a_closed_day_does_not_cut_the_evening_before_it():
    eve, night = date(2026, 12, 24), paris("2026-12-25 01:00")
    schedule = week(exceptions={eve: ((1200, 1560),), date(2026, 12, 25): ()})
    assert is_open(schedule, night)
    assert not is_open(schedule, night + timedelta(hours=1))


def test_the_hour_left_out_does_not_open_and_the_hour_repeated_counts_twice():
    night = week(weekly=tuple([((120, 180),)] * 7))
    assert working_time(night, paris("2026-03-29 00:00"), paris("2026-03-30 00:00")) == timedelta()
    assert working_time(night, paris("2026-10-25 00:00"), paris("2026-10-26 00:00")) == timedelta(hours=2)


def test_a_day_of_twenty_three_and_one_of_twenty_five_hours():
    always = week(weekly=tuple([((0, 1440),)] * 7))
    assert working_time(always, paris("2026-03-29"), paris("2026-03-30")) == timedelta(hours=23)
    assert working_time(always, paris("2026-10-25"), paris("2026-10-26")) == timedelta(hours=25)
    assert next_change(always, paris("2026-03-29")) is None
    assert next_opening(always, paris("2026-03-29 11:00")) == paris("2026-03-29 11:00")


def test_never_open_has_no_next_opening():
    never = week(weekly=((),) * 7)
    assert (next_opening(never, utc("2026-01-01")), next_change(never, utc("2026-01-01"))) == (None, None)
    assert working_time(never, utc("2026-01-01"), utc("2027-01-01")) == timedelta()


@pytest.mark.parametrize("hours", [0, -5])
def test_the_wrong_way_round_is_nothing(hours):
    noon = paris("2026-11-23 12:00")
    assert working_time(week(), noon, noon + timedelta(hours=hours)) == timedelta()
