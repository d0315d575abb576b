"""Files that a workspace's own properties hold (TK-10): the keeper that contacts/custom_files.py asks for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from contacts.models import Company, Contact
from conversations.files.inspect import Checked, Limits, inspect
from conversations.files.keep import write
from conversations.files.refusal import FileRefused
from conversations.models import ConversationDetail, PropertyFile
from workspaces.origin import current_origin

LIMITS = Limits(size=20 * 1024 * 1024, only_known=False)


def check(upload: Any) -> Checked:
    try:
        return inspect(upload, LIMITS)
    except FileRefused as refused:
        raise ValidationError(str(refused)) from None


def is_fresh(value: Any) -> bool:
    return isinstance(value, Checked)


def _of(row: models.Model) -> dict[str, Any]:
    if isinstance(row, Contact):
        return {"contact_id": row.pk}
    if isinstance(row, Company):
        return {"company_id": row.pk}
    if isinstance(row, ConversationDetail):
        return {"conversation_id": row.conversation_id}
    return {"ticket_id": row.pk}


def keep(row: models.Model, key: str, checked: Checked) -> dict[str, Any]:
    uploader = current_origin().member
    file = write(PropertyFile(property_key=key, uploader=uploader, **_of(row)), checked)
    return {
        "key": str(file.storage_key),
        "name": file.name,
        "size": file.size,
        "thumb": file.thumb_key is not None,
    }


def forget(row: models.Model, value: dict[str, Any]) -> None:
    for file in PropertyFile.objects.filter(storage_key=value["key"], **_of(row)):
        file.delete()


def url(value: dict[str, Any], *, thumb: bool = False) -> str:
    member = current_origin().member
    name = "conversations:own_thumb" if thumb else "conversations:own_file"
    return reverse(name, args=[member.workspace.slug, value["key"]]) if member else ""
