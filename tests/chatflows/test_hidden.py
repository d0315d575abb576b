"""T082: mail that joins a chat's conversation is not for its visitor, by whichever way they look."""

import uuid

import pytest
from django.core.files.base import ContentFile

from chatflows.widget import chat
from chatflows.widget.attachments import shown_one
from chatflows.widget.news import Ask, Guest, news_of
from contacts.models import Contact, ContactAddress, Visitor
from conversations import files
from conversations.actions import redact, send_reply
from conversations.models import Attachment, Conversation, Message
from conversations.receive import receive
from tests.factories import make_mail

SECRET = "Your sign-up code is 424242"


@pytest.fixture
def chatting(in_acme):
    """A visitor in a chat of two messages: (visitor, token, conversation)."""
    visitor, token = chat.open_session(in_acme.chat, language="en", user_agent="", page_url="")
    ack = chat.post(visitor, chat.Post(client_id=uuid.uuid4(), body="Hello"))
    return visitor, token, Conversation.objects.get(detail__public_id=ack["conversation"])


def mail_into(acme, conversation, address, body=SECRET) -> Message:
    """A mail to the reply address of this conversation, from somebody its token was not made for."""
    mail = make_mail(acme, body, address=address, token_conversation=conversation.pk, name="Some Service")
    return Message.objects.get(pk=receive(mail).message_id)


def seen_by(visitor) -> list[dict]:
    [(_pk, news)] = news_of([Ask(Guest(visitor.pk, visitor.channel_id))])
    return news["messages"]


def test_a_strangers_mail_keeps_its_number_and_nothing_else(in_acme, chatting, ben):
    visitor, _token, conversation = chatting
    mail = mail_into(in_acme, conversation, "no-reply@service.example")
    assert mail.conversation_id == conversation.pk and mail.extra["mail"]["new_participant"]
    send_reply(conversation, body="Hello back", by=ben)
    shown = seen_by(visitor)
    assert [one["seq"] for one in shown] == [1, 2, 3, 4]  # the widget asks again for a number that is missing
    gap = shown[2]
    assert (gap["from"], gap["body"], gap["name"], gap["files"]) == ("hidden", "", "", [])
    assert SECRET not in str(shown) and "Some Service" not in str(shown)
    assert shown[3]["body"] == "Hello back"


def test_an_accepted_newcomer_is_still_not_the_visitor(in_acme, chatting):
    visitor, _token, conversation = chatting
    mail = mail_into(in_acme, conversation, "colleague@pine.example")
    mail.extra["mail"]["new_participant"] = False
    mail.contact = Contact.objects.create(name="A colleague")
    mail.save()
    assert SECRET not in str(seen_by(visitor))


def test_a_claimed_address_shows_no_mail_a_proven_one_does(in_acme, chatting):
    """TR-6: whoever claims an address of somebody else reads none of their mail."""
    visitor, _token, conversation = chatting
    Visitor.objects.filter(pk=visitor.pk).update(claimed_email="james@pine.example")
    mail = mail_into(in_acme, conversation, "james@pine.example")
    assert SECRET not in str(seen_by(visitor))
    james, _new = Contact.objects.get_or_create(name="James")
    ContactAddress.objects.get_or_create(contact=james, kind="email", value="james@pine.example")
    Visitor.objects.filter(pk=visitor.pk).update(contact=james)
    Message.objects.filter(pk=mail.pk).update(contact=james, extra={"mail": {}})
    assert SECRET in str(seen_by(visitor))


def test_neither_transcript_nor_files_tell(in_acme, chatting, client):
    visitor, token, conversation = chatting
    mail = mail_into(in_acme, conversation, "no-reply@service.example")
    row = files.keep(files.inspect(ContentFile(b"424242", "code.txt"), files.VISITOR), visitor=visitor)
    Attachment.objects.filter(pk=row.pk).update(message=mail, visitor=None)
    row.refresh_from_db()
    url = shown_one(row, visitor, in_acme.chat.identifier)["url"]
    assert client.get(url).status_code == 404
    Message.objects.filter(pk=mail.pk).update(channel_kind="chat")
    assert client.get(url).status_code == 200
    Message.objects.filter(pk=mail.pk).update(channel_kind="email")
    headers = {"X-Parley-Key": in_acme.chat.identifier, "X-Parley-Visitor": token}
    told = client.get(
        "/live/transcript/", {"conversation": str(conversation.detail.public_id)}, headers=headers
    )
    assert told.status_code == 200 and "Hello" in told.content.decode()
    assert SECRET not in told.content.decode() and "code.txt" not in told.content.decode()


def test_what_was_redacted_is_gone_for_the_visitor_too(in_acme, chatting, ben):
    visitor, _token, conversation = chatting
    sent = send_reply(conversation, body="Your card number is 4242", by=ben)
    redact(Message.objects.get(pk=sent.message_id), by=ben)
    assert [one["from"] for one in seen_by(visitor)][-1] == "hidden"
