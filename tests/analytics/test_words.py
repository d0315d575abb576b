"""What reports say and draw, without a database: findings, durations, periods, filters, places (AN-2)."""

from datetime import date

import pytest
from django.http import QueryDict
from django.utils import translation

from analytics import spell
from analytics.charts import scale
from analytics.charts.bars import bar_chart
from analytics.charts.heat import heat_map
from analytics.charts.lines import Series, line_chart, spark
from analytics.choices import Choices
from analytics.filters import filters_from, preset_days, usual_grain
from analytics.links import behind_from, query_of
from analytics.numbers import Cell
from analytics.reports import figures, findings, overview
from analytics.reports.base import TIME, Behind, Book, Row
from analytics.reports.makers import fullest, weekdays_in
from analytics.scope import Scope

NBSP = "\N{NO-BREAK SPACE}"
TODAY = date(2026, 11, 23)  # a Monday
NAMES = {
    "inbox": {"1": "Support"}, "channel_kind": {"chat": "Chat", "email": "E-mail"}, "channel": {}, "team": {},
    "member": {"4": "Nora"}, "chatflow": {}, "label": {}, "country": {}, "priority": {}, "source": {}, "pipeline": {},
}  # fmt: skip


def asked(text: str):
    return filters_from(QueryDict(text), Choices(NAMES), today=TODAY, zone="Europe/Paris")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.4, "59 s"), (312, "5 min 12 s"), (300, "5 min"), (1500, "25 min"), (11_400, "3 h 10 min"),
     (7199, "2 h"), (3580, "1 h"), (86_390, "1 d"), (180_000, "2 d 2 h"), (2_000_000, "23 d"), (None, "–")],
)  # fmt: skip
def test_durations_have_two_units(seconds, said):
    assert spell.duration(seconds) == said.replace(" ", NBSP)


def test_numbers_follow_the_language():
    assert spell.number(1234.5, 1) == "1,234.5"
    with translation.override("fr"):
        assert spell.number(1234.5, 1) == "1\N{NARROW NO-BREAK SPACE}234,5"
        assert spell.percent(0.5) == "50\N{NARROW NO-BREAK SPACE}%"
        assert spell.short_weekday(0) == "lun"
    # What is not nothing is not told as nothing, and what is not all not as all.
    assert [spell.percent(n / 1000) for n in (0, 1, 999, 1000)] == [
        "0 %",
        f"<{NBSP}1 %",
        f">{NBSP}99 %",
        "100 %",
    ]
    # Halves go up everywhere, as templates round: one share is never told as two.
    assert [spell.percent(n / 40) for n in (9, 13)] == ["23 %", "33 %"]
    assert (spell.number(2.675, 2), spell.number(-0.5)) == ("2.68", "-1")


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [("today", "2026-11-23", "2026-11-23"), ("7", "2026-11-17", "2026-11-23"), ("week", "2026-11-23", "2026-11-23"),
     ("last_week", "2026-11-16", "2026-11-22"), ("month", "2026-11-01", "2026-11-23"),
     ("last_month", "2026-10-01", "2026-10-31"), ("quarter", "2026-10-01", "2026-11-23"),
     ("last_quarter", "2026-07-01", "2026-09-30"), ("year", "2026-01-01", "2026-11-23")],
)  # fmt: skip
def test_every_period_knows_its_days(preset, first, last):
    assert preset_days(preset, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


def test_filters_come_back_as_the_address_they_came_from():
    text = "from=2026-01-05&to=2026-03-31&versus=year&grain=week&inbox=1&kind=chat&member=4&clock=c"
    found = asked(text)
    assert found.query == text
    assert not found.mistakes
    assert asked(found.query) == found
    assert found.before.first == date(2025, 1, 5)
    assert asked("").query == ""
    assert (usual_grain(28), usual_grain(200), usual_grain(800)) == ("day", "week", "month")


@pytest.mark.parametrize(
    "text",
    ["from=2026-02-31&to=2026-03-01", "from=2026-03-02", "from=2026-03-02&to=2026-03-01", "from=1990-01-01&to=2026-01-01",
     "period=never", "member=99", "inbox=1%20or%201", "clock=x", "grain=hour", "versus=them"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_hurts_nothing(text):
    found = asked(text)
    assert len(found.mistakes) == 1
    assert found.scope.days == 28


def test_a_number_leads_to_its_facts_and_back():
    for behind in (
        Behind("created"),
        Behind("reply", "member", "4"),
        Behind("created", "member", ""),
        Behind("closed", grain="week", at=date(2026, 11, 2)),
        Behind("created", grain="weekday_hour", at=(1, 15)),
        Behind("rated", bucket=5),
    ):
        query = QueryDict(query_of(behind, asked("period=7"), ("chat",)))
        assert behind_from(query) == (behind, ("chat",))


def test_steps_are_there_also_where_nothing_happened():
    scope = Scope(first=date(2026, 10, 30), last=date(2026, 11, 10), zone="Europe/Paris")
    assert len(scope.steps("day")) == 12
    assert scope.steps("week") == [date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9)]
    assert scope.steps("month") == [date(2026, 10, 1), date(2026, 11, 1)]


def test_titles_say_what_is_found():
    assert findings.replies(300, target=600) == "First replies take 5 minutes, half of the target"
    assert findings.replies(900, target=600) == "First replies take 15 minutes, over the target"
    assert findings.replies(300, before=660) == "First replies take 5 minutes, 6 minutes less than before"
    assert findings.replies(300, before=301) == "First replies take 5 minutes"
    assert findings.replies(None) == findings.nothing()
    assert findings.volume(742, (742, 680)) == "742 new conversations, 9 % more than before"
    assert findings.volume(1, None) == "1 new conversation"
    assert findings.settled_alone("Lumi", 431, 1204) == "“Lumi” settles 4 in 10 alone"
    assert (
        findings.settled_alone("Lumi", 3, 12) == "“Lumi” settles 3 in 10 alone"
    )  # halves go up here as well
    assert findings.settled_alone("Lumi", 0, 10) == "“Lumi” settles next to none alone"
    assert findings.kept(9, 1) == "90 % of promises were kept"
    assert findings.content(94, 100) == "94 % rate us good"
    assert findings.largest("%(name)s: %(part)s", [("A", 10), ("B", 30)], 80) == "B: 38 %"
    assert (
        findings.quickest("%(name)s: %(time)s", [("A", 90, 20), ("B", 600, 10)])
        == f"A: 1{NBSP}min{NBSP}30{NBSP}s"
    )


def test_a_few_numbers_make_no_title():
    """The first five minutes of a workspace: what is there is told as it is, and nothing is concluded from it."""
    assert findings.busiest({}) == findings.nothing()
    assert findings.busiest({(1, 15): 2, (3, 9): 1}) == "Too few to say when it is busy: 3"
    assert findings.replies(70, n=1, target=600) == "1 first reply so far, after 70 seconds"
    assert findings.replies(70, n=7, before=900) == "7 first replies so far, half within 70 seconds"
    assert findings.takes("Half take %(time)s", 70, 9) == "Too few to say more yet: 9"
    assert findings.volume(9, (9, 0)) == "9 new conversations, 0 before"
    assert findings.volume(4, (4, 1)) == "4 new conversations, 1 before"
    assert findings.volume(3, (3, 3)) == "3 new conversations, about as before"
    assert (
        findings.largest("%(name)s has most: %(part)s", [("A", 2), ("B", 1)]) == "Too few to say more yet: 3"
    )
    assert findings.largest("%(name)s", [("A", 2)], few=findings.broken(2)) == "2 promises were broken"
    assert (
        findings.quickest("%(name)s: %(time)s", [("A", 0, 1), ("B", 60, 2)]) == "Too few to say more yet: 3"
    )
    assert findings.kept(0, 1) == "0 of 1 promise was kept"
    assert findings.kept(5, 3) == "5 of 8 promises were kept"
    assert findings.content(0, 2) == "0 of 2 votes are good"
    assert findings.settled_alone("Lumi", 1, 2) == "Too few chats yet to say how “Lumi” does"
    assert findings.tickets(1, None) == "1 new ticket"


def test_durations_in_sentences_round_little():
    said = {
        1: "1 second", 60: "1 minute", 90: "90 seconds", 200: "3 minutes", 312: "5 minutes", 3590: "1 hour",
        5400: "90 minutes", 8400: "2.5 hours", 12_480: "3.5 hours", 11_000: "3 hours", 150: "2.5 minutes", 86_000: "1 day", 130_000: "36 hours", 180_000: "2 days",
    }  # fmt: skip
    assert {seconds: spell.in_words(seconds) for seconds in said} == said
    assert findings.replies(200, target=600) == "First replies take 3 minutes, less than half of the target"


def test_a_day_that_is_not_over_is_compared_with_nothing():
    """A Monday at eight is not "80 % fewer" than a whole Sunday (AN-1)."""
    days = "from=2026-11-20&to=2026-11-23"
    began = [date(2026, 11, 16 + i) for i in range(8)]
    cells = {
        then: [Cell("created", "", day, 10 * (i + 1)) for i, day in enumerate(began) if (i < 4) is then]
        for then in (True, False)
    }

    def over(text: str):
        filters = asked(text)
        keys = {then: ("counts", "", TIME, then, ()) for then in (True, False)}
        return Book(filters, Choices(NAMES), {keys[then]: cells[then] for then in keys}).over("created")

    assert over(days) == (50 + 60 + 70, 10 + 20 + 30)
    assert over("from=2026-11-19&to=2026-11-22") == (50 + 60 + 70 + 80, 100)  # all of it is over
    assert over("period=today") is None and over(f"{days}&versus=nothing") is None
    assert over(f"{days}&grain=week") is None  # a week of which a day is missing
    assert over("period=90") == (260, 100)  # weeks of three months: a day of them tells little
    assert findings.volume(180, (150, 60)) == "180 new conversations, 150 % more than before"
    assert findings.volume(300, (250, 80)) == "300 new conversations, 3 times as many as before"
    assert findings.volume(12, (9, 20)) == "12 new conversations"
    assert overview.more_or_fewer(300, (250, 80)) == ("3 times as many as before", "")
    assert overview.more_or_fewer(12, (9, 20)) == ("", "") and overview.more_or_fewer(5, None) == ("", "")


def test_a_share_that_moved_by_chance_has_no_colour():
    assert overview.points(0.91, 0.92, 800, 800) == ("1 point down", "")
    assert overview.points(0.61, 0.70, 155, 150) == ("9 points down", "down")
    assert overview.points(1.0, 1.0, 10, 10) == ("", "")


def test_where_most_has_nobody_that_is_the_title():
    assert findings.nobodys("Unassigned", 90, 100) == "Unassigned: 90 %"
    assert findings.nobodys("Unassigned", 40, 100) == findings.nobodys("Unassigned", 5, 6) == ""


def test_titles_name_nobody_who_does_not_lead():
    level = [("A", 20), ("B", 20), ("C", 10)]
    assert findings.largest("%(name)s has most: %(part)s", level) == "2 have most: 40 % each"
    assert findings.largest("%(name)s has most: %(part)s", [("A", 12)]) == "A: 100 %"
    assert (
        findings.quickest("%(name)s: %(time)s", [("A", 61, 20), ("B", 61, 20)])
        == f"2 are quickest: 1{NBSP}min{NBSP}1{NBSP}s"
    )
    assert findings.quickest("%(name)s: %(time)s", [("A", 60, 20), ("B", 9, 2)]) == f"A: 1{NBSP}min"
    assert findings.quickest("%(name)s: %(time)s", [("A", 60, 20), ("B", 0, 20)]) == f"A: 1{NBSP}min"
    assert findings.quickest("%(name)s: %(time)s", [("A", 0, 20), ("B", 0, 20)]) == findings.no_time()
    # By the clock of working hours: answered outside of them.
    assert findings.takes("Half take less than %(time)s", 0.0) == findings.no_time()
    assert findings.replies(0.2, target=600) == findings.no_time()


def test_the_week_is_busy_only_where_chance_does_not_explain_it():
    assert findings.busiest({(1, 15): 19, (1, 14): 8, (0, 9): 10}) == "Tuesdays in the afternoon are busiest"
    mornings = {(day, 9): 10 for day in range(5)}
    assert findings.busiest(mornings) == "Mornings are busiest"
    mondays = {(0, hour): 20 for hour in (3, 9, 15, 21)} | {(3, hour): 10 for hour in (3, 9, 15, 21)}
    assert findings.busiest(mondays) == "Mondays are busiest"
    even = {(day, hour): 5 for day in range(7) for hour in (3, 9, 15, 21)}
    assert findings.busiest(even) == "No time of the week stands out"
    # A week has each weekday once: that tells of no Tuesdays.
    assert findings.busiest({(1, 15): 40}, [1] * 7) == "Afternoons are busiest"
    # Five Mondays against four Tuesdays: by the day they are alike.
    assert findings.busiest({(0, 9): 50, (1, 9): 40}, [5, 4, 4, 4, 4, 4, 4]) == "Mornings are busiest"
    october = Scope(first=date(2026, 10, 1), last=date(2026, 10, 31), zone="UTC")
    assert weekdays_in(october) == [4, 4, 4, 5, 5, 5, 4]
    assert weekdays_in(Scope(first=date(2026, 11, 23), last=date(2026, 11, 24), zone="UTC")) == [
        1,
        1,
        0,
        0,
        0,
        0,
        0,
    ]


def test_bars_leave_nothing_out():
    def row(key: str, n: int) -> Row:
        return Row(key or "None", (figures.count(n),), key=key)

    told = fullest([row(str(i), 20 - i) for i in range(12)] + [row("", 4)], 178, span=6)
    assert [bar[0] for bar in told] == [*map(str, range(7)), "5 others", "None"]
    assert sum(bar[1] for bar in told) == 178
    assert len(fullest([row(str(i), 1) for i in range(12)], 12, span=12)) == 12


def test_words_beside_a_drawing_have_room():
    """Long months are not written over each other, and long numbers are not cut."""

    def drawn(highest: float, names: list[str], span: int = 6):
        values = [highest] * len(names)
        return line_chart(
            [Series("New", values)], names, names, label="x", ticks=scale.number_ticks, tick_text=spell.number, span=span
        )  # fmt: skip

    months = ["septembre 2026"] * 8
    assert len(drawn(3, months).steps) == 4 and len(drawn(3, months, 12).steps) == 8
    assert len(drawn(3, ["Sep"] * 8).steps) == 8 and len(drawn(3, ["1 Nov"] * 28).steps) == 5
    assert drawn(3, months).left == 48
    assert drawn(12_345_678, months).left > 6 * len("15,000,000")


def test_ticks_are_round_and_reach_the_top():
    assert scale.number_ticks(37) == [0, 10, 20, 30, 40]
    assert scale.number_ticks(0) == [0, 1]
    assert scale.number_ticks(3) == [0, 1, 2, 3]
    assert scale.duration_ticks(870) == [0, 300, 600, 900]
    assert scale.duration_ticks(3 * 86_400) == [0, 86_400, 172_800, 259_200]
    for highest in (1, 7, 99, 1001, 123_456, 9_876_543):
        for ticks in (scale.number_ticks(highest), scale.duration_ticks(highest)):
            assert ticks[-1] >= highest
            assert len(ticks) <= 7


def test_a_line_breaks_where_nothing_is_known():
    chart = line_chart(
        [Series("Now", [600, None, 300, 0]), Series("Before", [None, 60, 120], "before")],
        ["a", "b", "c", "d"],
        ["A", "B", "C", "D"],
        label="Says",
        ticks=scale.duration_ticks,
        tick_text=spell.duration,
        goal=(600, "target"),
    )
    assert chart.lines[0].path.count("M") == 2
    assert chart.lines[0].dots == ((chart.left, chart.points[0].y),)  # alone: a dot, since a line needs two
    assert [point.y is None for point in chart.points] == [False, True, False, False]
    assert chart.last == (chart.right, chart.ground)
    assert chart.goal[0] == chart.points[0].y
    far = line_chart(
        [Series("Now", [600])], ["a"], ["A"], label="", ticks=scale.duration_ticks, tick_text=spell.duration,
        goal=(14_400, "target"),
    )  # fmt: skip
    assert (far.goal, far.above) == (None, "target")  # told, and drawn to the lines' own scale
    assert line_chart(
        [Series("Now", [5])], ["a"], ["A"], label="", ticks=scale.number_ticks, tick_text=str
    ).points
    assert spark([1, None, 3]).startswith("M0.0 24.0")
    assert spark([None, 2]) == ""


def test_bars_and_the_map_of_the_week():
    chart = bar_chart([("A", 10, "10", "", None), ("B", 1, "1", "", None), ("C", 0, "0", "", None)], label="")
    assert [bar.part for bar in chart.bars] == [100, 10, 0]
    heat = heat_map({(1, 15): 40, (6, 7): 1}, label="", day_name=str, says=lambda d, h, n: f"{d} {h} {n}")
    assert heat.columns == 12  # from seven, since somebody came then, to eighteen
    fullest = [spot for _day, spots in heat.rows for spot in spots if spot.text]
    assert [(spot.part, spot.text, spot.says) for spot in fullest] == [(100, "40", "1 15 40")]
