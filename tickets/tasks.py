"""Doors for Celery."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from tickets import leaving
from tickets.models import Ticket, TicketCount
from tickets.sla import sweep
from workspaces.models import Member
from workspaces.scope import workspace_scope

FOLD = """
WITH taken AS (DELETE FROM tickets_ticketcount RETURNING stage_id, inbox_id, n)
INSERT INTO tickets_ticketcount (workspace_id, stage_id, inbox_id, n)
SELECT %s, stage_id, inbox_id, sum(n) FROM taken GROUP BY stage_id, inbox_id HAVING sum(n) <> 0
"""


@shared_task
def fold_counts() -> None:
    """Add the deltas of each column together, so that reading one stays a handful of rows."""
    many = TicketCount.unscoped.using("maintenance").values("workspace_id").distinct()
    for row in many:
        with workspace_scope(row["workspace_id"]) as workspace_id:
            fold(workspace_id)


def fold(workspace_id: int) -> None:
    """Inside the scope."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [workspace_id])


@shared_task
def mark_due() -> int:
    """Say what is due soon and what is overdue (SL-5)."""
    return sweep.mark_due()


@shared_task
def forget_deleted() -> int:
    """What was deleted thirty days ago and not brought back. Returns how many."""
    old = Ticket.unscoped.using("maintenance").filter(deleted_at__lt=timezone.now() - leaving.KEPT_FOR)
    gone = 0
    for workspace_id, pk in list(old.order_by("pk").values_list("workspace_id", "pk")[:1000]):
        with workspace_scope(workspace_id):
            gone += leaving.forget(pk)
    return gone


@shared_task
def hand_over(workspace_id: int, member_id: int) -> None:
    """Go on handing over the tickets of somebody who left, a batch a transaction (AC-7)."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            gone = Member.objects.filter(pk=member_id, workspace=workspace_id).exclude(deactivated_at=None)
            member = gone.first()
            more = member is not None and leaving.hand_over(member)
