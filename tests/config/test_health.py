"""P14: what must run runs, and what must not be late shows when it is."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.utils import timezone

from channels_app.models import InboundPayload, Mailbox
from channels_app.tasks import watch_mailboxes
from config.health import beat_key
from config.tasks import beat_heartbeat
from conversations.actions import send_reply
from events.dispatch import valkey
from events.models import ReactionDue
from inboxes.models import Channel
from tests.channels_app.mailbox.conftest import make_mailbox
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
AUTHORIZED = {"Authorization": "Bearer scrape-me"}


@pytest.fixture(autouse=True)
def _silence():
    valkey().delete(beat_key("worker"), beat_key("beat"))


def test_this_process_answers_without_anything_else(client):
    assert client.get("/healthz").json() == {"ok": True}


def test_ready_needs_worker_and_beat(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    told = answer.json()
    assert (told["late"], told["oldest_seconds"]) == ([], {"outbox": 0, "mail": 0, "mailboxes": 0})
    names = ("ready", "database", "valkey", "worker", "beat")
    assert [told[name] for name in names] == [False, True, True, False, False]
    beat_heartbeat()
    assert client.get("/readyz").status_code == 200


def test_a_heartbeat_grows_old(client):
    beat_heartbeat()
    valkey().set(beat_key("beat"), time.time() - 60)
    assert client.get("/readyz").json()["beat"] is False


def test_a_database_that_is_away_is_named(client, monkeypatch):
    def away():
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "cursor", away)
        assert client.get("/readyz").json()["database"] is False


# ── Lateness ──


def ago(**span):
    return timezone.now() - timedelta(**span)


@pytest.fixture
def late_house(acme, ben):
    """A reaction due for three minutes, a mail not understood for six, a mailbox not read for an hour."""
    mailbox = make_mailbox(acme, 1143)
    with acme.scope():
        send_reply(make_conversation(acme), body="Two left.", by=ben)
        ReactionDue.objects.update(run_at=ago(minutes=3))
        told = {"channel": acme.email, "source": "smtp", "external_id": "1", "body": b"x"}
        InboundPayload.objects.create(**told, received_at=ago(minutes=6))
        Mailbox.objects.filter(pk=mailbox.pk).update(succeeded_at=ago(hours=1))
    return acme


def test_what_is_late_is_told_and_takes_nothing_out_of_service(client, late_house):
    beat_heartbeat()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["late"] == ["outbox", "mail", "mailboxes"]
    assert 180 <= told["oldest_seconds"]["outbox"] < 240
    assert 360 <= told["oldest_seconds"]["mail"] < 420
    assert 3600 <= told["oldest_seconds"]["mailboxes"] < 3660


def test_what_waits_for_a_later_try_is_not_late(client, late_house):
    with late_house.scope():
        ReactionDue.objects.update(run_at=timezone.now() + timedelta(hours=1))
        InboundPayload.objects.update(parked_at=timezone.now())
        Channel.objects.filter(pk=late_house.email.pk).update(paused_at=timezone.now())
    assert client.get("/readyz").json()["late"] == []


def test_prometheus_reads_the_figures_of_all_workspaces(client, late_house, settings):
    settings.METRICS_TOKEN = "scrape-me"
    page = client.get("/metrics", headers=AUTHORIZED).content.decode()
    assert 'parley_late{what="outbox"} 1.0' in page and 'parley_alive{process="beat"} 0.0' in page
    assert 'parley_waiting{what="mail"} 1.0' in page
    assert 'parley_mailbox_success_timestamp_seconds{mailbox="' in page
    assert "acme" not in page.lower()


@pytest.mark.parametrize(
    ("token", "headers"),
    [("", AUTHORIZED), ("", {}), ("scrape-me", {}), ("scrape-me", {"Authorization": "Bearer other"})],
)
def test_without_the_token_there_is_no_such_page(client, settings, token, headers):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers=headers).status_code == 404


def test_a_mailbox_that_nobody_reads_needs_attention(late_house, ada, client_of):
    assert watch_mailboxes() == 1
    assert watch_mailboxes() == 0
    with late_house.scope():
        assert Channel.objects.get(pk=late_house.email.pk).needs_attention_since
        assert Mailbox.objects.get().last_error == "unread"
    page = client_of(ada).get(f"/w/acme/settings/mail/{late_house.email.pk}/").content.decode()
    assert "for a quarter of an hour" in page
