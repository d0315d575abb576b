"""Posts of Meta's become conversations: once, in order, for the right workspace (FM-1, FM-7)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from channels_app.messenger.signature import sign
from channels_app.models import InboundPayload
from channels_app.tasks import understand_mail
from contacts.models import Contact
from conversations.actions import send_reply, trash
from conversations.models import Conversation, Delivery, Message
from tests.channels_app.messenger.posts import (
    PAGE,
    PERSON,
    SECRET,
    connected,
    echo,
    event,
    post,
    post_of,
    text,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture(autouse=True)
def _app(settings):
    settings.MESSENGER_APP_SECRET = SECRET
    settings.MESSENGER_VERIFY_TOKEN = "tell-me"


def said(house) -> list[str]:
    with house.scope():
        return list(Message.objects.order_by("conversation", "seq").values_list("body", flat=True))


def take(*events, **where) -> None:
    assert post(post_of(*events, **where)).status_code == 200
    understand_mail()


def test_a_message_begins_the_one_thread_of_a_person(acme):
    connected(acme)
    take(text("Hello", mid="m_a"))
    take(text("Anybody?", mid="m_b"))
    with acme.scope():
        assert said(acme) == ["Hello", "Anybody?"]
        conversation = Conversation.objects.get()
        assert conversation.channel_kind == "messenger"
        assert conversation.contact_name == "Messenger 2233"
        trash(conversation, by=None)
    take(text("After the trash", mid="m_c"))
    with acme.scope():
        assert Conversation.objects.count() == 2
        assert Contact.objects.count() == 1


def test_the_door_asks_for_a_signature_before_it_reads(acme):
    connected(acme)
    body = post_of(text())
    assert post(body, secret="").status_code == 403
    assert post(body, secret="another").status_code == 403
    assert post(b"{", secret=SECRET).status_code == 400
    assert post(b"no json", secret="another").status_code == 403
    assert post(body, path="/live/messenger/no-such-door/").status_code == 404
    with acme.scope():
        assert not InboundPayload.objects.exists()


def test_the_first_knock(client):
    asked = {"hub.mode": "subscribe", "hub.verify_token": "tell-me", "hub.challenge": "1158201444"}
    answer = client.get("/live/messenger/", asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")
    assert client.get("/live/messenger/", asked | {"hub.verify_token": "guess"}).status_code == 403
    assert client.get("/live/messenger/").status_code == 403


def test_an_unknown_page_is_ignored_and_nobody_reads_anothers(acme, globex):
    connected(acme)
    both = {
        "object": "page",
        "entry": [
            {"id": PAGE, "messaging": [text("For Acme")]},
            {"id": "nobody", "messaging": [text("For nobody", page="nobody")]},
            {"id": "globex-messenger", "messaging": [text("For Globex", page="globex-messenger")]},
        ],
    }
    body = json.dumps(both).encode()
    assert post(body).status_code == 200
    understand_mail()
    assert said(acme) == ["For Acme"]
    assert said(globex) == []
    with acme.scope():
        kept = bytes(InboundPayload.objects.filter(source="messenger").get().body)
        assert b"Globex" not in kept


def test_an_app_of_ones_own_speaks_for_its_page_alone(acme, globex):
    """Its secret opens its own door only, and the installation's opens no page that has its own app."""
    from channels_app.messenger.webhooks import HOOK, hashed
    from inboxes.models import PublicAddress

    connected(acme, app_secret="their-own", app_id="42", verify_token="mine")
    connected_elsewhere = connected(globex)
    with acme.scope():
        PublicAddress.objects.create(
            kind=HOOK, value=hashed("key"), workspace=acme.workspace, channel=acme.messenger
        )
    own = "/live/messenger/key/"
    other = connected_elsewhere.channel.identifier
    assert post(post_of(text("By theirs")), secret="their-own", path=own).status_code == 200
    assert post(post_of(text("By ours"))).status_code == 200
    assert (
        post(post_of(text("Not theirs", page=other), page=other), secret="their-own", path=own).status_code
        == 200
    )
    assert post(post_of(text("Ours at theirs")), path=own).status_code == 403
    understand_mail()
    assert said(acme) == ["By theirs"]
    assert said(globex) == []


def test_a_copy_changes_nothing_fifty_times_at_once(acme):
    """P2: Meta posts again until it hears "yes", also from several of its servers at once."""
    connected(acme)
    body = post_of(text("Once", mid="m_once"))

    def knock(number: int) -> int:
        try:
            status = post(body).status_code
            if number % 10 == 0:
                understand_mail()
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(knock, range(50)))
    understand_mail()
    take(text("Once", mid="m_once"))  # the same message in another post
    assert answers == [200] * 50
    assert said(acme) == ["Once"]


def test_one_bad_event_never_spoils_the_batch(acme, monkeypatch):
    from channels_app.messenger import incoming

    connected(acme)
    before = incoming.understood

    def poisonous(channel, one):
        if one.text == "bad":
            raise ValueError("poison")
        return before(channel, one)

    monkeypatch.setattr(incoming, "understood", poisonous)
    take(text("First", at=1), text("bad", at=2), {"message": 3}, text("Last", at=4000))
    assert said(acme) == ["First", "Last"]
    with acme.scope():
        row = InboundPayload.objects.get(source="messenger")
        assert (row.processed_at, row.error) == (None, "ValueError: poison")


def test_what_was_done_to_a_message_may_come_before_it(acme):
    """Order is not promised: an edit and a reaction wait for their message."""
    connected(acme)
    edit = event(message_edit={"mid": "m_1st", "text": "The lamp, please", "num_edit": 1})
    heart = event(reaction={"mid": "m_1st", "emoji": "❤", "reaction": "love", "action": "react"})
    take(edit, heart)
    assert said(acme) == []
    take(text("The lmap", mid="m_1st"))
    with acme.scope():
        InboundPayload.objects.update(next_attempt_at=None)
    understand_mail()
    with acme.scope():
        message = Message.objects.get()
        assert message.body == "The lamp, please"
        told = message.extra["messenger"]
        assert told["before"] == ["The lmap"]
        assert told["reactions"][PERSON]["sign"] == "❤"
        assert not InboundPayload.objects.filter(source="messenger", processed_at=None).exists()


def test_taken_back_is_gone_here_too(acme):
    connected(acme)
    take(text("My card number is secret", mid="m_s"))
    take(event(message={"mid": "m_s", "is_deleted": True}))
    with acme.scope():
        message = Message.objects.get()
        assert (message.body, message.redacted_at is not None) == ("", True)
        assert not any(b"card number" in bytes(row.body) for row in InboundPayload.objects.all())


def test_taken_back_is_gone_from_a_post_of_many_and_from_one_that_comes_again(acme):
    connected(acme)
    mine = text("My card number is secret", mid="m_s")
    take(mine, text("What does it cost?", mid="m_t"), text("Hello?", mid="m_u"))
    take(event(message={"mid": "m_s", "is_deleted": True}))
    take(text("And the shade?", mid="m_v"), mine)
    with acme.scope():
        assert said(acme) == ["", "What does it cost?", "Hello?", "And the shade?"]
        assert not any(b"card number" in bytes(row.body) for row in InboundPayload.objects.all())


def test_receipts_move_what_has_left_and_nothing_else(acme, ben):
    connected(acme)
    take(text("Hello"))
    with acme.scope():
        conversation = Conversation.objects.get()
        left = send_reply(conversation, body="Hi", by=ben).message_id
        waits = send_reply(conversation, body="Still here", by=ben).message_id
        Message.objects.filter(pk=left).update(delivery=Delivery.SENT, external_id="m_out")
    take(event(delivery={"mids": ["m_out"], "watermark": 9_000_000_000_000}))
    take(event(read={"watermark": 9_000_000_000_000}))
    take(event(delivery={"mids": ["m_out"], "watermark": 9_000_000_000_000}))
    with acme.scope():
        states = dict(Message.objects.filter(pk__in=[left, waits]).values_list("pk", "delivery"))
    assert states == {left: Delivery.READ, waits: Delivery.QUEUED}


def test_an_answer_written_on_facebook_stands_in_the_thread_once(acme):
    connected(acme)
    take(text("Hello"))
    there = echo(mid="m_there", text="Answered from the page")
    take(there)
    take(there, echo(mid="m_there", text="Answered from the page"))
    with acme.scope():
        answer = Message.objects.get(direction="out")
        assert (answer.body, answer.delivery, answer.author_kind) == (
            "Answered from the page",
            "sent",
            "system",
        )


def test_what_cannot_be_shown_says_so(acme):
    connected(acme)
    take(event(message={"mid": "m_u", "attachments": [{"type": "hologram"}]}))
    place = {"type": "location", "payload": {"coordinates": {"lat": 48.85, "long": 2.35}}}
    take(event(message={"mid": "m_p", "attachments": [place]}))
    take(
        event(
            message={
                "mid": "m_f",
                "attachments": [{"type": "fallback", "title": "A song", "url": "https://s.example/1"}],
            }
        )
    )
    words = said(acme)
    assert words[0] == "Content that only Messenger can show."
    assert "48.850000,2.350000" in words[1]
    assert words[2] == "A song\nhttps://s.example/1"


def test_signature_of_the_old_kind_is_refused(acme, client):
    connected(acme)
    body = post_of(text())
    headers = {"X-Hub-Signature": "sha1=" + "0" * 40}
    assert (
        client.post("/live/messenger/", body, content_type="application/json", headers=headers).status_code
        == 403
    )
    assert sign(body, SECRET).startswith("sha256=")
