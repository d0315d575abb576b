"""Every kind of channel answers the same questions; mail is sent to a real server."""

import pytest

from channels_app.reactions import deliver
from channels_app.registry import ADAPTERS
from conversations import files
from conversations.actions import send_reply
from conversations.models import Conversation, Delivery, Message
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.actions import connect_channel
from inboxes.kinds import all_kinds, get_kind
from inboxes.models import Channel
from tests.factories import make_conversation, make_visitor
from tests.pictures import PDF, picture, upload
from tests.postoffice import post_office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
class TestContract:
    def test_it_has_words_and_an_icon(self, adapter):
        assert all([adapter.kind.key, str(adapter.kind.label), str(adapter.kind.via), adapter.kind.icon])

    def test_screens_know_it(self, adapter):
        assert get_kind(adapter.kind.key) in all_kinds()

    def test_its_reply_ends_in_words(self, adapter, acme, ben):
        """Sent, or failed with a reason that a person can read; never queued for ever (DM-3)."""
        channel = channel_of(acme, adapter.kind.key)
        with acme.scope():
            visitor = make_visitor(acme) if adapter.kind.visitors else None
            address = "" if visitor else "james@pine.example"
            inbound = Inbound(channel=channel, body="Hello", address=address, visitor=visitor)
            sent = reply_to(receive(inbound).conversation_id, ben)
        deliver(sent)
        message = delivered(acme)
        assert message.delivery == Delivery.SENT or (message.delivery, message.delivery_error > "") == (
            "failed",
            True,
        )

    def test_delivering_twice_is_harmless(self, adapter, acme, ben):
        channel = channel_of(acme, adapter.kind.key)
        with acme.scope():
            visitor = make_visitor(acme) if adapter.kind.visitors else None
            inbound = Inbound(channel=channel, body="Hello", address="james@pine.example", visitor=visitor)
            sent = reply_to(receive(inbound).conversation_id, ben)
        deliver(sent)
        first = delivered(acme).delivery
        deliver(sent)
        with acme.scope():
            assert Event.objects.filter(type="message.delivery_changed").count() == 1
        assert delivered(acme).delivery == first


def channel_of(acme, kind: str) -> Channel:
    if hasattr(acme, kind):
        return getattr(acme, kind)
    with acme.scope():
        return connect_channel(acme.inbox, kind=kind, name=kind, config={})


def reply_to(conversation_id: int, ben) -> Event:
    send_reply(Conversation.objects.get(pk=conversation_id), body="Two left in stock.", by=ben)
    return Event.objects.get(type="message.sent")


def delivered(acme) -> Message:
    with acme.scope():
        return Message.objects.get(direction="out")


# ── What a letter cannot take along ──


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


@pytest.fixture
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def reply_with(acme, ben, *uploads) -> Event:
    with acme.scope():
        conversation = make_conversation(acme)
        keys = [files.store(one, limits=files.MEMBER, member=ben).storage_key for one in uploads]
        send_reply(conversation, body="The label.", by=ben, attachments=keys)
        return Event.objects.get(type="message.sent")


def test_a_mail_takes_its_files_along(acme, ben, post, shelf):
    """EM-13: under their names, as what they are."""
    image, words = picture(), "Gr\u00fc\u00dfe".encode()
    deliver(
        reply_with(
            acme, ben, upload("L\u00e4mpchen.png", image), upload("a.pdf", PDF), upload("a.txt", words)
        )
    )
    letter = post.only()
    enclosed = {part.get_filename(): part for part in letter.iter_attachments()}
    assert {name: part.get_content_type() for name, part in enclosed.items()} == {
        "L\u00e4mpchen.png": "image/png",
        "a.pdf": "application/pdf",
        "a.txt": "text/plain",
    }
    assert enclosed["L\u00e4mpchen.png"].get_payload(decode=True) == image
    assert letter.get_body(("plain",)).get_content().startswith("The label.")


def test_more_than_mail_carries_fails_in_words(acme, ben, post, shelf, monkeypatch):
    """EM-13: outgoing at most 20 MB."""
    monkeypatch.setattr("channels_app.email.adapter.MOST_ENCLOSED", 100)
    deliver(reply_with(acme, ben, upload("a.pdf", PDF), upload("b.pdf", PDF)))
    assert "larger than 20 MB" in delivered(acme).delivery_error
    assert post.letters == []


def test_a_file_that_is_gone_fails_in_words(acme, ben, post, shelf):
    sent = reply_with(acme, ben, upload("a.pdf", PDF))
    with acme.scope():
        files.forget_bytes(Message.objects.get(direction="out").attachments.get())
    deliver(sent)
    assert "no longer there" in delivered(acme).delivery_error


def test_line_breaks_of_a_customers_subject_cannot_smuggle_headers(acme, ben, post):
    """T087."""
    with acme.scope():
        conversation = make_conversation(acme, subject="Hi\r\nBcc: everyone@evil.example")
        sent = reply_to(conversation.pk, ben)
    deliver(sent)
    assert post.only()["Bcc"] is None
