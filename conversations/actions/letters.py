"""Letters that answer nobody: one that begins a conversation, one that passes a message on."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from contacts.actions import find_or_create_contact
from contacts.models import Contact
from conversations import files
from conversations.actions.base import lock
from conversations.actions.drafts import drop_draft, mark_read
from conversations.actions.outgoing import Written, channel_of, is_mail, new_message, remember_people
from conversations.append import Appended, append
from conversations.envelope import Envelope, EnvelopeRefused, forward_subject
from conversations.models import Conversation, ConversationDetail, DraftMode, Message
from events.record import record
from events.types import CONVERSATION_STARTED
from inboxes.models import Channel
from workspaces.models import Member

# A letter's own id names the conversation it begins: a double click begins one.
COMPOSED = uuid.UUID("6d7a1a56-7f0b-4e0f-9a57-2f6f4d1b9f11")


@transaction.atomic
def start_conversation(
    channel: Channel,
    *,
    by: Member,
    envelope: Envelope,
    body: str,
    client_id: uuid.UUID,
    html: str = "",
    attachments: Sequence[uuid.UUID] = (),
    contact: Contact | None = None,
) -> Appended:
    """Write to somebody first: a conversation of the writer's own (EM-12). The same client id twice is one letter.

    Raises EnvelopeRefused and FileRefused.
    """
    envelope = envelope.check()
    conversation = begin(channel, by=by, envelope=envelope, client_id=client_id, contact=contact)
    return write_first(
        conversation,
        by=by,
        envelope=envelope,
        body=body,
        html=html,
        client_id=client_id,
        attachments=attachments,
    )


def begin(
    channel: Channel,
    *,
    by: Member,
    envelope: Envelope,
    client_id: uuid.UUID,
    contact: Contact | None = None,
) -> Conversation:
    """The conversation of a first letter, still without it; the one that stands when it was begun before."""
    if not is_mail(channel) or not channel.is_active():
        raise EnvelopeRefused(_("This address cannot be written from any more. Choose another."))
    public_id = uuid.uuid5(COMPOSED, f"{by.pk}:{client_id}")
    try:
        with transaction.atomic():
            return _begin(channel, by, envelope, contact, public_id)
    except IntegrityError:
        return Conversation.objects.get(detail__public_id=public_id)


def _begin(channel, by, envelope, contact, public_id) -> Conversation:
    first = envelope.to[0]
    contact = contact or find_or_create_contact(kind="email", address=first.key, name=first.name)
    conversation = Conversation.objects.create(
        inbox_id=channel.inbox_id,
        channel=channel,
        channel_kind=channel.kind,
        contact=contact,
        contact_name=contact.called[:200],
        contact_org=contact.company.name if contact.company else "",
        subject=envelope.subject,
        language=contact.language,
        assignee=by,
    )
    ConversationDetail.objects.create(conversation=conversation, public_id=public_id)
    record(CONVERSATION_STARTED, conversation, by=by, channel_kind=channel.kind)
    return conversation


@transaction.atomic
def write_first(
    conversation: Conversation,
    *,
    by: Member,
    envelope: Envelope,
    body: str,
    client_id: uuid.UUID,
    html: str = "",
    attachments: Sequence[uuid.UUID] = (),
) -> Appended:
    """The letter that a conversation begins with; it answers nothing."""
    conversation = lock(conversation)
    written, channel = Written.of(body, html), channel_of(conversation, envelope)
    return _write(conversation, channel, by, envelope, written, client_id, attachments, kind="new")


@transaction.atomic
def forward(
    conversation: Conversation,
    *,
    message: Message,
    by: Member,
    envelope: Envelope,
    body: str,
    client_id: uuid.UUID,
    html: str = "",
    attachments: Sequence[uuid.UUID] = (),
) -> Appended:
    """Pass a message on to somebody else, with its files (CR-4). It is no answer: the contact waits as before."""
    conversation = lock(conversation)
    channel = channel_of(conversation, envelope)
    if not is_mail(channel):
        raise EnvelopeRefused(_("Choose a mail address to forward this from."))
    envelope = envelope.check()
    if not envelope.subject:
        envelope = Envelope.from_json(envelope.to_json() | {"subject": forward_subject(conversation.subject)})
    waiting_since = conversation.waiting_since
    appended = _write(
        conversation,
        channel,
        by,
        envelope,
        Written.of(body, html),
        client_id,
        attachments,
        kind="forward",
        forwards=message.pk,
    )
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=waiting_since)
    drop_draft(conversation, by=by, mode=DraftMode.REPLY)
    return appended


def _write(conversation, channel, by, envelope, written, client_id, attachments, **mail) -> Appended:
    is_copy = attachments and conversation.messages.filter(client_id=client_id).exists()
    taken = [] if is_copy else files.take(attachments, member=by)
    message = new_message(
        conversation,
        channel,
        written,
        by=by,
        client_id=client_id,
        taken=taken,
        preview=files.preview_of(taken),
        envelope=envelope,
        **mail,
    )
    [appended] = append([message])
    if appended.is_new:
        files.attach(taken, appended.message_id)
        remember_people(conversation, envelope)
        mark_read(conversation, by=by, seq=appended.seq)
    return appended
