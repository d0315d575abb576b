import uuid
from dataclasses import replace

import pytest

from conversations.append import NewMessage, append
from conversations.models import Conversation, Message
from events.models import Event
from tests.factories import make_conversation


def message(conversation: Conversation, body: str = "Hello", **fields) -> NewMessage:
    fields = {"direction": "in", "author_kind": "contact"} | fields
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        body=body,
        **fields,
    )


def test_numbers_have_no_gaps(in_acme):
    one, two = make_conversation(in_acme), make_conversation(in_acme, external_id="<b@x>")
    written = append([message(one), message(two), message(one), message(one)])
    assert [(row.conversation_id, row.seq) for row in written] == [
        (one.pk, 2),
        (two.pk, 2),
        (one.pk, 3),
        (one.pk, 4),
    ]
    one.refresh_from_db()
    assert one.last_seq == 4


def test_second_copy_of_a_client_id_returns_the_first(in_acme):
    conversation, client_id = make_conversation(in_acme), uuid.uuid4()
    [first] = append([message(conversation, client_id=client_id)])
    [again, fresh] = append([message(conversation, client_id=client_id), message(conversation)])
    assert (again.message_id, again.is_new) == (first.message_id, False)
    assert (fresh.seq, fresh.is_new) == (first.seq + 1, True)


def test_copies_within_one_batch_are_one_message(in_acme):
    conversation, client_id = make_conversation(in_acme), uuid.uuid4()
    one, other = append([message(conversation, client_id=client_id)] * 2)
    assert one.message_id == other.message_id
    assert (one.is_new, other.is_new) == (True, False)


def test_the_list_learns_of_the_newest_message(in_acme):
    conversation = make_conversation(in_acme)
    version = conversation.version
    append([message(conversation, "First  line\n\nsecond")])
    conversation.refresh_from_db()
    assert conversation.preview == "First line second"
    assert conversation.version > version
    assert conversation.waits_for_us()


def test_an_agents_answer_ends_the_wait_and_a_bots_does_not(in_acme, ada):
    """AN-5: bot and welcome messages are no answer."""
    conversation = make_conversation(in_acme)
    append([message(conversation, direction="out", author_kind="bot", delivery="sent")])
    conversation.refresh_from_db()
    assert conversation.waits_for_us()
    append(
        [message(conversation, direction="out", author_kind="member", member_id=ada.pk, delivery="queued")]
    )
    conversation.refresh_from_db()
    assert not conversation.waits_for_us()


def test_each_message_is_told_once_and_its_delivery_is_owed(in_acme, ada):
    """What concerns chats alone is not owed for a mail."""
    conversation = make_conversation(in_acme)
    [sent] = append(
        [message(conversation, direction="out", author_kind="member", member_id=ada.pk, delivery="queued")]
    )
    event = Event.objects.get(type="message.sent")
    assert event.payload == {"message": sent.message_id, "seq": sent.seq}
    assert event.actor == ada
    owed = {row.name.rpartition(".")[2] for row in event.reactions.all()}
    assert owed == {"deliver", "notify"}


def test_what_concerns_chats_is_owed_for_chats(in_acme, ada):
    """CT-14."""
    conversation = make_conversation(in_acme)
    row = message(conversation, direction="out", author_kind="member", member_id=ada.pk)
    append([replace(row, channel_kind="chat")])
    owed = Event.objects.get(type="message.sent").reactions
    assert owed.filter(name__endswith=".continue_by_mail").exists()


def test_a_message_of_another_workspace_cannot_be_written(acme, globex):
    """P-isolation: even the raw statement sees only the scope's conversations."""
    with globex.scope():
        theirs = make_conversation(globex)
    with acme.scope(), pytest.raises(KeyError):
        append([message(theirs)])
    with globex.scope():
        assert Message.objects.filter(conversation=theirs).count() == 1


def test_nul_bytes_do_not_lose_a_message(in_acme):
    [written] = append([message(make_conversation(in_acme), "a\x00b")])
    assert Message.objects.get(pk=written.message_id).body == "ab"
