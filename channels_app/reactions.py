"""Delivery: claim in the scope, network outside it, result in the scope again."""

from datetime import timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.adapter import AccountTrouble, DeliveryRefused, Result, Unreachable
from channels_app.email.outgoing import MailboxTrouble, TakenBySome, Unclear
from channels_app.registry import get_adapter
from conversations.actions import mark_delivery, note_attempt
from conversations.models import ConversationDetail, Delivery, Direction, Message
from events.models import Event
from events.record import record
from events.retry import Postponed, retried
from events.types import MESSAGE_WENT_ROUND
from inboxes.kinds import get_kind
from inboxes.models import Channel
from workspaces.scope import workspace_scope

# Eight tries over a day, each spread a little so that what waited for one server does not come back at once (P7).
DELAYS = (10, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 15 * 3600)
# An answer waits for the one before it, so that they arrive in order; not for longer than this.
IN_ORDER_FOR = timedelta(minutes=15)
LOOK_AGAIN = 0.5  # seconds


def give_up(event: Event, error: Exception | None) -> None:
    """After the last try: failed with the server's own words, or unknown when it may have been taken (P7)."""
    message = Message.objects.select_related("conversation__workspace").get(pk=event.payload["message"])
    with translation.override(message.conversation.workspace.language):
        if error is None or isinstance(error, Unclear):
            told = _("The line broke each time while the server took it: it may have arrived.")
            mark_delivery(message.pk, Delivery.UNKNOWN, error=told)
        else:
            told = str(error) if isinstance(error, Unreachable) else _("It could not be sent.")
            mark_delivery(message.pk, Delivery.FAILED, error=told)


@retried(delays=DELAYS, jitter=0.2, gave_up=give_up)
def deliver(event: Event) -> None:
    """Reaction to message.sent: hand the message to its channel. Twice is harmless: only a queued one is taken."""
    message_id = event.payload["message"]
    with workspace_scope(event.workspace_id):
        prepared = _prepare(message_id)
    if prepared is None:
        return
    try:
        result = prepared.send() if not isinstance(prepared, Result) else prepared
    except Unreachable as error:
        with workspace_scope(event.workspace_id):
            _note(message_id, error)
        raise
    with workspace_scope(event.workspace_id):
        changed = mark_delivery(
            message_id, result.delivery, error=result.error, external_id=result.external_id
        )
        has_left = changed and result.delivery == Delivery.SENT
        if has_left:
            _tell_of_detour(message_id, prepared)
    if has_left:
        _file_copy(prepared)


def _prepare(message_id: int):
    message = (
        Message.objects.select_related(
            "conversation__contact", "conversation__channel", "conversation__workspace"
        )
        .select_related("channel__workspace", "member__user")
        .filter(pk=message_id, delivery=Delivery.QUEUED)
        .first()
    )
    if message is None:
        return None
    if ConversationDetail.objects.filter(conversation=message.conversation_id, is_sample=True).exists():
        return Result(Delivery.SENT)  # nobody lives there
    if _arrives_in_order(message.channel_kind) and _one_before_waits(message):
        raise Postponed(LOOK_AGAIN)
    with translation.override(message.conversation.workspace.language):
        try:
            return get_adapter(message.channel_kind).prepare(message)
        except DeliveryRefused as refusal:
            return Result("failed", str(refusal))


def _arrives_in_order(kind: str) -> bool:
    """Where each message is handed over on its own; a chat's are fetched by their numbers."""
    return get_kind(kind).has_subject or get_kind(kind).one_thread


def _one_before_waits(message: Message) -> bool:
    before = Message.objects.filter(
        conversation=message.conversation_id,
        direction=Direction.OUT,
        channel_kind=message.channel_kind,
        delivery=Delivery.QUEUED,
        seq__lt=message.seq,
    )
    return before.filter(created_at__gt=timezone.now() - IN_ORDER_FOR).exists()


def _note(message_id: int, error: Unreachable) -> None:
    """What the next try must know, and what the agent may read meanwhile."""
    note_attempt(message_id, error=str(error))
    if isinstance(error, TakenBySome):
        message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
        message.extra["mail"]["accepted"] = error.accepted
        message.save(update_fields=["extra"])
    if isinstance(error, AccountTrouble):
        needs_attention(Message.objects.values_list("channel_id", flat=True).get(pk=message_id))
    if isinstance(error, MailboxTrouble):
        channel_id = Message.objects.values_list("channel_id", flat=True).get(pk=message_id)
        troubled = Channel.objects.filter(pk=channel_id, mailbox__isnull=False, needs_attention_since=None)
        troubled.update(needs_attention_since=timezone.now())


def needs_attention(channel_id: int) -> None:
    """CH-3: its credentials are not taken any more. Said once; connecting it again clears it."""
    lost = Channel.objects.filter(pk=channel_id, needs_attention_since=None, disconnected_at=None)
    lost.update(needs_attention_since=timezone.now())


def _file_copy(prepared) -> None:
    """After the commit: a server that is slow to take the copy leaves no doubt about the mail itself."""
    file_copy = getattr(prepared, "file_copy", None)
    if file_copy is not None:
        file_copy()


def _tell_of_detour(message_id: int, prepared) -> None:
    """FB-5: a line in the thread when another address sent for the team's."""
    instead_of = getattr(prepared, "instead_of", "")
    if instead_of:
        message = Message.objects.select_related("conversation").get(pk=message_id)
        told = {"message": message_id, "address": instead_of, "sender": prepared.sender.address}
        record(MESSAGE_WENT_ROUND, message.conversation, **told)
