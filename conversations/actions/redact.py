"""Taking words out for good, and a message into a conversation of its own."""

import uuid

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations.actions.base import lock
from conversations.append import NewMessage, append
from conversations.models import Attachment, Comment, Conversation, ConversationDetail, Message, Status
from conversations.signals import message_redacted
from events.models import Event
from events.record import record
from events.types import CONVERSATION_SPLIT, CONVERSATION_STARTED, MESSAGE_REDACTED
from workspaces.models import Member

KEPT_OF_MAIL = ("from", "to", "cc", "date", "kind")


@transaction.atomic
def redact(entry: Message | Comment, *, by: Member | None) -> None:
    """Remove what a message or a comment says, its files and every copy of it. There is no way back; the log says who:
    nobody's name for a customer who took a message back."""
    conversation = lock(entry.conversation)
    entry = type(entry).objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.redacted_at:
        return
    entry.body, entry.redacted_at = "", timezone.now()
    if isinstance(entry, Message):
        entry.html = ""
        mail = (entry.extra or {}).get("mail") or {}
        entry.extra = {"mail": {key: mail[key] for key in KEPT_OF_MAIL if key in mail}} if mail else {}
        message_redacted.send(Message, message=entry)
    entry.save()
    for file in Attachment.objects.filter(**{"message" if isinstance(entry, Message) else "comment": entry}):
        file.delete()
    Conversation.objects.filter(pk=conversation.pk).update(preview="", version=F("version") + 1)
    kind = "message" if isinstance(entry, Message) else "comment"
    record(MESSAGE_REDACTED, conversation, by=by, **{kind: entry.pk})
    for copy in copies_of(entry):
        redact(copy, by=by)


def copies_of(entry: Message | Comment) -> list[Message]:
    """What was split off with these words, as the log has it: each copy is the first message of its conversation."""
    if isinstance(entry, Comment):
        return []
    splits = Event.objects.filter(
        conversation_id=entry.conversation_id, type=CONVERSATION_SPLIT, payload__message=entry.pk
    )
    others = list(splits.values_list("payload__other", flat=True))
    return list(Message.objects.filter(conversation__in=others, seq=1).order_by("pk")) if others else []


@transaction.atomic
def redact_file(file: Attachment, *, by: Member) -> None:
    """Remove a file for good with its copies, and the mail it came in; the words of its message stay."""
    entry = file.message or file.comment
    same = {"message__in": copies_of(entry), "name": file.name, "size": file.size}
    for copy in Attachment.objects.filter(**same).select_related("message"):
        redact_file(copy, by=by)
    conversation = lock(entry.conversation)
    if isinstance(entry, Message):
        message_redacted.send(Message, message=entry)
    file.delete()
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1)
    kind = "message" if isinstance(entry, Message) else "comment"
    record(MESSAGE_REDACTED, conversation, by=by, file=True, **{kind: entry.pk})


@transaction.atomic
def split_off(message: Message, *, by: Member) -> Conversation:
    """A copy of one message begins a conversation of its own; the first one keeps it, and says where it went."""
    conversation = lock(message.conversation)
    new = Conversation.objects.create(
        inbox_id=conversation.inbox_id,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        contact_id=message.contact_id or conversation.contact_id,
        contact_name=conversation.contact_name,
        contact_org=conversation.contact_org,
        subject=message.subject or conversation.subject,
        language=conversation.language,
        status=Status.OPEN,
    )
    ConversationDetail.objects.create(conversation=new)
    record(CONVERSATION_STARTED, new, by=by, channel_kind=new.channel_kind)
    [copy] = append([_copy(message, new)])
    for file in message.attachments.all():
        _copy_file(file, copy.message_id)
    record(CONVERSATION_SPLIT, conversation, by=by, message=message.pk, other=new.pk)
    new.refresh_from_db()
    return new


def _copy(message: Message, to: Conversation) -> NewMessage:
    return NewMessage(
        conversation_id=to.pk,
        channel_id=message.channel_id,
        channel_kind=message.channel_kind,
        direction=message.direction,
        author_kind=message.author_kind,
        author_name=message.author_name,
        member_id=message.member_id,
        contact_id=message.contact_id,
        body=message.body,
        html=message.html,
        subject=message.subject,
        extra=message.extra,
        delivery=message.delivery,
        created_at=message.created_at,
    )


def _copy_file(file: Attachment, message_id: int) -> None:
    """Bytes that are lost are no reason to copy nothing: then the words go without the file."""
    if not default_storage.exists(file.path):
        return
    copy = Attachment.objects.get(pk=file.pk)
    copy.pk, copy.message_id, copy.storage_key = None, message_id, uuid.uuid4()
    had_thumb, copy.thumb_key = file.thumb_key, uuid.uuid4() if file.thumb_key else None
    with default_storage.open(file.path, "rb") as content:
        default_storage.save(copy.path, content)
    if had_thumb:
        with default_storage.open(file.thumb_path, "rb") as content:
            default_storage.save(copy.thumb_path, content)
    copy.save(force_insert=True)
