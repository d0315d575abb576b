import threading
import uuid

import pytest
from django.db import connections

from contacts.models import Contact, Visitor
from conversations.actions import assign, set_status
from conversations.models import Conversation, Message, Status
from conversations.receive import Inbound, receive
from events.models import Event
from tests.factories import make_conversation, make_mail, make_visitor
from workspaces.models import hash_token


def test_a_mail_becomes_a_conversation_with_its_contact(in_acme):
    appended = receive(make_mail(in_acme))
    conversation = Conversation.objects.get()
    assert (appended.seq, conversation.contact.email) == (1, "james@pine.example")
    assert conversation.subject == "Dimmer flickers"
    assert conversation.is_open() and conversation.assignee is None


def test_second_copy_of_a_mail_changes_nothing(in_acme):
    """P2: told by channel and Message-ID."""
    mail = make_mail(in_acme, external_id="<a@x>")
    first, again = receive(mail), receive(mail)
    assert (again.message_id, again.is_new) == (first.message_id, False)
    assert Event.objects.filter(type="message.received").count() == 1


def test_the_same_message_id_in_two_channels_makes_two(in_acme):
    """EM-10: one conversation for each connected address."""
    receive(make_mail(in_acme, external_id="<a@x>"))
    receive(Inbound(channel=in_acme.form, body="x", address="james@pine.example", external_id="<a@x>"))
    assert Conversation.objects.count() == 2


def test_an_answer_joins_the_conversation_it_names(in_acme):
    """EM-8 (2): In-Reply-To or References name a Message-ID that stands here."""
    first = receive(make_mail(in_acme, external_id="<a@x>"))
    second = receive(make_mail(in_acme, "Any news?", in_reply_to=("<a@x>",)))
    assert (second.conversation_id, second.seq) == (first.conversation_id, 2)


def test_a_number_in_the_subject_joins_nothing(in_acme):
    """T081: subjects never thread."""
    first = receive(make_mail(in_acme))
    second = receive(make_mail(in_acme, subject=f"Re: Dimmer flickers [#{first.conversation_id}]"))
    assert second.conversation_id != first.conversation_id


def test_an_answer_opens_a_closed_conversation_and_keeps_its_owner(in_acme, ben):
    """EM-9, RT-11."""
    conversation = make_conversation(in_acme, external_id="<a@x>")
    assign(conversation, to=ben, by=ben)
    set_status(conversation, Status.CLOSED, by=ben)
    receive(make_mail(in_acme, in_reply_to=("<a@x>",)))
    conversation.refresh_from_db()
    assert conversation.is_open() and conversation.assignee == ben
    assert Event.objects.filter(type="conversation.reopened").count() == 1


def test_what_lies_in_the_trash_is_not_joined(in_acme):
    """ST-4: a new message makes a new conversation."""
    trashed = make_conversation(in_acme, external_id="<a@x>")
    Conversation.objects.filter(pk=trashed.pk).update(trashed_at=trashed.created_at)
    assert receive(make_mail(in_acme, in_reply_to=("<a@x>",))).conversation_id != trashed.pk


def test_a_visitor_stays_a_visitor(in_acme):
    """TR-3: a chat makes no contact; TR-6: an address they claim proves nothing."""
    visitor = make_visitor(in_acme)
    receive(Inbound(channel=in_acme.chat, visitor=visitor, body="Hello", greeting=("Welcome", "Acme")))
    conversation = Conversation.objects.get()
    assert conversation.contact is None and Contact.objects.count() == 0
    kinds = list(conversation.messages.order_by("seq").values_list("kind", "direction"))
    assert kinds == [("welcome", "out"), ("message", "in")]


def test_a_chat_goes_on_where_it_was_until_a_new_one_is_asked_for(in_acme):
    """CT-13."""
    visitor = make_visitor(in_acme)
    first = receive(Inbound(channel=in_acme.chat, visitor=visitor, body="Hello"))
    second = receive(Inbound(channel=in_acme.chat, visitor=visitor, body="Still there?"))
    third = receive(Inbound(channel=in_acme.chat, visitor=visitor, body="Else", starts_new=True))
    assert second.conversation_id == first.conversation_id != third.conversation_id


def at_once(count: int, work) -> list:
    """Run `work` in so many threads, each with its own connection, all let go together."""
    gate, results, errors = threading.Barrier(count), [], []

    def run() -> None:
        try:
            gate.wait(20)
            results.append(work())
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors, errors
    return results


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["mail", "chat"])
def test_fifty_deliveries_at_once_make_one_message(acme, kind):
    """P2: 50 parallel deliveries of one id, while the sender, the contact and the conversation are all new."""
    with acme.scope():
        visitor = Visitor.objects.create(channel_id=acme.chat.pk, token_hash=hash_token("t"))
    client_id = uuid.uuid4()

    def deliver():
        with acme.scope():
            if kind == "mail":
                return receive(make_mail(acme, external_id="<one@x>"))
            return receive(Inbound(channel=acme.chat, visitor=visitor, body="Hello", client_id=client_id))

    results = at_once(50, deliver)
    with acme.scope():
        assert len({result.message_id for result in results}) == 1
        assert sum(result.is_new for result in results) == 1
        assert Conversation.objects.count() == 1
        assert Message.objects.count() == 1
        assert Contact.objects.count() == (1 if kind == "mail" else 0)


@pytest.mark.django_db(transaction=True)
def test_numbers_stay_without_gaps_when_many_write_at_once(acme):
    """P5: the sequence of a conversation never has a gap."""
    with acme.scope():
        visitor = Visitor.objects.create(channel_id=acme.chat.pk, token_hash=hash_token("t"))
        receive(Inbound(channel=acme.chat, visitor=visitor, body="first"))

    def write():
        with acme.scope():
            return receive(Inbound(channel=acme.chat, visitor=visitor, body="x"))

    at_once(20, write)
    with acme.scope():
        numbers = list(Message.objects.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, 22))


@pytest.mark.parametrize(
    ("url", "beside"),
    [("https://lamps.example/products/halo?x=1", "/products/halo"), ("", ""), ("http://[bad", "")],
)
def test_visitors_are_told_apart_by_their_page(in_acme, url, beside):
    visitor = make_visitor(in_acme)
    receive(Inbound(channel=in_acme.chat, visitor=visitor, body="Hello", page_url=url))
    assert Conversation.objects.get().contact_org == beside
