"""Away, and back."""

from django.db import transaction
from django.utils import timezone

from events.types import TICKET_DELETED
from tickets.actions.base import hold, save, tell
from tickets.models import Ticket
from workspaces.models import Member


@transaction.atomic
def delete(ticket: Ticket, *, by: Member | None) -> Ticket:
    """For thirty days it can be brought back; its conversations keep it in mind. Twice records once."""
    return _put_away(ticket, by, True)


@transaction.atomic
def restore(ticket: Ticket, *, by: Member | None) -> Ticket:
    return _put_away(ticket, by, False)


def _put_away(ticket: Ticket, by: Member | None, deleted: bool) -> Ticket:
    ticket = hold(ticket)
    if bool(ticket.deleted_at) != deleted:
        ticket.deleted_at = timezone.now() if deleted else None
        save(ticket, "deleted_at")
        tell(TICKET_DELETED, ticket, by=by, deleted=deleted)
    return ticket
