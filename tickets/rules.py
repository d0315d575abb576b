"""Rules of a pipeline for people: in which stages they may make tickets, and how they may move them (TK-9).

What happens by itself, and owners and admins, are free of them.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from events.types import TICKET_STAGE_CHANGED
from tickets.models import Pipeline, Stage, Ticket, TicketEvent
from tickets.pipelines import stages_of
from tickets.refusals import StageRefused
from workspaces.models import Member
from workspaces.permissions import Role

# How long whoever moved a ticket can take that back, whatever the pipeline says about moving.
TAKEN_BACK = timedelta(minutes=5)


def is_bound(by: Member | None) -> bool:
    return by is not None and by.role not in (Role.OWNER, Role.ADMIN)


def check_creation(pipeline: Pipeline, stage: Stage, by: Member | None) -> None:
    """Raises StageRefused."""
    if is_bound(by) and pipeline.created_in and stage.pk not in pipeline.created_in:
        raise StageRefused(_("No ticket may be made in “%(stage)s”.") % {"stage": stage.name})


def check_move(ticket: Ticket, to: Stage, by: Member | None, *, undo: bool = False) -> None:
    """Raises StageRefused. Into another pipeline it comes as if it were made there."""
    if not is_bound(by) or ticket.stage_id == to.pk or (undo and _takes_back(ticket, to, by)):
        return
    if ticket.pipeline_id != to.pipeline_id:
        check_creation(to.pipeline, to, by)
        return
    order = [stage.pk for stage in stages_of(ticket.pipeline)]
    step = order.index(to.pk) - order.index(ticket.stage_id)
    if step < 0 and ticket.pipeline.forbids_backwards:
        raise StageRefused(_("Tickets of this pipeline do not move backwards."))
    if step > 1 and ticket.pipeline.forbids_skipping:
        raise StageRefused(_("Tickets of this pipeline do not skip a stage."))


def _takes_back(ticket: Ticket, to: Stage, by: Member | None) -> bool:
    """The last move was this member's own, from there, a moment ago."""
    moves = TicketEvent.objects.filter(ticket=ticket, event__type=TICKET_STAGE_CHANGED)
    last = moves.select_related("event").order_by("-event").first()
    if last is None or by is None or last.event.actor_id != by.pk:
        return False
    return last.event.payload.get("previous") == to.pk and last.event.created_at > timezone.now() - TAKEN_BACK
