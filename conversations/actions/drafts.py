"""What somebody is writing, and how far they have read."""

from collections.abc import Sequence

from django.utils import timezone

from conversations import rich
from conversations.envelope import Envelope
from conversations.models import Conversation, Draft, ReadMark
from conversations.signals import conversation_read
from workspaces.models import Member


def mark_read(
    conversation: Conversation, *, by: Member, seq: int | None = None, known: int | None = None
) -> None:
    """Note how far a member has read; it never goes back by itself. `known` is the mark as the caller has just seen it."""
    upto = conversation.last_seq if seq is None else seq
    if known is None or known < upto:
        mark, created = ReadMark.objects.get_or_create(
            conversation=conversation, member=by, defaults={"seq": upto}
        )
        if not created and mark.seq < upto:
            ReadMark.objects.filter(pk=mark.pk).update(seq=upto)
    conversation_read.send(Conversation, conversation=conversation, by=by)


def mark_unread(conversation: Conversation, *, by: Member, seq: int = 0) -> None:
    """Unread again for this member alone: from a message on, or the last that the customer wrote (UI-4)."""
    upto = max((seq or conversation.last_inbound_seq) - 1, 0)
    ReadMark.objects.update_or_create(conversation=conversation, member=by, defaults={"seq": upto})


def save_draft(
    conversation: Conversation,
    *,
    body: str,
    mode: str,
    by: Member,
    html: str = "",
    envelope: Envelope | None = None,
    attachments: Sequence[str] = (),
) -> Draft | None:
    """Keep what somebody is writing, people and files with it; an empty text drops the draft (CR-6).

    The envelope is kept as it is typed: only sending asks whether its addresses are some.
    """
    html = rich.clean(html) if html else ""
    if not (body.strip() or html or attachments):
        drop_draft(conversation, by=by, mode=mode)
        return None
    told = envelope.to_json() if envelope else {}
    if attachments:
        told["files"] = [str(key) for key in attachments]
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation,
        member=by,
        mode=mode,
        defaults={"body": body, "html": html, "envelope": told, "updated_at": timezone.now()},
    )
    return draft


def drop_draft(conversation: Conversation, *, by: Member, mode: str) -> None:
    Draft.objects.filter(conversation=conversation, member=by, mode=mode).delete()
