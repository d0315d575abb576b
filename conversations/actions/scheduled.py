"""Answers that wait: ten seconds in which they can be taken back, or until their hour (CR-6)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from conversations import files
from conversations.actions.base import lock
from conversations.actions.drafts import drop_draft, save_draft
from conversations.actions.letters import begin, forward, write_first
from conversations.actions.outgoing import Written, channel_of, is_mail
from conversations.actions.replies import send_reply
from conversations.actions.state import set_status, snooze
from conversations.append import Appended
from conversations.envelope import BY_A_PERSON, Envelope, EnvelopeRefused
from conversations.models import (
    AuthorKind,
    Conversation,
    Direction,
    Draft,
    DraftMode,
    Message,
    ScheduledReply,
    Status,
)
from events.record import record
from events.types import REPLY_HELD
from inboxes.models import Channel
from workspaces.models import Member

log = structlog.get_logger(__name__)

# What is sent within this time was sent on purpose: only later ones are held back by news.
UNDO = timedelta(seconds=30)
# Why an answer did not leave at its hour; it waits for its author.
HELD = {
    "newer": _("Something new was written here since."),
    "no_access": _("Its author may not answer here any more."),
    "gone": _("The conversation is in the spam or the trash."),
    "file": _("One of its files is no longer there."),
    "original": _("The message that it passes on is no longer here."),
    "address": _("It cannot go to these people or from this address."),
}


class AlreadySent(Exception):
    """It left before it could be taken back."""


class OriginalGone(Exception):
    """What was to be passed on was deleted, or moved to another conversation."""


@transaction.atomic
def schedule_reply(
    conversation: Conversation,
    *,
    body: str,
    by: Member,
    send_at: datetime,
    client_id: uuid.UUID,
    attachments: Sequence[uuid.UUID] = (),
    html: str = "",
    envelope: Envelope | None = None,
    then: str = "",
    kind: str = "",
    message: Message | None = None,
) -> ScheduledReply:
    """Keep an answer until its moment; its draft is done. `then` is "", "close" or an ISO hour to snooze until.
    With `kind` "forward" it passes `message` on, with "new" it is the first letter of its conversation.

    Raises EnvelopeRefused, FileRefused and ValueError (an unknown `then`). The same client id twice is one answer.
    """
    if then not in ("", "close") and _hour(then) is None:
        raise ValueError(f"What to do then: {then!r}")
    conversation = lock(conversation)
    channel = channel_of(conversation, envelope)
    checked = envelope.check() if envelope and is_mail(channel) else None
    if kind and checked is None:
        raise EnvelopeRefused(_("Say whom this goes to."))
    told = {"kind": kind, "message": message and message.pk} if kind else {}
    standing = ScheduledReply.objects.filter(conversation=conversation, client_id=client_id).first()
    if standing is None:
        files.take(attachments, member=by)
    written = Written.of(body, html)
    row, made = ScheduledReply.objects.get_or_create(
        conversation=conversation,
        client_id=client_id,
        defaults={
            "member": by,
            "body": written.body,
            "html": written.html,
            "envelope": checked.to_json() | told if checked else {},
            "files": [str(key) for key in attachments],
            "then": then,
            "send_at": send_at,
            "upto_seq": conversation.last_seq,
        },
    )
    if made:
        drop_draft(conversation, by=by, mode=DraftMode.REPLY)
    return row


@transaction.atomic
def schedule_conversation(
    channel: Channel, *, by: Member, envelope: Envelope, client_id: uuid.UUID, send_at: datetime, **letter
) -> ScheduledReply:
    """Write to somebody first, in ten seconds or at an hour (EM-12). The conversation is there at once, so that the
    letter can be seen, sent now and taken back where every other is. `letter` is body, html and attachments."""
    envelope = envelope.check()
    conversation = begin(channel, by=by, envelope=envelope, client_id=client_id)
    left = conversation.messages.filter(client_id=client_id).first()
    if left is not None:
        return ScheduledReply(conversation=conversation, member=by, client_id=client_id, send_at=send_at)
    return schedule_reply(
        conversation,
        by=by,
        envelope=envelope,
        client_id=client_id,
        send_at=send_at,
        kind="new",
        **letter,
    )


def _hour(then: str) -> datetime | None:
    try:
        hour = parse_datetime(then)
    except ValueError:
        return None
    return hour if hour and timezone.is_aware(hour) else None


@transaction.atomic
def take_back(scheduled: ScheduledReply | int, *, by: Member) -> Draft | None:
    """Make it a draft of its author again. Raises AlreadySent when it has left."""
    row = _locked(scheduled if isinstance(scheduled, int) else scheduled.pk)
    if row is None:
        raise AlreadySent
    draft = save_draft(
        row.conversation,
        body=row.body,
        mode=DraftMode.REPLY,
        by=row.member,
        html=row.html,
        envelope=Envelope.from_json(row.envelope) if row.envelope else None,
        attachments=row.files,
    )
    if draft and row.envelope.get("kind") == "forward":
        draft.envelope |= {name: row.envelope[name] for name in ("kind", "message")}
        draft.save(update_fields=["envelope"])
    row.delete()
    return draft


@transaction.atomic
def send_held(scheduled: ScheduledReply, *, by: Member) -> Appended | None:
    """Send what was held back, or what was to go later, now: its author has looked."""
    row = _locked(scheduled.pk)
    if row is None:
        raise AlreadySent
    row.upto_seq = row.conversation.last_seq
    return _send(row)


@transaction.atomic
def send_scheduled(pk: int) -> Appended | None:
    """Send one whose moment has come. None when it is gone, not yet due, in other hands, or held back."""
    rows = ScheduledReply.objects.select_for_update(skip_locked=True, of=("self",))
    row = (
        rows.select_related("conversation", "member__user")
        .filter(pk=pk, held_because="", send_at__lte=timezone.now())
        .first()
    )
    return _send(row) if row else None


def _locked(pk: int) -> ScheduledReply | None:
    rows = ScheduledReply.objects.select_for_update(of=("self",)).select_related(
        "conversation", "member__user"
    )
    return rows.filter(pk=pk).first()


def _send(row: ScheduledReply) -> Appended | None:
    reason = _why_not(row)
    if reason:
        _hold(row, reason)
        return None
    try:
        with transaction.atomic():
            sent = _leave(row)
            _then(row)
    except OriginalGone:
        _hold(row, "original")
        return None
    except files.FileRefused:
        _hold(row, "file")
        return None
    except EnvelopeRefused:
        _hold(row, "address")
        return None
    row.delete()
    return sent


def _leave(row: ScheduledReply) -> Appended:
    """By the verb it was written for. Raises what that raises, and OriginalGone."""
    kind = row.envelope.get("kind", "")
    letter = {
        "body": row.body,
        "html": row.html,
        "by": row.member,
        "client_id": row.client_id,
        "attachments": [uuid.UUID(key) for key in row.files],
        "envelope": Envelope.from_json(row.envelope) if row.envelope else None,
    }
    if kind == "forward":
        message = row.conversation.messages.filter(pk=row.envelope.get("message")).first()
        if message is None:
            raise OriginalGone
        return forward(row.conversation, message=message, **letter)
    if kind == "new":
        return write_first(row.conversation, **letter)
    return send_reply(row.conversation, **letter)


def _why_not(row: ScheduledReply) -> str:
    conversation = Conversation.objects.worked_by(row.member).filter(pk=row.conversation_id)
    if row.member.deactivated_at or not row.member.user.is_active or not conversation.exists():
        return "no_access"
    if not conversation.present().exists():
        return "gone"
    # Who passes a message on answers nobody: what was written since changes nothing about it.
    answers = row.envelope.get("kind") != "forward"
    if answers and row.send_at - row.created_at > UNDO and _news_since(row):
        return "newer"
    return ""


def _news_since(row: ScheduledReply) -> bool:
    """Whether the customer, or another member, wrote since it was written (CO-3). Machines' notes are no news."""
    newer = row.conversation.messages.filter(seq__gt=row.upto_seq)
    theirs = newer.filter(BY_A_PERSON, direction=Direction.IN)
    others = newer.filter(direction=Direction.OUT, author_kind=AuthorKind.MEMBER).exclude(member=row.member)
    return theirs.exists() or others.exists()


def _hold(row: ScheduledReply, reason: str) -> None:
    if row.held_because != reason:
        ScheduledReply.objects.filter(pk=row.pk).update(held_because=reason)
        record(REPLY_HELD, row.conversation, reply=row.pk, reason=reason, member=row.member_id)
    log.info("reply_held", reply_id=row.pk, reason=reason)


def _then(row: ScheduledReply) -> None:
    hour = _hour(row.then) if row.then not in ("", "close") else None
    if row.then == "close":
        set_status(row.conversation, Status.CLOSED, by=row.member)
    elif hour and hour > timezone.now():
        snooze(row.conversation, until=hour, by=row.member)
