"""Every kind of channel answers the same questions; mail is sent to a real server."""

import socket
import threading
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from channels_app.reactions import deliver
from channels_app.registry import ADAPTERS
from conversations import files
from conversations.actions import send_reply
from conversations.models import Conversation, Delivery, Message
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.kinds import all_kinds, get_kind
from tests.factories import make_conversation, make_visitor
from tests.pictures import PDF, picture, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
class TestContract:
    def test_it_has_words_and_an_icon(self, adapter):
        assert all([adapter.kind.key, str(adapter.kind.label), str(adapter.kind.via), adapter.kind.icon])

    def test_screens_know_it(self, adapter):
        assert get_kind(adapter.kind.key) in all_kinds()

    def test_its_reply_ends_in_words(self, adapter, acme, ben):
        """Sent, or failed with a reason that a person can read; never queued for ever (DM-3)."""
        channel = getattr(acme, adapter.kind.key)
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
        channel = getattr(acme, adapter.kind.key)
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


def reply_to(conversation_id: int, ben) -> Event:
    send_reply(Conversation.objects.get(pk=conversation_id), body="Two left in stock.", by=ben)
    return Event.objects.get(type="message.sent")


def delivered(acme) -> Message:
    with acme.scope():
        return Message.objects.get(direction="out")


# ── Mail, to a server that listens ──


class Post:
    """An SMTP server's behaviour: keeps what it takes; `refuse` answers the recipient with that line."""

    def __init__(self):
        self.letters: list[bytes] = []
        self.refuse = ""
        self.came = threading.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope.content)
        self.came.set()
        return "250 taken"


@pytest.fixture
def post(settings):
    office = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    yield office
    controller.stop()


@pytest.fixture
def answered(acme, ben):
    with acme.scope():
        conversation = make_conversation(acme, external_id="<question@pine.example>")
        return reply_to(conversation.pk, ben)


def test_a_mail_answer_threads_at_the_customer(acme, answered, post):
    deliver(answered)
    [letter] = [message_from_bytes(raw) for raw in post.letters]
    assert letter["In-Reply-To"] == letter["References"] == "<question@pine.example>"
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        "Re: Dimmer flickers",
        "james@pine.example",
        "support@acme.example",
    )
    assert delivered(acme).external_id == letter["Message-ID"]


def test_their_answer_to_it_joins(acme, answered, post):
    """EM-8: by the Message-ID we gave."""
    deliver(answered)
    ours = delivered(acme)
    with acme.scope():
        back = Inbound(
            channel=acme.email, body="Thanks", address="james@pine.example", in_reply_to=(ours.external_id,)
        )
        assert receive(back).conversation_id == ours.conversation_id


def test_a_refused_recipient_fails_with_the_servers_words(acme, answered, post):
    post.refuse = "550 no such person here"
    deliver(answered)
    message = delivered(acme)
    assert message.delivery == Delivery.FAILED
    assert "no such person here" in message.delivery_error


def test_a_server_that_is_away_is_tried_again(acme, answered, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(Exception, match="refused"):
        deliver(answered)
    assert delivered(acme).delivery == Delivery.QUEUED


def test_line_breaks_cannot_smuggle_headers(acme, ben, post):
    """T087."""
    with acme.scope():
        conversation = make_conversation(acme, subject="Hi\r\nBcc: everyone@evil.example")
        sent = reply_to(conversation.pk, ben)
    deliver(sent)
    [letter] = [message_from_bytes(raw) for raw in post.letters]
    assert letter["Bcc"] is None


# ── Files ──


@pytest.fixture
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


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
    [letter] = [message_from_bytes(raw, policy=policy.default) for raw in post.letters]
    enclosed = {part.get_filename(): part for part in letter.iter_attachments()}
    assert {name: part.get_content_type() for name, part in enclosed.items()} == {
        "L\u00e4mpchen.png": "image/png",
        "a.pdf": "application/pdf",
        "a.txt": "text/plain",
    }
    assert enclosed["L\u00e4mpchen.png"].get_payload(decode=True) == image
    assert letter.get_body().get_content().strip() == "The label."


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
