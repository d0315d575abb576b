"""A customer's answer on the status page: a message of their last conversation, as if it had come by its own way."""

import uuid

from contacts.models import ContactAddress
from conversations.append import Appended
from conversations.inbound import Inbound
from conversations.models import Conversation
from conversations.receive import receive
from inboxes.kinds import get_kind
from tickets.models import TicketPass
from tickets.portal.shown import conversations_of

LONGEST = 10_000


def place_of(one: TicketPass) -> tuple[Conversation, str] | None:
    """Where an answer goes and under which address of theirs; None where there is no conversation to answer in."""
    conversation = (
        conversations_of(one).filter(channel__disconnected_at=None).order_by("-last_activity_at").first()
    )
    if conversation is None:
        return None
    kind = conversation.channel_kind if get_kind(conversation.channel_kind).one_thread else "email"
    rows = ContactAddress.objects.filter(contact=one.contact_id, kind=kind).order_by("pk")
    address = rows.values_list("value", flat=True).first()
    return (conversation, address) if address else None


def answer(one: TicketPass, body: str, key: uuid.UUID) -> Appended | None:
    """`key` names the page it was written on: sent twice it is one message. None for nothing, and where nothing can be answered."""
    body = body.replace("\x00", "").strip()[:LONGEST]
    place = place_of(one)
    if not body or place is None:
        return None
    conversation, address = place
    return receive(
        Inbound(
            channel=conversation.channel,
            body=body,
            address=address,
            name=conversation.contact_name,
            token_conversation=conversation.pk,
            token_address=address,
            external_id=f"status:{one.pk}:{key}",
        )
    )
