"""Verbs that change conversations: one transaction each, ending in record()."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations import files
from conversations.append import Appended, NewMessage, append, preview_of
from conversations.models import (
    AuthorKind,
    Comment,
    Conversation,
    ConversationDetail,
    Delivery,
    Direction,
    Draft,
    DraftMode,
    Message,
    ReadMark,
    Status,
)
from events.models import Audience
from events.record import record
from events.types import (
    COMMENT_ADDED,
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_REOPENED,
    MESSAGE_DELIVERY_CHANGED,
    MESSAGE_SENT,
)
from workspaces.models import Member, Team

# Receipts may come in any order; a message only ever moves to the right of this line.
PROGRESS = [Delivery.QUEUED, Delivery.UNKNOWN, Delivery.SENT, Delivery.DELIVERED, Delivery.READ]


MOST_TICKS = 50  # redrawn live; a page loaded later shows them all


def lock(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)


@transaction.atomic
def send_reply(
    conversation: Conversation,
    *,
    body: str,
    by: Member,
    client_id: uuid.UUID | None = None,
    attachments: Sequence[uuid.UUID] = (),
) -> Appended:
    """Answer the contact, with files that wait for it. The same client id twice is one message (P6).

    Raises FileRefused when one of the files is not there or not theirs.
    Answering an unassigned conversation makes it the answerer's (RT-2); answering a closed one opens it (ST-3).
    """
    conversation = lock(conversation)
    client_id = client_id or uuid.uuid4()
    # A copy of what stands has its files already.
    is_copy = attachments and conversation.messages.filter(client_id=client_id).exists()
    taken = [] if is_copy else files.take(attachments, member=by)
    [appended] = append([_reply(conversation, body, by, client_id, files.preview_of(taken))])
    if not appended.is_new:
        return appended
    files.attach(taken, appended.message_id)
    if conversation.status != Status.OPEN:
        set_status(conversation, Status.OPEN, by=by)
    if conversation.assignee_id is None and conversation.team_id is None:
        assign(conversation, to=by, by=by)
    _first_response(conversation, appended)
    mark_read(conversation, by=by, seq=appended.seq)
    drop_draft(conversation, by=by, mode=DraftMode.REPLY)
    return appended


def _reply(
    conversation: Conversation, body: str, by: Member, client_id: uuid.UUID, preview: str
) -> NewMessage:
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        direction=Direction.OUT,
        author_kind=AuthorKind.MEMBER,
        author_name=by.display_name,
        member_id=by.pk,
        body=body,
        client_id=client_id,
        delivery=Delivery.QUEUED,
        preview=preview,
    )


def _first_response(conversation: Conversation, appended: Appended) -> None:
    """The first answer counts only after a customer's message (AN-5)."""
    if conversation.last_inbound_seq:
        untouched = ConversationDetail.objects.filter(conversation=conversation, first_response_at=None)
        untouched.update(first_response_at=appended.created_at)


@transaction.atomic
def comment(
    conversation: Conversation, *, body: str, by: Member, client_id: uuid.UUID | None = None
) -> Comment:
    """Say something to the team. It re-opens nothing and never leaves the building (CO-1, ST-2)."""
    conversation = lock(conversation)
    row, created = Comment.objects.get_or_create(
        conversation=conversation,
        client_id=client_id or uuid.uuid4(),
        defaults={"author": by, "author_name": by.display_name, "body": body},
    )
    if created:
        conversation.preview, conversation.preview_kind = preview_of(body), "comment"
        conversation.last_activity_at = row.created_at
        conversation.version = F("version") + 1
        conversation.save(update_fields=["preview", "preview_kind", "last_activity_at", "version"])
        drop_draft(conversation, by=by, mode=DraftMode.COMMENT)
        record(COMMENT_ADDED, conversation, by=by, comment=row.pk)
    return row


@transaction.atomic
def assign(
    conversation: Conversation, *, to: Member | Team | None, by: Member | None, reason: str = "by_hand"
):
    """Give the conversation to a member, a team or nobody. Assigning twice records once (RT-4)."""
    conversation = lock(conversation)
    member = to if isinstance(to, Member) else None
    team = to if isinstance(to, Team) else None
    if (conversation.assignee_id, conversation.team_id) == (member and member.pk, team and team.pk):
        return conversation
    previous = conversation.assignee_id
    conversation.assignee, conversation.team = member, team
    conversation.version += 1
    conversation.save(update_fields=["assignee", "team", "version"])
    ConversationDetail.objects.filter(conversation=conversation).update(assigned_at=timezone.now())
    record(
        CONVERSATION_ASSIGNED,
        conversation,
        by=by,
        assignee=member and member.pk,
        team=team and team.pk,
        previous=previous,
        reason=reason,
    )
    return conversation


@transaction.atomic
def set_status(conversation: Conversation, status: str, *, by: Member | None) -> Conversation:
    """Close or re-open. Doing it twice records once."""
    conversation = lock(conversation)
    if conversation.status == status:
        return conversation
    conversation.status = status
    conversation.closed_at = timezone.now() if status == Status.CLOSED else None
    conversation.snoozed_until = None
    conversation.version += 1
    conversation.save(update_fields=["status", "closed_at", "snoozed_until", "version"])
    type = CONVERSATION_CLOSED if status == Status.CLOSED else CONVERSATION_REOPENED
    # The widget tells its visitor that the chat was closed, so this one is theirs to hear as well.
    record(type, conversation, by=by, audience=Audience.VISITOR, status=status)
    return conversation


@transaction.atomic
def mark_delivery(message_id: int, delivery: str, *, error: str = "", external_id: str = "") -> bool:
    """Move a message's delivery forward, or to failed. Returns whether anything changed."""
    # Conversation first, then its rows: everybody locks in this order, so nobody waits in a circle.
    conversation = lock(Message.objects.select_related("conversation").get(pk=message_id).conversation)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if not _moves_forward(message.delivery, delivery):
        return False
    message.delivery, message.delivery_error = delivery, error[:500]
    if external_id:
        message.external_id = external_id
    message.save(update_fields=["delivery", "delivery_error", "external_id"])
    Conversation.objects.filter(pk=conversation.pk).update(version=F("version") + 1)
    record(MESSAGE_DELIVERY_CHANGED, conversation, messages=[message.pk], delivery=delivery)
    return True


def _moves_forward(old: str, new: str) -> bool:
    if new == Delivery.FAILED:
        return old in (Delivery.QUEUED, Delivery.UNKNOWN, Delivery.SENT)
    return old in PROGRESS and PROGRESS.index(new) > PROGRESS.index(old)


@transaction.atomic
def try_again(message: Message, *, by: Member) -> None:
    """Queue a failed message once more, as the same message (DM-3)."""
    again = Message.objects.filter(pk=message.pk, delivery=Delivery.FAILED)
    if again.update(delivery=Delivery.QUEUED, delivery_error=""):
        requeue(message, by=by)


def requeue(message: Message, *, by: Member | None) -> None:
    record(MESSAGE_SENT, message.conversation, by=by, message=message.pk, seq=message.seq)


@transaction.atomic
def mark_seen_by_visitor(conversation: Conversation, *, delivered: int = 0, seen: int = 0) -> None:
    """Move the visitor's watermarks, and the ticks of the messages below them."""
    # First the conversation, then its detail: a reply locks them in that order, and two orders are a deadlock.
    conversation = lock(conversation)
    detail = ConversationDetail.objects.select_for_update().get(conversation=conversation)
    moved: list[int] = []
    for upto, mark, state in (
        (delivered, "delivered_seq", Delivery.DELIVERED),
        (seen, "seen_seq", Delivery.READ),
    ):
        upto = min(upto, conversation.last_seq)
        if upto <= getattr(detail, mark):
            continue
        setattr(detail, mark, upto)
        earlier = PROGRESS[: PROGRESS.index(state)]
        behind = conversation.messages.filter(direction=Direction.OUT, seq__lte=upto, delivery__in=earlier)
        moved += behind.order_by("seq").values_list("pk", flat=True)
        behind.update(delivery=state)
    if seen:
        detail.seen_at = timezone.now()
    detail.save()
    if moved:
        record(
            MESSAGE_DELIVERY_CHANGED, conversation, messages=sorted(set(moved))[-MOST_TICKS:], delivery="seen"
        )


def mark_read(conversation: Conversation, *, by: Member, seq: int | None = None) -> None:
    """Note how far a member has read; it never goes back by itself."""
    upto = conversation.last_seq if seq is None else seq
    mark, created = ReadMark.objects.get_or_create(
        conversation=conversation, member=by, defaults={"seq": upto}
    )
    if not created and mark.seq < upto:
        ReadMark.objects.filter(pk=mark.pk).update(seq=upto)


def save_draft(conversation: Conversation, *, body: str, mode: str, by: Member) -> Draft | None:
    """Keep what somebody is writing; an empty text drops the draft (CR-6)."""
    if not body.strip():
        drop_draft(conversation, by=by, mode=mode)
        return None
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation,
        member=by,
        mode=mode,
        defaults={"body": body, "updated_at": timezone.now()},
    )
    return draft


def drop_draft(conversation: Conversation, *, by: Member, mode: str) -> None:
    Draft.objects.filter(conversation=conversation, member=by, mode=mode).delete()
