"""What is let go of with time."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from contacts import bulk, exports, files_of, lists
from contacts.imports import work
from contacts.merge import UNDO_WITHIN
from contacts.models import CompanyMerge, Contact, ContactJob, MergeRecord
from workspaces.scope import workspace_scope

KEPT_FOR = timedelta(days=30)


@shared_task
def forget_merges() -> int:
    """Forget who a merged contact or company was once the merge cannot be undone any more. Returns how many."""
    n = 0
    for model in (MergeRecord, CompanyMerge):
        old = model.unscoped.using("maintenance").filter(created_at__lt=timezone.now() - UNDO_WITHIN)
        for workspace_id, pk in list(old.values_list("workspace_id", "pk")[:1000]):
            with workspace_scope(workspace_id):
                n += model.objects.filter(pk=pk).delete()[0]
    return n


@shared_task
def run_job(workspace_id: int, pk: int) -> None:
    """Do one job to its end, a few contacts a transaction."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            more = bulk.step(pk)


# A large file takes its time; a stop costs one piece.
@shared_task(time_limit=3600, soft_time_limit=3540)
def run_import(workspace_id: int, pk: int) -> None:
    work.run(workspace_id, pk)


@shared_task(time_limit=3600, soft_time_limit=3540)
def run_export(workspace_id: int, pk: int) -> None:
    exports.run(workspace_id, pk)


@shared_task
def resume_jobs() -> int:
    """Go on with what a worker that died has left. Returns how many."""
    left = bulk.stalled()
    for workspace_id, pk in left:
        run_job(workspace_id, pk)
    imports, files = work.stalled(), exports.stalled()
    for workspace_id, pk in imports:
        run_import.delay(workspace_id, pk)
    for workspace_id, pk in files:
        run_export.delay(workspace_id, pk)
    return len(left) + len(imports) + len(files)


@shared_task
def forget_files() -> int:
    """Files that were fetched or forgotten, and what was kept to take imports back. Returns how many went."""
    gone = 0
    for workspace_id in files_of.workspaces_with_old():
        with workspace_scope(workspace_id):
            gone += files_of.forget_old()
    return gone


@shared_task
def keep_lists() -> int:
    """Who belongs to which list now. Returns how many lists were looked at."""
    found = lists.due()
    for workspace_id, pk in found:
        with workspace_scope(workspace_id):
            lists.catch_up(pk)
    return len(found)


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
