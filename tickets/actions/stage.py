"""Where a ticket stands: its stage, and its place on the board."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events.models import Event
from events.record import entry, record, record_all
from events.types import TICKET_CLOSED, TICKET_PLACED, TICKET_REOPENED, TICKET_STAGE_CHANGED
from tickets.actions.base import hold, keep_stage, on_top, save, tell
from tickets.models import Stage, Ticket, TicketEvent
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
    `undo`: what they did a moment ago they may take back. And for everybody when the stage is gone by now.
    """
    keep_stage(stage, before=ticket.stage_id)
    ticket = hold(ticket)
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
    ticket = hold(ticket)
    if ticket.position != position:
        ticket.position = position
        ticket.version += 1
        ticket.save(update_fields=["position", "version"])
        record(TICKET_PLACED, by=by, ticket=ticket.pk)
    return ticket


# ── All of a stage ──

BATCH = 1000
BY_SETTINGS = "settings"


@transaction.atomic
def carry_over(stage: Stage, to: Stage, *, was_closed: bool) -> int:
    """All tickets of a stage go to another one, or the stage itself (`to` the same) opens or closes them. Returns how many.

    Their logs say so, so that promises, reports and boards follow; their conversations stay as they are
    (tickets/reactions.py). Those that were closed and stay closed move without a word: there may be very many of them.
    """
    now = timezone.now()
    told: dict = {"stage": to, "version": F("version") + 1}
    if to.is_closed != was_closed:
        told["closed_at"] = now if to.is_closed else None
    ids = list(Ticket.objects.filter(stage=stage).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        rows = Ticket.objects.filter(pk__in=ids[start : start + BATCH])
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        rows.update(**told)
        if not (was_closed and to.is_closed):
            _tell_all(rows.filter(merged_into=None), stage, to, was_closed, now)
    return len(ids)


def _tell_all(rows, stage: Stage, to: Stage, was_closed: bool, now: datetime) -> None:
    rows.update(updated_at=now)
    events: list[Event] = []
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        told = {"ticket": pk, "stage": to.pk, "reason": BY_SETTINGS}
        if to.pk != stage.pk:
            more = {"previous": stage.pk, "pipeline": to.pipeline_id}
            events.append(entry(TICKET_STAGE_CHANGED, **told, **more))
        if to.is_closed != was_closed:
            events.append(entry(TICKET_CLOSED if to.is_closed else TICKET_REOPENED, **told))
    record_all(events)
    TicketEvent.objects.bulk_create(
        TicketEvent(workspace_id=event.workspace_id, ticket_id=event.payload["ticket"], event=event)
        for event in events
    )
