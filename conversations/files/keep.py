"""Keeping, claiming and letting go of files. All of it runs inside the scope of a workspace."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.models import Visitor
from conversations.files.inspect import Checked, Limits, inspect
from conversations.files.refusal import FileRefused
from conversations.models import Attachment, Conversation, StoredFile
from workspaces.models import Member
from workspaces.scope import current_workspace_id

AnyFile = TypeVar("AnyFile", bound=StoredFile)


def store(
    upload, *, limits: Limits, member: Member | None = None, visitor: Visitor | None = None
) -> Attachment:
    """Look at an uploaded file and keep it, waiting for a message of its sender. Raises FileRefused."""
    return keep(inspect(upload, limits), member=member, visitor=visitor)


def keep(checked: Checked, *, member: Member | None = None, visitor: Visitor | None = None) -> Attachment:
    """A file that waits for a message of its sender."""
    return write(Attachment(uploader=member, visitor=visitor), checked)


def write(file: AnyFile, checked: Checked) -> AnyFile:
    """Write the bytes under random keys, then the row; when the row does not stand, neither do the bytes."""
    file.name, file.content_type, file.size = checked.name, checked.kind, checked.size
    file.storage_key, file.thumb_key = uuid.uuid4(), uuid.uuid4() if checked.thumb else None
    file.workspace_id = current_workspace_id()
    try:
        checked.content.seek(0)
        _write(file.path, File(checked.content))
        if checked.thumb:
            _write(file.thumb_path, ContentFile(checked.thumb))
        with transaction.atomic():
            file.save()
    except BaseException:
        forget_bytes(file)
        raise
    return file


def _write(path: str, content: File) -> None:
    # A storage that has to rename would file the bytes where no row looks for them.
    if default_storage.save(path, content) != path:
        raise OSError("The storage renamed a file with a random name.")


def forget_bytes(file: StoredFile) -> None:
    for path in filter(None, (file.path, file.thumb_path)):
        default_storage.delete(path)


def open_bytes(path: str) -> File | None:
    """The bytes, or None when they are gone."""
    try:
        return default_storage.open(path, "rb")
    except FileNotFoundError:
        return None


def take(
    keys: Sequence[uuid.UUID], *, member: Member | None = None, visitor: Visitor | None = None
) -> list[Attachment]:
    """Lock the waiting files of one sender, in the order named. Raises FileRefused when one is not theirs or taken."""
    if not keys:
        return []
    # In the order of their ids, whatever was asked: two orders are a deadlock.
    waiting = Attachment.objects.select_for_update(of=("self",)).waiting().order_by("pk")
    found = {
        file.storage_key: file
        for file in waiting.filter(storage_key__in=keys, uploader=member, visitor=visitor)
    }
    if len(found) != len(set(keys)):
        raise FileRefused("gone")
    return [found[key] for key in dict.fromkeys(keys)]


def attach(files: Sequence[Attachment], message_id: int) -> None:
    """Give taken files to a message of the same transaction."""
    if files:
        Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message_id=message_id)


def preview_of(files: Sequence[Attachment]) -> str:
    """What lists show of a message that is only files, in the language of its workspace."""
    if not files:
        return ""
    with translation.override(files[0].workspace.language):
        return _("File: %(name)s") % {"name": files[0].name}


def discard(key: uuid.UUID, *, member: Member) -> None:
    """Let go of a file that its sender decided not to send."""
    for file in Attachment.objects.waiting().filter(storage_key=key, uploader=member):
        file.delete()


def used_by_visitor(
    visitor: Visitor, conversation: Conversation | None, claimed: Sequence[uuid.UUID] = ()
) -> int:
    """Bytes of a visitor's files: in a conversation, and those named or, when none are, all that wait."""
    wanted = Q(message__conversation=conversation) if conversation else Q(pk=None)
    wanted |= Q(storage_key__in=claimed) if claimed else Q(message=None, comment=None)
    total = Attachment.objects.filter(wanted, visitor=visitor).aggregate(total=Sum("size"))["total"]
    return total or 0
