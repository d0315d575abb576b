"""Sweeps over conversations."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import connection
from django.utils import timezone

from conversations import bulk
from conversations.actions import send_scheduled, set_status
from conversations.models import Attachment, Conversation, CountDelta, ScheduledReply, Status
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

UNCLAIMED = timedelta(hours=24)
FOLD = """
WITH taken AS (DELETE FROM conversations_countdelta RETURNING inbox_id, bucket, n)
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
                set_status(conversation, Status.OPEN, by=None)


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
