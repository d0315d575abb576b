"""What the verbs share: the lock, the row with its version, and the log with the ticket's history."""

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Conversation
from events.models import Event
from events.record import record
from tickets.models import Stage, Ticket, TicketEvent
from tickets.refusals import IsPart, StageRefused
from workspaces.models import Member

KEEP = "SELECT id FROM tickets_stage WHERE id = ANY(%s) ORDER BY position, id FOR KEY SHARE"


def lock(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("pipeline", "stage", "owner")
    return rows.get(pk=ticket.pk)


def hold(ticket: Ticket) -> Ticket:
    """The lock of whatever people do to a ticket: what is part of another by then is left alone. Raises IsPart."""
    ticket = lock(ticket)
    if ticket.merged_into_id:
        raise IsPart(Ticket.objects.values_list("number", flat=True).get(pk=ticket.merged_into_id))
    return ticket


def keep_stage(stage: Stage, *, before: int | None = None) -> None:
    """It stays until this transaction ends: whoever removes it waits (tickets/settings.py). Raises StageRefused.

    So does the one it comes from (`before`), whose counter changes too. Both are taken before the ticket's lock and in
    the order of the board, as removing does, so that the two never wait for each other. Moves do not wait for moves.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [[stage.pk, before or stage.pk]])
        if (stage.pk,) not in cursor.fetchall():
            raise StageRefused(_("This stage is not here any more."))


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
