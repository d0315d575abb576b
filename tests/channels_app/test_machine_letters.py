"""What a machine of ours writes: CT-14, CT-15, the word that a mail arrived; and the breakers that silence it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.email import breakers
from channels_app.models import AutomaticMail
from chatflows.models import ResumeLink
from chatflows.widget import resume
from contacts.actions import find_or_create_contact
from contacts.models import ContactAddress
from conversations.actions import comment, mark_seen_by_visitor, send_reply, set_status
from conversations.models import Conversation, ConversationDetail, Message
from conversations.queries.thread import event_views
from conversations.receive import Inbound, receive
from events import tasks
from events.models import Event, ReactionDue
from tests.channels_app.mails import bring, mail
from tests.factories import make_conversation, make_mail, make_visitor
from tests.postoffice import post_office

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


@pytest.fixture
def chat(acme):
    """A visitor who left an address and asked something."""
    with acme.scope():
        visitor = make_visitor(acme)
        visitor.claimed_email = "lea@home.example"
        visitor.save()
        asked = receive(Inbound(channel=acme.chat, body="SECRET of Lea", visitor=visitor))
        return Conversation.objects.get(pk=asked.conversation_id)


def say(acme, ben, chat, body: str):
    with acme.scope():
        return send_reply(Conversation.objects.get(pk=chat.pk), body=body, by=ben)


def minutes_pass(acme, minutes: int = 3) -> None:
    with acme.scope():
        Message.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))
        ReactionDue.objects.update(run_at=timezone.now())


def work(acme) -> None:
    for _ in range(4):
        tasks.run_reactions()


# ── CT-14 ──


def test_what_a_visitor_missed_comes_by_mail_once_and_in_one_letter(acme, ben, chat, post):
    say(acme, ben, chat, "Which bulb is it?")
    say(acme, ben, chat, "The large one is back.")
    work(acme)
    assert post.letters == [], "they have two minutes to read it"
    minutes_pass(acme)
    work(acme)
    letter = post.only()
    text = letter.get_body(("plain",)).get_content()
    assert "Which bulb is it?" in text and "The large one is back." in text
    assert str(letter["To"]) == "lea@home.example" and "reply+" in letter["Reply-To"]
    assert "SECRET" not in text, "a claimed address is sent nothing that a stranger typed (T090)"
    assert post.envelopes[0][0] in (None, "", "<>"), "the null sender"
    assert letter["Auto-Submitted"] == "auto-replied" and letter["X-Auto-Response-Suppress"] == "All"


def test_what_was_read_is_not_mailed(acme, ben, chat, post):
    sent = say(acme, ben, chat, "Hello")
    with acme.scope():
        mark_seen_by_visitor(Conversation.objects.get(pk=chat.pk), delivered=sent.seq, seen=sent.seq)
    minutes_pass(acme)
    work(acme)
    assert post.letters == []


def test_an_open_tab_is_waited_for(acme, ben, chat, post):
    sent = say(acme, ben, chat, "Hello")
    with acme.scope():
        mark_seen_by_visitor(Conversation.objects.get(pk=chat.pk), delivered=sent.seq)
    minutes_pass(acme)
    work(acme)
    assert post.letters == []
    with acme.scope():
        visitor = Conversation.objects.get(pk=chat.pk).visitor
        type(visitor).objects.filter(pk=visitor.pk).update(last_seen_at=timezone.now() - timedelta(minutes=7))
    minutes_pass(acme)
    work(acme)
    assert len(post.letters) == 1


def test_comments_are_in_no_letter(acme, ben, chat, post):
    """T069."""
    with acme.scope():
        comment(chat, body="Refund fraud?", by=ben)
    say(acme, ben, chat, "Hello")
    minutes_pass(acme)
    work(acme)
    assert b"fraud" not in post.letters[0]


def test_without_an_address_or_when_switched_off_nothing_leaves(acme, ben, chat, post):
    with acme.scope():
        acme.chat.config = {"continue_by_mail": 0}
        acme.chat.save()
    say(acme, ben, chat, "Hello")
    minutes_pass(acme)
    work(acme)
    assert post.letters == []


def test_a_letter_that_could_not_leave_is_tried_as_the_same_letter(acme, ben, chat, post):
    say(acme, ben, chat, "Hello")
    post.drop = "after_250"
    minutes_pass(acme)
    work(acme)
    post.drop = ""
    minutes_pass(acme)
    work(acme)
    assert len(post.letters) == 2 and len({letter["Message-ID"] for letter in post.read}) == 1


# ── CT-15 ──


def test_a_transcript_goes_to_the_proven_address_and_to_colleagues(acme, ben, chat, post):
    with acme.scope():
        acme.chat.config = {"transcript": {"visitor": True, "internal": ["boss@acme-parent.example"]}}
        acme.chat.save()
        Conversation.objects.filter(pk=chat.pk).update(
            contact=find_or_create_contact(kind="email", address="lea@proven.example")
        )
    say(acme, ben, chat, "Here you are.")
    with acme.scope():
        comment(chat, body="Internal!", by=ben)
        set_status(chat, "closed", by=ben)
    work(acme)
    assert sorted(str(letter["To"]) for letter in post.read) == [
        "boss@acme-parent.example",
        "lea@proven.example",
    ]
    text = post.read[0].get_body(("plain",)).get_content()
    assert "SECRET of Lea" in text and "Here you are." in text and "Internal!" not in text


def test_a_claimed_address_gets_no_transcript(acme, ben, chat, post):
    """T064, T090."""
    with acme.scope():
        acme.chat.config = {"transcript": {"visitor": True}}
        acme.chat.save()
        set_status(chat, "closed", by=ben)
    work(acme)
    assert post.letters == []


def test_closing_twice_with_nothing_new_sends_it_once(acme, ben, chat, post):
    with acme.scope():
        acme.chat.config = {"transcript": {"internal": ["boss@acme-parent.example"]}}
        acme.chat.save()
        for status in ("closed", "open", "closed"):
            set_status(chat, status, by=ben)
    work(acme)
    assert len(post.letters) == 1


# ── It has arrived; breakers ──


@pytest.fixture
def acknowledging(acme):
    with acme.scope():
        acme.email.config = {"acknowledge": True}
        acme.email.save()


def test_fixed_words_once_a_day_for_each_address(acme, acknowledging, post):
    """T090: nothing of what came in goes out."""
    with acme.scope():
        make_conversation(acme, "Buy pills", subject="PILLS", name="Spam Spammer")
        make_conversation(acme, "Buy more", subject="PILLS 2")
    work(acme)
    letter = post.only()
    assert letter["Subject"] == "Re: Your message to Acme"
    assert (
        b"PILLS" not in post.letters[0]
        and b"pills" not in post.letters[0]
        and b"Spammer" not in post.letters[0]
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "no-reply@shop.example"},
        {"address": "support@acme.example"},
        {"extra": {"mail": {"auto": "auto-replied"}}},
        {"extra": {"mail": {"auth": {"verdict": "fail"}}}},
    ],
)
def test_machines_ourselves_and_forgers_get_none(acme, acknowledging, post, fields):
    """T088."""
    with acme.scope():
        make_conversation(acme, **fields)
    work(acme)
    assert post.letters == []


def test_five_mails_in_ten_minutes_mute_machines_for_a_day(acme, in_acme):
    for number in range(5):
        receive(make_mail(acme, external_id=f"<{number}@pine.example>"))
    assert not breakers.may_write("digest", "James@pine.example")
    assert breakers.is_muted("james@PINE.example")
    AutomaticMail.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert not breakers.is_muted("james@pine.example")


def test_a_workspace_has_its_hour(in_acme, monkeypatch):
    monkeypatch.setitem(breakers.PER_WORKSPACE, "acknowledgement", 3)
    allowed = [breakers.may_write("acknowledgement", f"v{number}@home.example") for number in range(5)]
    assert allowed == [True, True, True, False, False]


def test_where_mail_came_back_from_none_goes(in_acme):
    contact = find_or_create_contact(kind="email", address="gone@home.example")
    ContactAddress.objects.filter(contact=contact).update(bounced_at=timezone.now())
    assert not breakers.may_write("digest", "gone@home.example")


def test_the_thread_keeps_what_was_sent(acme, ben, chat, post):
    say(acme, ben, chat, "Hello")
    minutes_pass(acme)
    work(acme)
    with acme.scope():
        told = Event.objects.get(type="letter.sent").payload
        assert (told["kind"], told["address"]) == ("digest", "lea@home.example")
        assert ConversationDetail.objects.get(conversation=chat.pk).mailed_seq == told["upto"]


def test_an_answer_to_the_letter_goes_on_in_the_same_chat(acme, ben, chat, post):
    """CT-14: by its token, wherever it was sent from."""
    say(acme, ben, chat, "Hello")
    minutes_pass(acme)
    work(acme)
    token = post.only()["Reply-To"].addresses[0].addr_spec
    answer = mail("I am back.", sender="lea@home.example", to=token)
    appended = bring(acme, answer, channel=acme.chat)
    assert appended.conversation_id == chat.pk


def test_a_refused_letter_is_told_in_the_thread(acme, ben, chat, post):
    post.refuse[""] = "550 no such person"
    say(acme, ben, chat, "Hello")
    minutes_pass(acme)
    work(acme)
    with acme.scope():
        told = Event.objects.get(type="letter.failed")
        [line] = [view["e"]["text"] for view in event_views([told], "acme")]
    assert line == "The mail to lea@home.example could not be sent: 550 no such person"


# ── The way back into the chat ──


def way_back(letter) -> str:
    text = letter.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/live/chat/back/\S+)", text)[1]


def test_a_letter_opens_the_chat_once_in_another_browser(acme, ben, chat, post, client):
    """WI, TR-6, T064: to an address that was claimed only what was written to it, and what is written by its link."""
    say(acme, ben, chat, "Which bulb is it?")
    minutes_pass(acme)
    work(acme)
    path = way_back(post.only())
    assert client.get(path).status_code == client.get(path).status_code == 200, "looking uses nothing up"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path).status_code == 403, "only the page itself may press its button"
    form = strict.get(path).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)[1]
    answer = strict.post(path, {"csrfmiddlewaretoken": token})
    assert answer.status_code == 303
    client.cookies = strict.cookies
    page = client.get(answer["Location"].split("#")[0]).content.decode()
    assert "Which bulb is it?" in page and "SECRET" not in page
    sent = client.post("/live/chat/acme-chat/", {"body": "The large one", "id": str(uuid.uuid4())})
    assert sent.status_code == 303
    page = client.get("/live/chat/acme-chat/").content.decode()
    assert "The large one" in page and "SECRET" not in page
    with acme.scope():
        assert Conversation.objects.count() == 1
        assert Message.objects.filter(conversation=chat, body="The large one").exists()
    other = Client()
    assert other.post(path).status_code == other.get(path).status_code == 410
    assert "SECRET" not in other.get("/live/chat/acme-chat/").content.decode()
    assert other.get(path[:-3] + "xyz/").status_code == 410
    # Who works on it sees to whom a way back was mailed, and closes it.
    desk = Client()
    desk.force_login(ben.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    door = f"/w/acme/conversations/{chat.pk}"
    assert f"{door}/ways-back/" in desk.get(f"{door}/sidebar/").content.decode()
    assert desk.post(f"{door}/ways-back/", headers={"HX-Request": "true"}).status_code == 200
    assert f"{door}/ways-back/" not in desk.get(f"{door}/sidebar/").content.decode()
    with acme.scope():
        assert resume.revoke_all(chat, by=ben) == 0
        assert Event.objects.get(type="resume.revoked").actor_id == ben.pk
    assert "Which bulb" not in client.get("/live/chat/acme-chat/").content.decode()


def test_a_known_address_opens_the_whole_chat(acme, ben, chat, post, client):
    with acme.scope():
        contact = find_or_create_contact(kind="email", address="lea@home.example", name="Lea")
        Conversation.objects.filter(pk=chat.pk).update(contact=contact)
    say(acme, ben, chat, "Which bulb is it?")
    minutes_pass(acme)
    work(acme)
    first = way_back(post.only())
    say(acme, ben, chat, "The large one is back.")
    minutes_pass(acme)
    work(acme)
    newer = way_back(post.read[-1])
    assert client.post(first).status_code == 410, "one way back at a time"
    with acme.scope():
        ResumeLink.objects.update(expires_at=timezone.now())
    assert client.post(newer).status_code == 410
    with acme.scope():
        ResumeLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    answer = client.post(newer)
    page = client.get(answer["Location"].split("#")[0]).content.decode()
    assert "SECRET of Lea" in page and "The large one is back." in page
