"""How far an outgoing message got, and how far its reader has read."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations.actions.base import lock
from conversations.models import Conversation, ConversationDetail, Delivery, Direction, Message
from events.record import record
from events.types import MESSAGE_DELIVERY_CHANGED, MESSAGE_SENT
from workspaces.models import Member

# Receipts may come in any order; a message only ever moves to the right of this line.
PROGRESS = [Delivery.QUEUED, Delivery.UNKNOWN, Delivery.SENT, Delivery.DELIVERED, Delivery.READ]

MOST_TICKS = 50  # redrawn live; a page loaded later shows them all


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


def note_attempt(message_id: int, *, error: str) -> None:
    """A try failed and another will follow: say why beside the message, which goes on waiting."""
    noted = Message.objects.filter(pk=message_id, delivery=Delivery.QUEUED).exclude(
        delivery_error=error[:500]
    )
    if noted.update(delivery_error=error[:500]):
        message = Message.objects.select_related("conversation").get(pk=message_id)
        record(
            MESSAGE_DELIVERY_CHANGED, message.conversation, messages=[message.pk], delivery=Delivery.QUEUED
        )


def _moves_forward(old: str, new: str) -> bool:
    if new == Delivery.FAILED:
        return old in (Delivery.QUEUED, Delivery.UNKNOWN, Delivery.SENT)
    return old in PROGRESS and PROGRESS.index(new) > PROGRESS.index(old)


@transaction.atomic
def try_again(message: Message, *, by: Member) -> None:
    """Queue what failed, or may not have left, once more, as the same message with the same Message-ID (DM-3, P7)."""
    again = Message.objects.filter(pk=message.pk, delivery__in=[Delivery.FAILED, Delivery.UNKNOWN])
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
