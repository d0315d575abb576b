"""Words to the team alone."""

import uuid

from django.db import transaction
from django.db.models import F

from conversations import mentions
from conversations.actions.base import lock
from conversations.actions.drafts import drop_draft
from conversations.append import preview_of
from conversations.models import Comment, Conversation, DraftMode
from events.record import record
from events.types import COMMENT_ADDED
from workspaces.models import Member


@transaction.atomic
def comment(
    conversation: Conversation,
    *,
    body: str,
    by: Member | None,
    client_id: uuid.UUID | None = None,
    author_name: str = "",
) -> Comment:
    """Say something to the team. It re-opens nothing and never leaves the building (CO-1, ST-2).

    A rule has no member; it says so under `author_name`.
    Raises CannotMention when it names somebody who would not see it (CO-2).
    """
    conversation = lock(conversation)
    named = mentions.find_named(conversation, body)
    row, created = Comment.objects.get_or_create(
        conversation=conversation,
        client_id=client_id or uuid.uuid4(),
        defaults={
            "author": by,
            "author_name": by.display_name if by else author_name,
            "body": body,
            "mentioned": named.names,
        },
    )
    if created:
        mentions.remember(row, named, by=by)
        conversation.preview, conversation.preview_kind = preview_of(body), "comment"
        conversation.last_activity_at = row.created_at
        conversation.version = F("version") + 1
        conversation.save(update_fields=["preview", "preview_kind", "last_activity_at", "version"])
        if by:
            drop_draft(conversation, by=by, mode=DraftMode.COMMENT)
        record(COMMENT_ADDED, conversation, by=by, comment=row.pk)
    return row
