"""Settings > Channels: every channel of the workspace, its health, and what can be done with it (CH-1 to CH-3)."""

import re

import pytest
from django.utils import timezone

from channels_app.models import InboundPayload
from inboxes.addresses import fallback_of
from inboxes.models import Channel
from tests.factories import make_conversation

BASE = "/w/acme/settings/channels/"


@pytest.fixture
def client(ada, client_of):
    return client_of(ada)


def state_of(page: str, channel) -> str:
    return re.search(rf'id="standing-{channel.pk}" data-state="(\w+)"', page).group(1)


def test_all_kinds_with_how_they_fare(acme, client):
    with acme.scope():
        make_conversation(acme)
        Channel.objects.filter(pk=acme.chat.pk).update(paused_at=timezone.now())
        Channel.objects.filter(pk=acme.form.pk).update(needs_attention_since=timezone.now())
        InboundPayload.objects.create(
            channel=acme.email, source="test", external_id="x", body=b"?", parked_at=timezone.now()
        )
    page = client.get(BASE).content.decode()
    states = [state_of(page, one) for one in (acme.chat, acme.email, acme.form, acme.messenger)]
    assert states == ["paused", "parked", "attention", "active"]
    assert "1 could not be read" in page


def test_a_channel_is_disconnected_and_goes_on_where_it_stood(acme, client):
    """CH-2: for a kind without a way of its own."""
    assert client.get(f"{BASE}{acme.chat.pk}/disconnection/").status_code == 200
    client.post(f"{BASE}{acme.chat.pk}/disconnection/")
    assert state_of(client.get(BASE).content.decode(), acme.chat) == "disconnected"
    client.post(f"{BASE}{acme.chat.pk}/reconnection/")
    with acme.scope():
        again = Channel.objects.get(pk=acme.chat.pk)
        assert again.is_active() and again.identifier == "acme-chat"


def test_an_address_of_mail_is_proven_again(acme, client):
    client.post(f"{BASE}{acme.email.pk}/disconnection/")
    answer = client.post(f"{BASE}{acme.email.pk}/reconnection/")
    assert "/mail/?address=support%40acme.example" in answer["Location"]


def test_the_address_of_an_inbox_is_not_disconnected(acme, client):
    """FB-2."""
    with acme.scope():
        own = fallback_of(acme.inbox)
    client.post(f"{BASE}{own.pk}/disconnection/")
    assert state_of(client.get(BASE).content.decode(), own) == "active"


def test_as_many_questions_for_twenty_channels_as_for_five(acme, client, django_assert_max_num_queries):
    client.get(BASE)
    with acme.scope():
        for n in range(20):
            Channel.objects.create(inbox=acme.inbox, kind="chat", name=f"Chat {n}", identifier=f"key-{n}")
    with django_assert_max_num_queries(22):
        client.get(BASE)
