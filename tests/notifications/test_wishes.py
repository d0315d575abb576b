"""NO-2, NO-3: whose choice holds, and when it is quiet."""

from datetime import UTC, datetime, time

import pytest

from notifications.actions import choose, clear_choices, switch_off, tell
from notifications.forms import PreferencesForm
from notifications.models import Notification, Preferences
from notifications.topics import USUAL, Topic, Way, topics_for
from notifications.wishes import merged, ways_now, wishes_for
from tests.factories import make_member
from workspaces.models import Member
from workspaces.permissions import Role

pytestmark = pytest.mark.usefixtures("in_acme")


def test_without_a_choice_ours_hold(ben):
    assert set(wishes_for(ben).ways(Topic.MENTION)) == USUAL[Topic.MENTION]


def test_defaults_of_the_workspace_win_over_ours_and_a_persons_own_over_them(ada, ben):
    """NO-3."""
    choose(None, matrix={"reply": {"email": True, "bell": False}}, switches={})
    assert wishes_for(ben).ways(Topic.REPLY) == ["email"]
    choose(ben, matrix={"reply": {"email": False}}, switches={})
    assert wishes_for(ben).ways(Topic.REPLY) == []
    assert wishes_for(ada).ways(Topic.REPLY) == ["email"]


def test_the_master_switch_is_off_for_every_topic(ben):
    """NO-2."""
    choose(ben, matrix={}, switches={"email": False})
    assert not any(Way.EMAIL in wishes_for(ben).ways(topic) for topic in Topic)


def test_clearing_leads_back_to_the_defaults(ben):
    choose(ben, matrix={"reply": {"bell": False}}, switches={"push": False})
    clear_choices(ben)
    assert wishes_for(ben) == merged()


def test_only_what_differs_is_kept_so_that_defaults_still_reach_it(ben):
    topics, below = topics_for(ben), merged()
    on = [f"{topic}:{way}" for topic in Topic for way in Way if below.matrix[topic][way]]
    form = PreferencesForm({"cells": [*on, "reply:email"], "switches": Way.values})
    assert form.is_valid(), form.errors
    assert form.chosen(below, topics) == {
        "matrix": {"reply": {"email": True}},
        "switches": {},
        "quiet": (None, None),
    }


@pytest.mark.parametrize(
    "data",
    [
        {"cells": ["nonsense:bell"]},
        {"cells": ["reply:__class__"]},
        {"switches": ["fax"]},
        {"quiet_from": "22:00"},
    ],
)
def test_what_no_page_offers_is_refused(data):
    assert not PreferencesForm(data).is_valid()


def test_words_that_a_later_version_wrote_change_nothing(ben):
    Preferences.objects.create(
        member=ben, matrix={"later": {"bell": False}, "reply": {"fax": True}}, switches={"fax": True}
    )
    assert wishes_for(ben) == merged()


def test_who_has_chosen_no_way_is_told_nothing(ben):
    choose(ben, matrix={}, switches=dict.fromkeys(Way.values, False))
    tell([ben], topic=Topic.REPLY, key="x")
    assert not Notification.objects.exists()


def test_a_link_in_a_mail_switches_off_one_topic(ben):
    choose(ben, matrix={"reply": {"email": True}}, switches={})
    switch_off(ben, Topic.MENTION, Way.EMAIL)
    assert Way.EMAIL not in wishes_for(ben).ways(Topic.MENTION)
    assert Way.EMAIL in wishes_for(ben).ways(Topic.REPLY)


def test_only_admins_are_offered_channels_in_trouble(acme, ada, ben):
    reporter = make_member(acme.workspace, "r@acme.example", "Rita", Role.REPORTER)
    assert Topic.ATTENTION in topics_for(ada)
    assert Topic.ATTENTION not in topics_for(ben)
    assert topics_for(reporter) == []


# ── Quiet hours ──


@pytest.fixture
def quiet(ben) -> Member:
    """Ben in Paris, quiet from ten in the evening to seven."""
    ben.user.time_zone = "Europe/Paris"
    ben.user.save()
    choose(ben, matrix={}, switches={}, quiet=(time(22), time(7)))
    return Member.objects.select_related("user", "workspace").get(pk=ben.pk)


@pytest.mark.parametrize(
    ("utc", "until"),
    [
        ("2026-07-01T19:59", None),
        ("2026-07-01T20:00", "2026-07-02T05:00"),
        ("2026-07-02T04:59", "2026-07-02T05:00"),
        ("2026-07-02T05:00", None),
        ("2026-01-01T20:30", None),
        ("2026-01-01T21:00", "2026-01-02T06:00"),
    ],
)
def test_quiet_hours_follow_the_members_clock(quiet, utc, until):
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    ways, mail_from = ways_now(wishes_for(quiet), quiet, Topic.MENTION, now)
    if until is None:
        assert set(ways) == USUAL[Topic.MENTION] and mail_from == now
    else:
        assert ways == ["bell", "email"]
        assert mail_from == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_quiet_hours_within_a_day(ben):
    choose(ben, matrix={}, switches={}, quiet=(time(12), time(14)))
    wishes = wishes_for(ben)
    at = lambda hour: datetime(2026, 7, 1, hour, tzinfo=UTC)  # noqa: E731
    assert wishes.quiet_until(at(13)) == at(14)
    assert wishes.quiet_until(at(14)) is None and wishes.quiet_until(at(11)) is None
