"""Sweeps over conversations."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import connection
from django.utils import timezone

from conversations import bulk, leaving, quiet
from conversations import relocate as relocation
from conversations.actions import route_unanswered, send_scheduled, set_status
from conversations.models import (
    Attachment,
    Conversation,
    CountDelta,
    RoutingDecision,
    ScheduledReply,
    Status,
)
from workspaces.models import Member
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

UNCLAIMED = timedelta(hours=24)
DECISIONS_STAY = timedelta(days=30)
FOLD = """
WITH several AS (
    SELECT inbox_id, bucket FROM conversations_countdelta GROUP BY inbox_id, bucket HAVING count(*) > 1 OR sum(n) = 0
), taken AS (
    DELETE FROM conversations_countdelta d USING several s WHERE d.inbox_id = s.inbox_id AND d.bucket = s.bucket
    RETURNING d.inbox_id, d.bucket, d.n
)
INSERT INTO conversations_countdelta (workspace_id, inbox_id, bucket, n)
SELECT %s, inbox_id, bucket, sum(n) FROM taken GROUP BY inbox_id, bucket HAVING sum(n) <> 0
"""


@shared_task
def fold_counters() -> None:
    """Add the deltas of each counter together, so that reading one stays a handful of rows."""
    many = CountDelta.unscoped.using("maintenance").values("workspace_id").distinct()
    for row in many:
        with workspace_scope(row["workspace_id"]) as workspace_id, connection.cursor() as cursor:
            cursor.execute(FOLD, [workspace_id])


@shared_task
def wake_snoozed() -> None:
    """Open again what was snoozed until now."""
    due = Conversation.unscoped.using("maintenance").filter(
        status=Status.SNOOZED, snoozed_until__lte=timezone.now()
    )
    for workspace_id, pk in list(due.values_list("workspace_id", "pk")[:500]):
        with workspace_scope(workspace_id):
            conversation = Conversation.objects.filter(pk=pk, status=Status.SNOOZED).first()
            if conversation:
                set_status(conversation, Status.OPEN, by=None, reason="woken")


@shared_task
def sweep_files() -> None:
    """Let go of files that no message claimed within a day; their bytes go with them."""
    old = Attachment.unscoped.using("maintenance").filter(
        message=None, comment=None, created_at__lt=timezone.now() - UNCLAIMED
    )
    for workspace_id, pk in list(old.order_by("created_at").values_list("workspace_id", "pk")[:500]):
        with workspace_scope(workspace_id):
            # One that is being claimed at this moment is locked, and is no orphan; nor is what an answer waits with.
            for file in Attachment.objects.waiting().select_for_update(skip_locked=True).filter(pk=pk):
                if not ScheduledReply.objects.filter(files__contains=[str(file.storage_key)]).exists():
                    file.delete()


@shared_task
def send_due() -> int:
    """Send the answers whose moment has come; beat asks every second. Returns how many were looked at."""
    due = ScheduledReply.unscoped.using("maintenance").filter(held_because="", send_at__lte=timezone.now())
    rows = list(due.order_by("send_at").values_list("workspace_id", "pk")[:200])
    for workspace_id, pk in rows:
        try:
            with workspace_scope(workspace_id):
                send_scheduled(pk)
        except Exception:  # one that cannot be sent holds back no other
            log.exception("scheduled_reply_failed", reply_id=pk)
    return len(rows)


@shared_task
def run_bulk(workspace_id: int, job_id: int) -> None:
    """Go on with a bulk job, a batch a transaction, so that nobody waits for the whole of it."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            more = bulk.step(job_id)


@shared_task
def resume_bulk() -> None:
    """Go on with jobs whose worker died, from where they were."""
    for workspace_id, job_id in bulk.stalled():
        run_bulk.delay(workspace_id, job_id)


@shared_task
def recheck_unanswered() -> None:
    """Look at what was given out and should have been answered by now (RT-13)."""
    due = RoutingDecision.unscoped.using("maintenance").filter(recheck_at__lte=timezone.now())
    for workspace_id, pk in list(due.order_by("recheck_at").values_list("workspace_id", "pk")[:500]):
        try:
            with workspace_scope(workspace_id):
                route_unanswered(pk)
        except Exception:  # one that cannot be moved holds back no other
            log.exception("routing_recheck_failed", decision_id=pk)


@shared_task
def forget_decisions() -> None:
    """Why something went where it went is asked within a month, or never."""
    old = RoutingDecision.unscoped.using("maintenance").filter(created_at__lt=timezone.now() - DECISIONS_STAY)
    for workspace_id in list(old.values_list("workspace_id", flat=True).distinct()):
        with workspace_scope(workspace_id):
            RoutingDecision.objects.filter(created_at__lt=timezone.now() - DECISIONS_STAY).delete()


@shared_task
def hand_over(workspace_id: int, member_id: int) -> None:
    """Go on handing over what somebody who left had open, a batch a transaction (AC-7)."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            gone = Member.objects.filter(
                pk=member_id, workspace=workspace_id, deactivated_at__isnull=False
            ).first()
            more = gone is not None and leaving.hand_over(gone)


@shared_task
def resume_hand_over() -> None:
    for workspace_id, member_id in leaving.unfinished():
        hand_over.delay(workspace_id, member_id)


@shared_task
def relocate() -> int:
    """Go on with conversations that follow their channel or leave an inbox that goes. Returns how many rounds."""
    rounds = 0
    for workspace_id, pk in relocation.due():
        more = True
        while more:
            with workspace_scope(workspace_id):
                more = relocation.step(pk)
            rounds += 1
    return rounds


@shared_task
def close_quiet() -> int:
    """Close what has been silent for as long as its inbox or chat says (CT-13)."""
    return quiet.close_quiet()
