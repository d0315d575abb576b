"""A kept post becomes messages and moved ticks; the whole of it in one transaction, once."""

import hashlib
import re
import uuid

from channels_app.api_channel.parsing import Receipt, Said, parse
from channels_app.email import payloads
from channels_app.models import InboundPayload
from conversations.actions import mark_delivery
from conversations.append import Appended
from conversations.models import Direction, Message
from conversations.receive import Inbound, receive
from inboxes.models import Channel
from workspaces.scope import workspace_scope

PLAIN = re.compile(r"[a-z0-9._-]{1,100}")


def take_in(workspace_id: int, payload: InboundPayload) -> Appended | None:
    with workspace_scope(workspace_id):
        rows = InboundPayload.objects.select_for_update(of=("self",)).select_related("channel")
        mine = rows.filter(pk=payload.pk, processed_at=None).first()
        if mine is None:
            return None
        appended, entries = None, parse(bytes(mine.body))
        for one in entries:
            if isinstance(one, Said):
                appended = receive(_inbound(mine.channel, one))
            else:
                _mark(mine.channel, one)
        payloads.finish([(mine, appended.message_id if appended else None)])
        if len(entries) > 1:  # it belongs to no single message, so nothing taken out of one may stay in it
            InboundPayload.objects.filter(pk=mine.pk).update(body=b"")
        return appended


def _inbound(channel: Channel, said: Said) -> Inbound:
    return Inbound(
        channel=channel,
        body=said.text,
        address=address_of(channel, said.sender),
        name=said.name,
        external_id=f"in:{said.id}",
        sent_at=said.at,
        extra={"api": {"from": said.sender} | ({"ticket": said.ticket} if said.ticket else {})},
    )


def address_of(channel: Channel, sender: str) -> str:
    """A handle that belongs to this channel alone, and that nobody can take for a mail address (T064)."""
    plain = sender if PLAIN.fullmatch(sender) else f"h-{hashlib.sha256(sender.encode()).hexdigest()[:40]}"
    return f"{channel.pk}:{plain}"


def _mark(channel: Channel, receipt: Receipt) -> None:
    """A receipt names the message by the id that we called with. One of another channel moves nothing."""
    try:
        client_id = uuid.UUID(receipt.id)
    except ValueError:
        return
    ours = Message.objects.filter(channel=channel, direction=Direction.OUT, client_id=client_id).first()
    if ours is not None:
        mark_delivery(ours.pk, receipt.state, error=receipt.error)
