"""What is let go of with time."""

from celery import shared_task
from django.utils import timezone

from contacts.merge import UNDO_WITHIN
from contacts.models import MergeRecord
from workspaces.scope import workspace_scope


@shared_task
def forget_merges() -> int:
    """Forget who a merged contact was once the merge cannot be undone any more. Returns how many."""
    old = MergeRecord.unscoped.using("maintenance").filter(created_at__lt=timezone.now() - UNDO_WITHIN)
    rows = list(old.values_list("workspace_id", "pk")[:1000])
    for workspace_id, pk in rows:
        with workspace_scope(workspace_id):
            MergeRecord.objects.filter(pk=pk).delete()
    return len(rows)
