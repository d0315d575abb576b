"""Available or Away (AV-1, AC-4)."""

import pytest

from events.models import Event
from events.types import MEMBER_AVAILABILITY_CHANGED
from inboxes.availability import set_availability
from tests.factories import make_member
from workspaces.models import Member
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
