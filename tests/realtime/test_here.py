"""Who is here, and who says that they are not (AV-1, AV-9)."""

import time

import pytest

from events.dispatch import valkey
from inboxes.availability import set_availability
from realtime import here, hub

pytestmark = pytest.mark.django_db(transaction=True)


def seen(acme) -> dict[int, float]:
    return here.last_seen(valkey(), acme.workspace.pk)


def test_an_open_window_is_noted_by_the_heartbeat(agent_line, acme, ben, monkeypatch):
    monkeypatch.setattr(hub, "PING", 0.5)
    valkey().delete(here.key(acme.workspace.pk))
    began = time.time()
    with agent_line(ben) as line:
        line.hear("ready")
        line.hear("ping")
        until = time.monotonic() + 30
        while ben.pk not in seen(acme) and time.monotonic() < until:
            time.sleep(0.05)
    assert seen(acme)[ben.pk] >= began


def test_asking_by_plain_requests_is_being_here_too(acme, ben, client_of):
    valkey().delete(here.key(acme.workspace.pk))
    client_of(ben).get("/w/acme/live/since/", {"after": 0})
    assert ben.pk in seen(acme)


def test_every_window_hears_who_went_away(agent_line, acme, ada, ben):
    """AV-1."""
    with agent_line(ada) as boss, agent_line(ben) as own:
        boss.hear("ready"), own.hear("ready")
        with acme.scope():
            set_availability(ben, availability="away", by=ben, reason="Lunch")
        for line in (boss, own):
            frame = line.hear("event")
            assert (frame["type"], frame["member"], frame["availability"]) == (
                "member.availability_changed",
                ben.pk,
                "away",
            )
            assert "Lunch" not in str(frame)
