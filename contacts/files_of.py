"""What files leave behind, and when it goes."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.models import ContactExport, ContactImport, ImportRow, ImportState

# An import can be taken back for thirty days; a file that nobody took in, or fetched, goes sooner.
KEPT_FOR = timedelta(days=30)
WAITS_FOR = timedelta(days=7)


def language_of(job: ContactImport | ContactExport) -> str:
    """Of whoever reads it: reasons of mistakes, heads of columns."""
    return (job.member.user.language if job.member else "") or job.workspace.language


def _old_imports() -> Q:
    now = timezone.now()
    return Q(finished_at__lt=now - KEPT_FOR) | Q(finished_at=None, moved_at__lt=now - WAITS_FOR)


def _old_exports() -> Q:
    now = timezone.now()
    return Q(expires_at__lt=now) | Q(expires_at=None, moved_at__lt=now - WAITS_FOR)


def workspaces_with_old() -> set[int]:
    imports = ContactImport.unscoped.using("maintenance").filter(_old_imports())
    exports = ContactExport.unscoped.using("maintenance").filter(_old_exports())
    return {pk for rows in (imports, exports) for pk in rows.values_list("workspace_id", flat=True)[:200]}


@transaction.atomic
def forget_old() -> int:
    """In a scope. Returns how many files and imports went."""
    return _forget(ContactImport.objects.filter(_old_imports())) + _forget(
        ContactExport.objects.filter(_old_exports())
    )


def _forget(rows) -> int:
    n = 0
    for row in rows:
        _let_go(row)
        row.delete()
        n += 1
    return n


def _let_go(row: ContactImport | ContactExport) -> None:
    """Its file, and the halves that a worker which died left beside it."""
    for file in row.path.parent.glob(f"{row.path.stem}.*"):
        file.unlink(missing_ok=True)


@transaction.atomic
def forget_person() -> None:
    """Somebody is being erased: no file that may name them stays, waiting or made (T150). Numbers of imports stay."""
    ImportRow.objects.filter(contact=None, company=None).delete()
    _forget(ContactExport.objects.all())
    open_ones = ContactImport.objects.filter(
        state__in=[ImportState.MAPPING, ImportState.CHECKING, ImportState.CHECKED]
    )
    _forget(open_ones)
    # One that goes on is ended; one that failed has its file still.
    for row in ContactImport.objects.all():
        _let_go(row)
    going = ContactImport.objects.filter(state=ImportState.RUNNING)
    going.update(state=ImportState.FAILED, finished_at=timezone.now())
    ContactImport.objects.update(sample=[], plan={}, columns=[])
