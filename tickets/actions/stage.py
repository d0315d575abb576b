"""Where a ticket stands: its stage, and its place on the board."""

from django.db import transaction
from django.utils import timezone

from events.record import record
from events.types import TICKET_CLOSED, TICKET_PLACED, TICKET_REOPENED, TICKET_STAGE_CHANGED
from tickets.actions.base import lock, on_top, save, tell
from tickets.models import Stage, Ticket
from tickets.rules import check_move
from workspaces.models import Member


@transaction.atomic
def set_stage(
    ticket: Ticket,
    stage: Stage,
    *,
    by: Member | None,
    reason: str = "",
    position: float | None = None,
    undo: bool = False,
) -> Ticket:
    """Move it to a stage, of another pipeline too; without a position it goes on top. Twice records once.

    `by` None: it happens by itself. Raises StageRefused for people whom a rule of the pipeline binds (TK-9), but for
    `undo`: what they did a moment ago they may take back.
    """
    ticket = lock(ticket)
    if ticket.stage_id == stage.pk:
        return ticket if position is None else place(ticket, position, by=by)
    check_move(ticket, stage, by, undo=undo)
    previous, was_closed = ticket.stage_id, ticket.closed_at is not None
    ticket.stage, ticket.pipeline = stage, stage.pipeline
    ticket.position = on_top() if position is None else position
    if stage.is_closed != was_closed:
        ticket.closed_at = timezone.now() if stage.is_closed else None
    save(ticket, "stage", "pipeline", "position", "closed_at")
    told = {"stage": stage.pk, "reason": reason}
    tell(TICKET_STAGE_CHANGED, ticket, by=by, previous=previous, pipeline=stage.pipeline_id, **told)
    if stage.is_closed != was_closed:
        tell(TICKET_CLOSED if stage.is_closed else TICKET_REOPENED, ticket, by=by, **told)
    return ticket


@transaction.atomic
def place(ticket: Ticket, position: float, *, by: Member | None) -> Ticket:
    """Another place in the same column. It is no history, but the boards of others follow."""
    ticket = lock(ticket)
    if ticket.position != position:
        ticket.position = position
        ticket.version += 1
        ticket.save(update_fields=["position", "version"])
        record(TICKET_PLACED, by=by, ticket=ticket.pk)
    return ticket
