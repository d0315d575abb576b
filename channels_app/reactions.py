"""Delivery: claim in the scope, network outside it, result in the scope again."""

from django.utils import translation

from channels_app.adapter import DeliveryRefused, Result
from channels_app.registry import get_adapter
from conversations.actions import mark_delivery
from conversations.models import Delivery, Message
from workspaces.scope import workspace_scope


def deliver(event) -> None:
    """Reaction to message.sent: hand the message to its channel. Twice is harmless: only a queued one is taken."""
    with workspace_scope(event.workspace_id):
        prepared = _prepare(event.payload["message"])
    if prepared is None:
        return
    result = prepared.send() if not isinstance(prepared, Result) else prepared
    with workspace_scope(event.workspace_id):
        mark_delivery(
            event.payload["message"], result.delivery, error=result.error, external_id=result.external_id
        )


def _prepare(message_id: int):
    message = (
        Message.objects.select_related("conversation__contact", "channel", "conversation__workspace")
        .filter(pk=message_id, delivery=Delivery.QUEUED)
        .first()
    )
    if message is None:
        return None
    with translation.override(message.conversation.workspace.language):
        try:
            return get_adapter(message.channel_kind).prepare(message)
        except DeliveryRefused as refusal:
            return Result("failed", str(refusal))
