"""What of a file a visitor is told, and which files a message of theirs may take along.

A browser asks for pictures and downloads without our headers, so their addresses carry a proof: signed for one
workspace, one file and one visitor, good for five minutes. It names none of them; whom it is for is looked up anew.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from django.core import signing
from django.http import Http404
from django.urls import reverse

from contacts.models import Visitor
from conversations import files
from conversations.models import Attachment, Conversation
from inboxes.models import Channel

GOOD_FOR = timedelta(minutes=5)
SIGNER = signing.TimestampSigner(salt="chatflows.widget.files")


def allowed_in(channel: Channel) -> bool:
    """CT-16: a channel may take no files."""
    return channel.config.get("attachments") is not False


def shown(rows: Sequence[Attachment], visitor: Visitor, key: str) -> list[dict]:
    """Files as the visitor's panel shows them; `key` is the public key of their channel."""
    return [shown_one(row, visitor, key) for row in rows]


def shown_one(row: Attachment, visitor: Visitor, key: str) -> dict:
    query = "?" + urlencode({"key": key, "proof": _proof(row, visitor)})
    return {
        "id": str(row.storage_key),
        "name": row.name,
        "size": row.size,
        "type": row.content_type,
        "url": reverse("widget:file", args=[row.storage_key]) + query,
        "thumb": reverse("widget:thumb", args=[row.storage_key]) + query if row.thumb_key else "",
    }


def _proof(row: Attachment, visitor: Visitor) -> str:
    claim = _claim(row, visitor.pk)
    return SIGNER.sign(claim).removeprefix(f"{claim}:")


def _claim(row: Attachment, visitor_id: int) -> str:
    return f"{row.workspace_id}.{row.storage_key}.{visitor_id}"


def check(row: Attachment, visitor_id: int, proof: str) -> None:
    """Raises Http404 for a proof that is old, changed, or of another file, visitor or workspace."""
    try:
        SIGNER.unsign(f"{_claim(row, visitor_id)}:{proof[:200]}", max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Http404 from None


def has_room(visitor: Visitor, conversation: Conversation | None, more: int) -> None:
    """Raises FileRefused when a visitor's files and `more` bytes are too many."""
    if files.used_by_visitor(visitor, conversation) + more > files.VISITOR_TOTAL:
        raise files.FileRefused("quota")


def keys_of(
    visitor: Visitor, named: Sequence[str], conversation: Conversation | None
) -> tuple[uuid.UUID, ...]:
    """The files a post names, within what a message and a conversation hold. Raises FileRefused."""
    if len(named) > files.MOST_FILES:
        raise files.FileRefused("many")
    try:
        keys = tuple(uuid.UUID(key) for key in named)
    except ValueError:
        raise files.FileRefused("gone") from None
    if keys and files.used_by_visitor(visitor, conversation, keys) > files.VISITOR_TOTAL:
        raise files.FileRefused("quota")
    return keys
