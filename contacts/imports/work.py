"""An import from its file to its end, and back: each piece is a transaction, so that a stop costs one piece.

The check reads the whole file and writes nothing; after a stop it begins again.
"""

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contacts.files_of import language_of
from contacts.imports.chunk import Done, plan
from contacts.imports.mapping import guess, own_of_rows, targets
from contacts.imports.reading import head_of, keep, records
from contacts.imports.rows import Reader
from contacts.imports.undo import undo_some
from contacts.imports.write import write
from contacts.models import ContactImport, ContactList, ImportState, OnMatch
from workspaces.audit import note
from workspaces.models import Member
from workspaces.scope import workspace_scope

PIECE = 500
UNDO_WITHIN = timedelta(days=30)
STALLED = timedelta(seconds=60)
TRIES = 5
SHOWN = 10
AT_ONCE = 5  # that are not over, of one workspace


class NotNow(Exception):
    """It is over, goes on already, or was never checked."""

    message = gettext_lazy("This is not possible now.")


def upload(file: UploadedFile, *, by: Member) -> ContactImport:
    """Keep a file and guess what its columns are. Raises ValidationError in words."""
    if ContactImport.objects.filter(finished_at=None).count() >= AT_ONCE:
        raise ValidationError(_("Finish or delete an import that waits first."))
    job = ContactImport(
        workspace_id=by.workspace_id, member=by, name=(file.name or "")[:200], size=file.size or 0
    )
    keep(file, job.path)
    try:
        head = head_of(job.path)
    except ValidationError:
        job.path.unlink(missing_ok=True)
        raise
    job.delimiter, job.columns, job.sample = head.delimiter, head.columns, head.sample
    job.mapping = guess(head.columns, head.sample, own_of_rows())
    job.save()
    return job


@transaction.atomic
def check(
    job: ContactImport, *, mapping: list[str], on_match: str, into: ContactList | None
) -> ContactImport:
    """Name the columns and begin the check. Raises ValidationError in words, or NotNow."""
    job = _locked(job, ImportState.MAPPING, ImportState.CHECKED)
    known = {key for key, _word in targets(own_of_rows())}
    kept = [key if key in known else "" for key in mapping][: len(job.columns)]
    chosen = [key for key in kept if key]
    if not {"name", "first_name", "last_name", "email", "phone"} & set(chosen):
        raise ValidationError(_("Choose which column holds the name, the email address or the phone number."))
    if len(chosen) > len(set(chosen)):
        raise ValidationError(_("Two columns cannot be about the same."))
    job.mapping, job.contact_list = kept, into
    job.on_match = on_match if on_match in OnMatch.values else OnMatch.UPDATE
    job.state, job.plan, job.row = ImportState.CHECKING, {}, 0
    return _begin(job)


@transaction.atomic
def start(job: ContactImport, *, by: Member) -> ContactImport:
    """Take it in. Raises NotNow when it was not checked, or began."""
    job = _locked(job, ImportState.CHECKED)
    job.state, job.position, job.row, job.counts = ImportState.RUNNING, 0, 0, {}
    note("import.started", f"{job.name} ({job.pk})", member=by)
    return _begin(job)


@transaction.atomic
def take_back(job: ContactImport, *, by: Member) -> ContactImport:
    """Undo what it did; what was touched since stays. Raises NotNow after thirty days."""
    job = _locked(job, ImportState.DONE, ImportState.FAILED)
    if job.finished_at is None or job.finished_at < timezone.now() - UNDO_WITHIN:
        raise NotNow
    job.state, job.position, job.plan = ImportState.UNDOING, 0, job.plan | {"undone": {}}
    note("import.undone", f"{job.name} ({job.pk})", member=by)
    return _begin(job)


@transaction.atomic
def drop(job: ContactImport) -> None:
    """Let go of a file that was never taken in. Raises NotNow for others: what they did must stay undoable."""
    job = _locked(job, ImportState.MAPPING, ImportState.CHECKED)
    transaction.on_commit(partial(job.path.unlink, missing_ok=True), robust=True)
    job.delete()


def _locked(job: ContactImport, *states: str) -> ContactImport:
    job = ContactImport.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state not in states:
        raise NotNow
    return job


def _begin(job: ContactImport) -> ContactImport:
    from contacts.tasks import run_import

    job.moved_at, job.attempts = timezone.now(), 0
    job.save()
    transaction.on_commit(partial(run_import.delay, job.workspace_id, job.pk), robust=True)
    return job


# ── In the worker ──


def run(workspace_id: int, pk: int) -> None:
    """Go on with it until it stops by itself."""
    with workspace_scope(workspace_id):
        job = ContactImport.objects.select_related("member__user", "workspace").filter(pk=pk).first()
    if job is None:
        return
    with override(language_of(job)):
        try:
            if job.state == ImportState.CHECKING:
                _check_all(job)
            while _step(workspace_id, pk):
                pass
        except Exception:
            _count_try(workspace_id, pk)
            raise


def _count_try(workspace_id: int, pk: int) -> None:
    """A piece that fails again and again ends it; what was done until there can be taken back."""
    with workspace_scope(workspace_id):
        job = ContactImport.objects.select_for_update(of=("self",)).get(pk=pk)
        job.attempts += 1
        if job.attempts >= TRIES:
            job.state, job.finished_at = ImportState.FAILED, timezone.now()
        job.save(update_fields=["attempts", "state", "finished_at"])


def _reader(job: ContactImport) -> Reader:
    return Reader.load(job.mapping, own_of_rows(), job.workspace_id)


def _check_all(job: ContactImport) -> None:
    """Read all rows against the contacts there are. Memory holds a number for each address of the file, and one piece."""
    found = records(job.path, _behind_head(job), job.delimiter)
    counts: Counter[str] = Counter()
    mistakes: list[dict] = []
    shown: list[dict] = []
    seen: set[int] = set()
    first = 2
    with workspace_scope(job.workspace_id):
        reader = _reader(job)
    while piece := list(islice(found, PIECE)):
        with workspace_scope(job.workspace_id):
            done = plan(piece, first, reader, job.on_match, locked=False, seen=seen)
            counts.update(one.outcome for one in done)
            mistakes += [_mistake(one) for one in done if one.error][: SHOWN - len(mistakes)]
            shown += [_shown(one) for one in done if not one.error][: SHOWN - len(shown)]
            alive = ContactImport.objects.filter(pk=job.pk, state=ImportState.CHECKING)
            if not alive.update(row=first - 2 + len(piece), moved_at=timezone.now()):
                return
        first += len(piece)
    told = {"counts": dict(counts), "rows": first - 2, "mistakes": mistakes, "shown": shown}
    with workspace_scope(job.workspace_id):
        ContactImport.objects.filter(pk=job.pk, state=ImportState.CHECKING).update(
            state=ImportState.CHECKED, plan=told, moved_at=timezone.now()
        )


def _mistake(one: Done) -> dict:
    return {"row": one.row, "error": one.error, "raw": [value[:60] for value in one.raw[:6]]}


def _shown(one: Done) -> dict:
    told = one.told.get("name") or one.told.get("email") or one.told.get("phone")
    return {"row": one.row, "outcome": one.outcome, "name": str(told)[:100], "keys": sorted(one.after)}


def _behind_head(job: ContactImport) -> int:
    return next(records(job.path, 0, job.delimiter)).end


def _step(workspace_id: int, pk: int) -> bool:
    """One piece, in one transaction. True while there is more."""
    with workspace_scope(workspace_id):
        rows = ContactImport.objects.select_for_update(of=("self",)).select_related("member", "contact_list")
        job = rows.filter(pk=pk).first()
        if job is None or job.state not in (ImportState.RUNNING, ImportState.UNDOING):
            return False
        if job.state == ImportState.UNDOING:
            undo_some(job, PIECE)
        else:
            _take_some(job)
        job.moved_at, job.attempts = timezone.now(), 0
        job.save()
        return job.state in (ImportState.RUNNING, ImportState.UNDOING)


def _take_some(job: ContactImport) -> None:
    found = records(job.path, job.position or _behind_head(job), job.delimiter)
    piece = list(islice(found, PIECE))
    if piece:
        done = plan(piece, job.row + 2, _reader(job), job.on_match, locked=True)
        write(job, done)
        job.counts = dict(Counter(job.counts) + Counter(str(one.outcome) for one in done))
        job.position, job.row = piece[-1].end, job.row + len(piece)
    if len(piece) < PIECE:
        finish(job)


def finish(job: ContactImport) -> None:
    """The file goes: what is needed from it stands in rows."""
    job.state, job.finished_at, job.sample = ImportState.DONE, timezone.now(), []
    job.plan = {"rows": job.row}
    transaction.on_commit(partial(job.path.unlink, missing_ok=True), robust=True)
    note("import.finished", f"{job.name} ({job.pk})", after=job.counts, member=job.member)


def stalled() -> list[tuple[int, int]]:
    """(workspace, import) of those whose worker died."""
    going = Q(state__in=[ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING])
    rows = ContactImport.unscoped.using("maintenance").filter(going, moved_at__lt=timezone.now() - STALLED)
    return list(rows.values_list("workspace_id", "pk")[:20])
