"""What is let go of with time."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from contacts import bulk
from contacts.merge import UNDO_WITHIN
from contacts.models import Contact, ContactJob, MergeRecord
from workspaces.scope import workspace_scope

KEPT_FOR = timedelta(days=30)


@shared_task
def forget_merges() -> int:
    """Forget who a merged contact was once the merge cannot be undone any more. Returns how many."""
    old = MergeRecord.unscoped.using("maintenance").filter(created_at__lt=timezone.now() - UNDO_WITHIN)
    rows = list(old.values_list("workspace_id", "pk")[:1000])
    for workspace_id, pk in rows:
        with workspace_scope(workspace_id):
            MergeRecord.objects.filter(pk=pk).delete()
    return len(rows)


@shared_task
def run_job(workspace_id: int, pk: int) -> None:
    """Do one job to its end, a few contacts a transaction."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            more = bulk.step(pk)


@shared_task
def resume_jobs() -> int:
    """Go on with jobs whose worker died. Returns how many."""
    left = bulk.stalled()
    for workspace_id, pk in left:
        run_job(workspace_id, pk)
    return len(left)


@shared_task
def forget_deleted() -> int:
    """Who was deleted thirty days ago goes for good; old jobs go, which hold what people were. Returns how many."""
    long_ago = timezone.now() - KEPT_FOR
    old = Contact.unscoped.using("maintenance").filter(deleted_at__lt=long_ago)
    rows = list(old.values_list("workspace_id", "pk")[:1000])
    for workspace_id, pk in rows:
        with workspace_scope(workspace_id):
            Contact.objects.filter(pk=pk, deleted_at__lt=long_ago).delete()
    done = ContactJob.unscoped.using("maintenance").filter(finished_at__lt=timezone.now() - timedelta(days=1))
    for workspace_id in set(done.values_list("workspace_id", flat=True)):
        with workspace_scope(workspace_id):
            ContactJob.objects.filter(finished_at__lt=timezone.now() - timedelta(days=1)).delete()
    return len(rows)
