"""Everything of a workspace as one file: a folder of lines of JSON for each table, and the files that people sent.

Parts are written a batch at a time and noted, so that a stop costs one batch; the archive is put together at the end.
"""

import base64
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from conversations.models import Attachment, PropertyFile, StoredFile
from records.models import Export, State
from workspaces.audit import note
from workspaces.models import Member
from workspaces.scope import WorkspaceModel, workspace_scope

BATCH, BATCH_OF_MAILS = 2000, 50
STAYS = timedelta(days=7)
CHUNK = 256 * 1024
# What can be made again from the rest, and what nobody outside may have.
LEFT_OUT = {
    "analytics.Rollup",
    "search.Entry",
    "conversations.CountDelta",
    "records.Export",
    "events.ReactionDue",
}
SECRET = (
    "secret",
    "token",
    "password",
    "p256dh",
    "auth",
    "session_key",
    "server_key",
    "credential",
    "private",
)
FOLDERS: dict[type[StoredFile], str] = {Attachment: "files", PropertyFile: "files-of-properties"}


class Running(Exception):
    """An archive is being made already."""


@transaction.atomic
def ask_for_export(by: Member) -> Export:
    """Note that an archive is wanted. Raises Running: one at a time."""
    if Export.objects.filter(state__in=[State.WAITING, State.RUNNING]).exists():
        raise Running
    export = Export.objects.create(member=by)
    note("export.requested", f"export {export.pk}", member=by)
    return export


def tables() -> list[type[models.Model]]:
    found = [model for model in apps.get_models() if issubclass(model, WorkspaceModel)]
    return sorted(
        (one for one in found if one._meta.label not in LEFT_OUT), key=lambda one: one._meta.label_lower
    )


def build(export_pk: int, workspace_id: int) -> None:
    """Write the archive. Called again after a stop it goes on where it was. Opens a scope for each batch."""
    for model in tables():
        while not _write_batch(export_pk, workspace_id, model):
            pass
    with workspace_scope(workspace_id):
        export = Export.objects.get(pk=export_pk)
    if export.state != State.RUNNING:
        return
    half = export.path.with_suffix(".part")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        archive.writestr("about.json", json.dumps(_about(workspace_id, export), indent=1))
        for part in sorted(export.folder.glob("*.jsonl")):
            archive.write(part, f"tables/{part.name}")
        for model, folder in FOLDERS.items():
            for file in _files(workspace_id, model):
                _add_file(archive, file, folder)
    half.rename(export.path)
    shutil.rmtree(export.folder, ignore_errors=True)
    with workspace_scope(workspace_id):
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_pk)
        if export.state != State.RUNNING:  # somebody was erased meanwhile
            export.path.unlink(missing_ok=True)
            return
        export.state, export.finished_at = State.DONE, timezone.now()
        export.expires_at, export.size = timezone.now() + STAYS, export.path.stat().st_size
        export.save(update_fields=["state", "finished_at", "expires_at", "size"])


def _write_batch(export_pk: int, workspace_id: int, model: type[models.Model]) -> bool:
    """Write the next rows of a table to a part of their own. Returns whether the table is done."""
    label = model._meta.label_lower
    with workspace_scope(workspace_id):
        export = Export.objects.select_for_update(of=("self",)).get(pk=export_pk)
        done, last = export.progress.get(label, [False, 0])
        if done or export.state != State.RUNNING:
            return True
        names = [one.attname for one in model._meta.concrete_fields if not _is_secret(one.attname)]
        most = (
            BATCH_OF_MAILS
            if any(isinstance(one, models.BinaryField) for one in model._meta.fields)
            else BATCH
        )
        rows = list(model.objects.filter(pk__gt=last).order_by("pk").values(*names)[:most])
        if rows:
            export.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = export.folder / f"{label}-{last:020}.jsonl"
            part.write_text("".join(_line(row) for row in rows))
            last = rows[-1][model._meta.pk.attname]
        export.counts[label] = export.counts.get(label, 0) + len(rows)
        export.progress[label] = [len(rows) < most, last]
        export.touched_at = timezone.now()
        export.save(update_fields=["progress", "counts", "touched_at"])
        return len(rows) < most


def _line(row: dict) -> str:
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"


def _plain(value):
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dict):
        return {key: "" if _is_secret(key) else _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET)


def _about(workspace_id: int, export: Export) -> dict:
    people = (
        Member.objects.filter(workspace_id=workspace_id).select_related("user", "workspace").order_by("pk")
    )
    return {
        "workspace": people[0].workspace.name if people else "",
        "made_at": timezone.now().isoformat(),
        "rows": export.counts,
        "members": [
            {"id": one.pk, "name": one.display_name, "email": one.user.email, "role": one.role}
            for one in people
        ],
    }


def _files(workspace_id: int, model: type[StoredFile]) -> Iterator[StoredFile]:
    last = 0
    while True:
        with workspace_scope(workspace_id):
            found = list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1].pk


def _add_file(archive: zipfile.ZipFile, file: StoredFile, folder: str) -> None:
    """A piece at a time; what is gone from the disk is left out."""
    try:
        source = default_storage.open(file.path, "rb")
    except FileNotFoundError:
        return
    name = f"{folder}/{file.pk}/{file.name.replace('/', '_').replace(chr(92), '_') or 'file'}"
    with source, archive.open(name, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, CHUNK)


def forget_bytes(export: Export) -> None:
    export.path.unlink(missing_ok=True)
    shutil.rmtree(export.folder, ignore_errors=True)


def forget_expired(export: Export) -> None:
    forget_bytes(export)
    Export.objects.filter(pk=export.pk).update(state=State.EXPIRED)
