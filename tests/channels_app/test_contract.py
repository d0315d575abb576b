"""The promise of the registry: every kind of channel is connected, takes in once, answers, ticks, pauses and ends alike."""

import json
import time

import pytest
from django.test import Client

from channels_app import connections
from channels_app.api_channel import secret
from channels_app.reactions import deliver
from channels_app.registry import ADAPTERS
from conversations.actions import mark_delivery, send_reply
from conversations.models import Conversation, Delivery, Message
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.actions import connect_channel, pause_channel, resume_channel
from inboxes.channel_actions import reconnect_channel
from inboxes.models import Channel, PublicAddress
from tests.factories import make_visitor

pytestmark = pytest.mark.django_db
COPIES = 50


@pytest.fixture(params=ADAPTERS)
def channel(request, acme) -> Channel:
    """One of each kind; a kind that the cast does not have is connected as any other."""
    kind = request.param
    if hasattr(acme, kind):
        return getattr(acme, kind)
    with acme.scope():
        made = connect_channel(acme.inbox, kind=kind, name=kind, identifier=f"acme-{kind}")
        secret.renew(made)
        return made


def inbound(acme, channel: Channel, **more) -> Inbound:
    kind = ADAPTERS[channel.kind].kind
    if kind.visitors:
        return Inbound(channel=channel, body="Hello", visitor=make_visitor(acme), **more)
    address = "james@pine.example" if kind.has_subject else f"{channel.pk}:person-7"
    return Inbound(channel=channel, body="Hello", address=address, is_mail=channel.kind == "email", **more)


def test_connecting_enters_it_in_the_directory(channel):
    row = PublicAddress.objects.get(kind=channel.kind, value=channel.identifier)
    assert (row.workspace_id, row.channel_id) == (channel.workspace_id, channel.pk)


def test_fifty_copies_are_one_message(acme, channel):
    with acme.scope():
        one = inbound(acme, channel, external_id="outside-1")
        told = [receive(one) for _ in range(COPIES)]
        assert [appended.is_new for appended in told] == [True] + [False] * (COPIES - 1)
        assert len({appended.message_id for appended in told}) == 1 == Conversation.objects.count()


def test_a_reply_ends_sent_or_in_words_and_only_once(acme, ben, channel):
    """DM-3: never queued for ever, and a copy of the order changes nothing."""
    with acme.scope():
        conversation = Conversation.objects.get(pk=receive(inbound(acme, channel)).conversation_id)
        send_reply(conversation, body="Two left in stock.", by=ben)
        sent = Event.objects.get(type="message.sent")
    deliver(sent)
    deliver(sent)
    with acme.scope():
        message = Message.objects.get(direction="out")
        assert message.delivery == Delivery.SENT or (message.delivery, bool(message.delivery_error)) == (
            "failed",
            True,
        )
        assert Event.objects.filter(type="message.delivery_changed").count() == 1


def test_ticks_move_forward_only(acme, ben, channel):
    with acme.scope():
        conversation = Conversation.objects.get(pk=receive(inbound(acme, channel)).conversation_id)
        message = send_reply(conversation, body="Two left in stock.", by=ben)
        pk = Message.objects.get(direction="out").pk
        for state in (Delivery.SENT, Delivery.READ, Delivery.DELIVERED, Delivery.SENT):
            mark_delivery(pk, state)
        assert Message.objects.get(pk=pk).delivery == Delivery.READ
        assert message is not None


def test_it_pauses_ends_and_comes_back_with_its_conversations(acme, ada, channel):
    """CH-2."""
    with acme.scope():
        receive(inbound(acme, channel))
        assert not pause_channel(channel).is_active()
        assert resume_channel(channel).is_active()
        assert not connections.disconnect(channel, by=ada).is_active()
        assert Conversation.objects.filter(channel=channel).count() == 1
        assert reconnect_channel(channel).is_active()


def test_the_page_of_channels_shows_it(acme, ada, channel, client_of):
    page = client_of(ada).get("/w/acme/settings/channels/").content.decode()
    assert f'id="standing-{channel.pk}"' in page and str(ADAPTERS[channel.kind].kind.label) in page


def forged(kind: str, channel: Channel) -> int:
    """What a stranger without the proof of its kind is answered."""
    client, now = Client(), str(int(time.time()))
    match kind:
        case "email":
            return client.post(
                "/live/mail/postmark/wrong-secret/", "{}", content_type="application/json"
            ).status_code
        case "chat":
            headers = {"X-Parley-Key": channel.identifier, "X-Parley-Visitor": "wrong"}
            return client.post(
                "/live/messages/", "{}", content_type="application/json", headers=headers
            ).status_code
        case "form":
            data = {"token": "wrong", "message": "Hello"}
            return client.post(
                f"/live/forms/{channel.identifier}/", data, headers={"Origin": "http://testserver"}
            ).status_code
        case "api":
            signed = {"Parley-Timestamp": now, "Parley-Signature": "v1=wrong"}
            body = json.dumps({"id": "1", "from": {"id": "7"}, "text": "Hello"})
            return client.post(
                f"/live/api/{channel.identifier}/", body, content_type="application/json", headers=signed
            ).status_code
    return client.post(
        MESSENGER, "{}", content_type="application/json", headers={"X-Hub-Signature-256": "sha256=00"}
    ).status_code


MESSENGER = "/live/messenger/"


def test_what_is_not_proven_is_refused_and_changes_nothing(acme, channel):
    assert 400 <= forged(channel.kind, channel) < 500
    with acme.scope():
        assert not Message.objects.exists()
