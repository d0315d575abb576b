"""Marks what is due soon and what is overdue, when its moment has come: found by an index, never by looking at all."""

from datetime import datetime

import structlog
from django.utils import timezone

from conversations.models import Conversation
from events.types import TICKET_SLA_DUE_SOON, TICKET_SLA_OVERDUE
from tickets.actions.base import lock, tell
from tickets.models import SlaClock, SlaState, Ticket
from tickets.sla.shown import show
from workspaces.scope import workspace_scope

BATCH = 500
log = structlog.get_logger(__name__)


def mark_due() -> int:
    """A batch of what has come due since, in whatever workspace; how many were marked."""
    now = timezone.now()
    rows = SlaClock.unscoped.using("maintenance").filter(watch_at__lte=now).order_by("watch_at")
    marked = 0
    for workspace_id, pk, ticket_id in list(rows.values_list("workspace_id", "pk", "ticket_id")[:BATCH]):
        try:
            with workspace_scope(workspace_id):
                marked += mark(ticket_id, pk, now)
        except Exception:  # one that cannot be marked holds back no other
            log.exception("sla_mark_failed", clock_id=pk)
    return marked


def mark(ticket_id: int, clock_id: int, now: datetime) -> bool:
    """Inside the scope. The ticket is locked first, as everybody does who turns its clocks."""
    ticket = lock(Ticket(pk=ticket_id))
    row = SlaClock.objects.filter(pk=clock_id, watch_at__lte=now).first()
    if row is None:
        return False
    late = row.due_at is not None and row.due_at <= now
    row.state = SlaState.OVERDUE if late else SlaState.DUE_SOON
    row.watch_at = None if late else row.due_at
    row.save(update_fields=["state", "watch_at"])
    show(ticket)
    tie = (
        ticket.ties.order_by("-conversation__last_activity_at").values_list("conversation", flat=True).first()
    )
    conversation = Conversation.objects.filter(pk=tie).first()
    tell(
        TICKET_SLA_OVERDUE if late else TICKET_SLA_DUE_SOON, ticket, conversation=conversation, goal=row.goal
    )
    return True
