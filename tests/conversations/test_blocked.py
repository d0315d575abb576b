"""ST-5: what somebody writes whom the team has blocked is spam, by whichever way it comes."""

import uuid

import pytest

from chatflows.widget import chat
from chatflows.widget.batch import post_many
from contacts.actions import set_blocked
from conversations.aside import reason_of
from conversations.models import Conversation
from conversations.receive import receive
from tests.factories import make_conversation, make_mail


def open_ones() -> set[int]:
    return set(Conversation.objects.open().values_list("pk", flat=True))


def test_a_blocked_contacts_mail_is_spam_even_as_an_answer(in_acme):
    conversation = make_conversation(in_acme)
    first = conversation.messages.get().external_id
    set_blocked(conversation.contact, True)
    answers = [receive(make_mail(in_acme, f"Buy {n}", in_reply_to=(first,))) for n in range(3)]
    [where] = {answer.conversation_id for answer in answers}  # all of it together
    spam = Conversation.objects.get(pk=where)
    assert spam != conversation and spam.spam_at and reason_of(spam)
    assert conversation.messages.count() == 1 and open_ones() == {conversation.pk}
    set_blocked(conversation.contact, False)
    assert receive(make_mail(in_acme, "Sorry", in_reply_to=(first,))).conversation_id == conversation.pk


@pytest.mark.parametrize("together", [False, True])
def test_a_blocked_visitors_next_messages_are_spam(in_acme, together):
    """Also where many visitors' messages are written in one statement."""
    visitor, _token = chat.open_session(in_acme.chat, language="en", user_agent="", page_url="")
    ack = chat.post(visitor, chat.Post(client_id=uuid.uuid4(), body="Hello"))
    before = open_ones()
    set_blocked(visitor, True)
    visitor.refresh_from_db()
    for number in range(2):
        more = chat.Post(client_id=uuid.uuid4(), body=f"Rude {number}", conversation=ack["conversation"])
        if together:
            [outcome] = post_many([(visitor, more)])
            assert outcome.ack
        else:
            chat.post(visitor, more)
    spam = Conversation.objects.exclude(spam_at=None).get()
    assert [message.body for message in spam.messages.order_by("seq")] == ["Rude 0", "Rude 1"]
    assert open_ones() == before and not spam.last_inbound_seq
