"""Rules for people: in which stages they may make tickets, how they may move them (TK-9), and whom they may give them.

What happens by itself, and owners and admins, are free of them.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from events.types import TICKET_STAGE_CHANGED
from inboxes.models import Inbox
from tickets.models import Pipeline, Stage, Ticket, TicketEvent
from tickets.pipelines import stages_of
from tickets.refusals import NotTheirs, StageRefused
from workspaces.models import Member
from workspaces.permissions import Permission, Role

# How long whoever moved a ticket can take that back, whatever the pipeline says about moving.
TAKEN_BACK = timedelta(minutes=5)


def is_bound(by: Member | None) -> bool:
    return by is not None and by.role not in (Role.OWNER, Role.ADMIN)


def check_creation(pipeline: Pipeline, stage: Stage, by: Member | None) -> None:
    """Raises StageRefused. A rule that names only stages that are gone binds nobody."""
    allowed = {one.pk for one in stages_of(pipeline)} & set(pipeline.created_in)
    if is_bound(by) and allowed and stage.pk not in allowed:
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


def may_own(member: Member, inbox_id: int | None) -> bool:
    """Whoever owns a ticket works where it stands; one without an inbox is anybody's who works (AC-1)."""
    if inbox_id is None:
        return member.may(Permission.WORK)
    return Inbox.objects.worked_by(member).filter(pk=inbox_id).exists()


def check_owner(member: Member, inbox_id: int | None) -> None:
    """Raises NotTheirs."""
    if not may_own(member, inbox_id):
        raise NotTheirs(member.display_name)


def _takes_back(ticket: Ticket, to: Stage, by: Member | None) -> bool:
    """The last move was this member's own, from there, a moment ago."""
    moves = TicketEvent.objects.filter(ticket=ticket, event__type=TICKET_STAGE_CHANGED)
    last = moves.select_related("event").order_by("-event").first()
    if last is None or by is None or last.event.actor_id != by.pk:
        return False
    return last.event.payload.get("previous") == to.pk and last.event.created_at > timezone.now() - TAKEN_BACK
