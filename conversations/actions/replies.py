"""Answering the contact."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from conversations import files
from conversations.actions.base import lock
from conversations.actions.drafts import drop_draft, mark_read
from conversations.actions.outgoing import (
    Written,
    channel_of,
    is_mail,
    new_message,
    remember_people,
    with_removed,
)
from conversations.actions.state import assign, set_status
from conversations.append import Appended, append
from conversations.envelope import Envelope, default_envelope
from conversations.models import Conversation, ConversationDetail, DraftMode, Status
from workspaces.models import Member


@transaction.atomic
def send_reply(
    conversation: Conversation,
    *,
    body: str,
    by: Member,
    client_id: uuid.UUID | None = None,
    attachments: Sequence[uuid.UUID] = (),
    html: str = "",
    envelope: Envelope | None = None,
) -> Appended:
    """Answer the contact, with files that wait for it. The same client id twice is one message (P6).

    Raises FileRefused when one of the files is not there or not theirs, EnvelopeRefused for a recipient or subject.
    Answering an unassigned conversation makes it the answerer's (RT-2); answering a closed one opens it (ST-3).
    """
    conversation = lock(conversation)
    client_id = client_id or uuid.uuid4()
    channel = channel_of(conversation, envelope)
    envelope = _addressed(conversation, envelope) if is_mail(channel) else None
    # A copy of what stands has its files already.
    is_copy = attachments and conversation.messages.filter(client_id=client_id).exists()
    taken = [] if is_copy else files.take(attachments, member=by)
    message = new_message(
        conversation,
        channel,
        Written.of(body, html),
        by=by,
        client_id=client_id,
        taken=taken,
        preview=files.preview_of(taken),
        envelope=envelope,
    )
    [appended] = append([message])
    if not appended.is_new:
        return appended
    files.attach(taken, appended.message_id)
    if envelope:
        remember_people(conversation, envelope)
    if conversation.status != Status.OPEN:
        set_status(conversation, Status.OPEN, by=by)
    if conversation.assignee_id is None and conversation.team_id is None:
        assign(conversation, to=by, by=by)
    _first_response(conversation, appended)
    mark_read(conversation, by=by, seq=appended.seq)
    drop_draft(conversation, by=by, mode=DraftMode.REPLY)
    return appended


def _addressed(conversation: Conversation, envelope: Envelope | None) -> Envelope | None:
    """The writer's envelope checked; without one, that of an answer to all. None when nobody is known to write to:
    the delivery says so in words."""
    usual = default_envelope(conversation)
    if envelope is None:
        return usual.check() if usual.to else None
    return with_removed(envelope.check(), usual)


def _first_response(conversation: Conversation, appended: Appended) -> None:
    """The first answer counts only after a customer's message (AN-5)."""
    if conversation.last_inbound_seq:
        untouched = ConversationDetail.objects.filter(conversation=conversation, first_response_at=None)
        untouched.update(first_response_at=appended.created_at)
