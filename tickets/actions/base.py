"""What the verbs share: the lock, the row with its version, and the log with the ticket's history."""

from typing import Any

from django.utils import timezone

from conversations.models import Conversation
from events.models import Event
from events.record import record
from tickets.models import Ticket, TicketEvent
from workspaces.models import Member


def lock(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("pipeline", "stage", "owner")
    return rows.get(pk=ticket.pk)


def save(ticket: Ticket, *fields: str) -> None:
    ticket.version += 1
    ticket.updated_at = timezone.now()
    ticket.save(update_fields=[*fields, "version", "updated_at"])


def tell(
    type: str,
    ticket: Ticket,
    *,
    by: Member | None = None,
    conversation: Conversation | None = None,
    actor_kind: str = "",
    **payload: Any,
) -> Event:
    """Write an event about a ticket, and note it in the ticket's history."""
    event = record(type, conversation, by=by, actor_kind=actor_kind, ticket=ticket.pk, **payload)
    TicketEvent.objects.create(ticket=ticket, event=event)
    return event


def on_top() -> float:
    """The place above all that are in a column now."""
    return -timezone.now().timestamp()
