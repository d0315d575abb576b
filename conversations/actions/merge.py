"""Two conversations become one on screen, and can be parted again.

The messages of the one that goes stay its own: numbers keep having no gaps, answers to it still find it, and parting
moves nothing. The line of the one that stays shows them all, in the order in which they happened.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.base import lock
from conversations.models import Conversation, Status
from events.record import record
from events.types import CONVERSATION_MERGED, CONVERSATION_PARTED
from inboxes.kinds import get_kind
from workspaces.models import Member


class CannotMerge(Exception):
    """Why these two cannot become one, in words."""


@transaction.atomic
def merge(kept: Conversation, gone: Conversation, *, by: Member) -> Conversation:
    """Show `gone` within `kept` from now on. Raises CannotMerge."""
    kept, gone = _locked(kept, gone)
    _check(kept, gone)
    gone.merged.update(merged_into=kept)
    was = gone.status
    gone.merged_into, gone.status = kept, Status.CLOSED
    gone.closed_at, gone.snoozed_until = gone.closed_at or kept.last_activity_at, None
    gone.version += 1
    gone.save(update_fields=["merged_into", "status", "closed_at", "snoozed_until", "version"])
    since = [at for at in (kept.waiting_since, gone.waiting_since) if at]
    kept.waiting_since = min(since) if since else None
    kept.last_activity_at = max(kept.last_activity_at, gone.last_activity_at)
    kept.version += 1
    kept.save(update_fields=["waiting_since", "last_activity_at", "version"])
    record(CONVERSATION_MERGED, kept, by=by, other=gone.pk, subject=_called(gone), was=was)
    return kept


def _locked(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    """In the order of their ids, so that two merges the other way round do not wait for each other."""
    rows = (
        Conversation.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk, other.pk]).order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise CannotMerge(_("Choose another conversation."))
    return found[one.pk], found[other.pk]


def _check(kept: Conversation, gone: Conversation) -> None:
    for row in (kept, gone):
        if row.merged_into_id:
            raise CannotMerge(_("This conversation is part of another one already."))
        if row.trashed_at or row.spam_at or row.filtered_at:
            raise CannotMerge(_("A conversation in the trash, in spam or filtered cannot be merged."))
    lives_on_a_page = get_kind(gone.channel_kind).visitors
    if lives_on_a_page and gone.visitor_id != kept.visitor_id:
        raise CannotMerge(
            _("The visitor of a live chat goes on writing there. Keep the chat and merge the other into it.")
        )


def _called(conversation: Conversation) -> str:
    return conversation.subject or conversation.contact_name


@transaction.atomic
def part(gone: Conversation, *, by: Member) -> Conversation:
    """Undo a merge: it stands for itself again, open. Parting twice records once."""
    gone = lock(gone)
    kept = gone.merged_into
    if kept is None:
        return gone
    gone.merged_into, gone.status, gone.closed_at = None, Status.OPEN, None
    gone.version += 1
    gone.save(update_fields=["merged_into", "status", "closed_at", "version"])
    Conversation.objects.filter(pk=kept.pk).update(version=kept.version + 1)
    record(CONVERSATION_PARTED, kept, by=by, other=gone.pk, subject=_called(gone))
    return gone
