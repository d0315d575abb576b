"""Available or Away (AV-1, AC-4)."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from events.dispatch import valkey
from events.models import Event
from events.types import MEMBER_AVAILABILITY_CHANGED
from inboxes.actions import create_inbox
from inboxes.availability import set_availability
from inboxes.models import Inbox
from realtime import here
from realtime.tasks import set_idle_away
from tests.factories import make_member
from workspaces.models import Member, Workspace
from workspaces.refusals import NotAllowed


def recorded(house):
    with house.scope():
        return list(Event.objects.filter(type=MEMBER_AVAILABILITY_CHANGED).values_list("payload", flat=True))


def test_going_away_from_the_menu_and_back_to_the_page(acme, ben, client_of):
    client = client_of(ben)
    answer = client.post(
        "/w/acme/availability/", {"availability": "away", "next": "/w/acme/settings/profile/"}
    )
    assert answer["Location"] == "/w/acme/settings/profile/"
    assert Member.objects.get(pk=ben.pk).availability == "away"
    assert recorded(acme) == [{"member": ben.pk, "availability": "away"}]


def test_the_same_twice_is_recorded_once(acme, ben, client_of):
    client = client_of(ben)
    for _ in range(2):
        client.post("/w/acme/availability/", {"availability": "away"})
    assert len(recorded(acme)) == 1


def test_only_known_states(acme, ben, client_of):
    assert client_of(ben).post("/w/acme/availability/", {"availability": "asleep"}).status_code == 422
    assert Member.objects.get(pk=ben.pk).availability == "available"


def test_others_need_the_right_to(in_acme, acme, ada, ben):
    """AC-4."""
    mia = make_member(acme.workspace, "mia@acme.example", "Mia Manager", "manager")
    assert set_availability(ben, availability="away", by=mia).availability == "away"
    with pytest.raises(NotAllowed):
        set_availability(ada, availability="away", by=ben)


# ── Why, and by whom (AV-5, AV-10) ──


def now(member) -> Member:
    return Member.objects.get(pk=member.pk)


def test_a_reason_is_kept_while_away_and_forgotten_after(ben, client_of):
    client = client_of(ben)
    client.post("/w/acme/availability/", {"availability": "away", "reason": "Lunch"})
    assert (now(ben).away_reason, now(ben).away_cause) == ("Lunch", "")
    assert "Away: Lunch" in client.get("/w/acme/settings/profile/").content.decode()
    client.post("/w/acme/availability/", {"availability": "available"})
    assert now(ben).away_reason == ""


def test_scripts_get_the_part_of_the_menu(ben, client_of):
    answer = client_of(ben).post(
        "/w/acme/availability/",
        {"availability": "away", "reason": "Training"},
        headers={"HX-Request": "true"},
    )
    page = answer.content.decode()
    assert 'data-state="away"' in page and 'data-words="Away: Training"' in page
    assert page.count('<div class="availability"') == 1


def test_the_reasons_are_those_of_the_workspace(acme, ada, ben, client_of):
    client_of(ada).post(
        "/w/acme/settings/availability/rules/", {"reasons": "Phone duty\n\nPhone duty\nStock", "minutes": ""}
    )
    page = client_of(ben).get("/w/acme/settings/profile/").content.decode()
    assert re.findall(r'name="reason" value="([^"]+)"', page) == ["Phone duty", "Stock"]


def test_whoever_was_set_away_by_somebody_is_asked_once(in_acme, acme, ada, ben, client_of):
    """AV-5."""
    set_availability(ben, availability="away", by=ada, reason="Training")
    client = client_of(ben)
    page = client.get("/w/acme/settings/profile/").content.decode()
    assert "Ada Owner set you away" in page and "Set myself to available" in page
    client.post("/w/acme/availability/", {"availability": "away"})
    assert "set you away" not in client.get("/w/acme/settings/profile/").content.decode()
    assert (now(ben).availability, now(ben).away_reason, now(ben).away_set_by) == ("away", "Training", None)


def test_setting_somebody_available_again_asks_nothing(in_acme, ada, ben, client_of):
    set_availability(ben, availability="away", by=ada)
    set_availability(ben, availability="available", by=ada)
    assert "away-dialog" not in client_of(ben).get("/w/acme/settings/profile/").content.decode()


# ── The page of everybody (AV-4) ──


def names(page: str) -> list[str]:
    return re.findall(r'<b dir="auto">([^<]+)</b>', page)


def test_the_page_shows_status_and_inboxes_and_narrows(acme, ada, ben, client_of):
    with acme.scope():
        closed = create_inbox(name="Board")
        Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
        closed.access.create(member=ada)
    url, client = "/w/acme/settings/availability/", client_of(ada)
    set_away(client_of(ben))
    assert names(client.get(url).content.decode()) == ["Ada Owner", "Ben Agent"]
    for narrowed in ({"status": "away"}, {"text": "BEN"}):
        assert names(client.get(url, narrowed).content.decode()) == ["Ben Agent"]
    assert names(client.get(url, {"inbox": closed.pk}).content.decode()) == ["Ada Owner"]
    assert names(client.get(url, {"inbox": "x", "status": "y"}).content.decode()) == [
        "Ada Owner",
        "Ben Agent",
    ]


def set_away(client) -> None:
    client.post("/w/acme/availability/", {"availability": "away"})


def test_a_manager_sets_others_and_an_agent_does_not(acme, ada, ben, client_of):
    mia = make_member(acme.workspace, "mia@acme.example", "Mia Manager", "manager")
    url = f"/w/acme/settings/availability/{ben.pk}/"
    assert client_of(mia).post(url, {"availability": "away"}).status_code == 302
    assert now(ben).away_set_by == mia
    assert (
        client_of(ben).post(f"/w/acme/settings/availability/{mia.pk}/", {"availability": "away"}).status_code
        == 404
    )
    assert client_of(mia).post("/w/acme/settings/availability/rules/", {"minutes": "5"}).status_code == 404


def test_as_many_questions_for_twenty_people_as_for_two(
    acme, ada, ben, client_of, django_assert_max_num_queries
):
    client = client_of(ada)
    client.get("/w/acme/settings/availability/")
    for n in range(20):
        make_member(acme.workspace, f"m{n}@acme.example", f"Member {n}")
    with django_assert_max_num_queries(22):
        client.get("/w/acme/settings/availability/")


# ── Nobody here (AV-9) ──


@pytest.fixture
def notes(acme):
    client = valkey()
    client.delete(here.key(acme.workspace.pk))
    client.set(here.since_key(), time.time() - 7200)
    yield client
    client.delete(here.key(acme.workspace.pk), here.since_key())


def age(*members, minutes=60) -> None:
    for member in members:
        long_ago = timezone.now() - timedelta(minutes=minutes)
        Member.objects.filter(pk=member.pk).update(availability_changed_at=long_ago)


def wait_for(minutes: int, acme) -> None:
    Workspace.objects.filter(pk=acme.workspace.pk).update(auto_away_after_minutes=minutes)


def test_nobody_is_set_away_by_the_clock_unless_asked_for(acme, ben, notes):
    age(ben)
    assert set_idle_away() == 0
    assert now(ben).availability == "available"


def test_who_was_not_here_for_long_is_set_away_and_told(acme, ada, ben, notes, client_of):
    age(ada, ben)
    wait_for(30, acme)
    here.note_one(notes, acme.workspace.pk, ada.pk)
    assert set_idle_away() == 1
    assert (now(ada).availability, now(ben).availability, now(ben).away_cause) == (
        "available",
        "away",
        "idle",
    )
    assert "You were set away" in client_of(ben).get("/w/acme/settings/profile/").content.decode()
    assert set_idle_away() == 0
    assert recorded(acme) == [{"member": ben.pk, "availability": "away"}]


def test_who_just_came_back_is_here(acme, ben, notes):
    age(ben, minutes=10)
    wait_for(30, acme)
    assert set_idle_away() == 0


def test_an_empty_valkey_sets_nobody_away(acme, ben, notes):
    age(ben)
    wait_for(30, acme)
    notes.delete(here.since_key())
    assert set_idle_away() == 0
    assert now(ben).availability == "available"
