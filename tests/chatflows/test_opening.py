"""Whether a chat is open, and what visitors read when it is not (CT-3 to CT-8)."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from chatflows.widget import answers, opening
from inboxes.timetables import save_hours, set_chat_availability
from workspaces.models import Member

OPEN, CLOSED = [[[0, 1440]]] * 7, [[]] * 7


def hours(house, weekly) -> None:
    with house.scope():
        save_hours(time_zone="UTC", weekly=weekly, exceptions=[], country="", subdivision="")


def chosen(house, **settings) -> None:
    with house.scope():
        set_chat_availability(house.chat, settings)
    answers.forget()


def panel(client, zone: str = "") -> dict:
    page = client.get(f"/live/panel/acme-chat/?tz={zone}").content.decode()
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page)[1])


def launcher(client) -> dict:
    return client.get("/live/config/acme-chat/").json()


def all_away() -> None:
    Member.objects.update(availability="away")


@pytest.mark.parametrize(
    ("mode", "weekly", "here", "open_"),
    [
        ("status", CLOSED, True, True),
        ("status", OPEN, False, False),
        ("hours", OPEN, True, True),
        ("hours", OPEN, False, False),
        ("hours", CLOSED, True, False),  # CT-8: the hours come first
        ("always", CLOSED, False, True),
    ],
)
def test_what_decides(acme, ben, client, mode, weekly, here, open_):
    hours(acme, weekly)
    chosen(acme, mode=mode)
    if not here:
        all_away()
    assert bool(panel(client)["here"]) is open_


def test_the_usual_time_to_an_answer(acme, ben, client):
    chosen(acme, mode="status", reply_time="day")
    assert panel(client)["texts"]["reply_time"] == "Usually answers within a day"
    chosen(acme, mode="status", reply_time="")
    assert panel(client)["texts"]["reply_time"] == ""


def test_words_and_hiding_when_nobody_is_available(acme, ben, client):
    all_away()
    chosen(acme, mode="status", away="message", away_text="Gone fishing")
    assert panel(client)["texts"]["away"] == "Gone fishing" and not launcher(client)["hidden"]
    chosen(acme, mode="status", away="hide")
    assert launcher(client)["hidden"] is True and launcher(client)["greeting"] == ""


def test_hiding_outside_the_hours(acme, ben, client):
    hours(acme, CLOSED)
    chosen(acme, mode="hours", closed="hide")
    assert launcher(client)["hidden"] is True
    hours(acme, OPEN)
    answers.forget()
    assert launcher(client)["hidden"] is False


def test_the_way_back_is_told_by_the_visitors_clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 20, 20, 0, tzinfo=UTC))
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    told = opening.back_at(monday, "Asia/Tokyo", "Europe/Paris").replace("\u202f", " ")
    assert told == "Back on Monday at 5:00 PM"
    assert "9:00" in opening.back_at(monday, "../../etc/passwd", "Europe/Paris")
    soon = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert opening.back_at(soon, "Europe/Paris", "UTC").startswith("Back at 10:30")
    assert opening.back_at(soon, "Asia/Tokyo", "UTC").startswith("Back at 6:30")
    assert opening.back_at(datetime(2026, 12, 24, 9, 0, tzinfo=UTC), "UTC", "UTC").startswith(
        "Back on December 24"
    )
    with translation.override("fr"):
        assert "08:00" in opening.back_at(monday, "UTC", "UTC")


def test_outside_the_hours_the_panel_says_when(acme, ben, client):
    tomorrow = timezone.now().weekday() - 6
    week = [[] for _ in range(7)]
    week[tomorrow] = [[540, 1020]]
    hours(acme, week)
    chosen(acme, mode="hours", closed="return")
    told = panel(client, "UTC")
    assert told["here"] == 0 and told["texts"]["away"].startswith("Back tomorrow at 9:00")
    assert [face["here"] for face in told["faces"]] == [False], "a green dot would say that somebody is there"


def test_a_page_view_costs_no_query(acme, ben, client, django_assert_num_queries):
    hours(acme, OPEN)
    chosen(acme, mode="hours")
    launcher(client)
    with django_assert_num_queries(0):
        launcher(client)
