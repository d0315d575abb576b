"""Two conversations become one on screen, and can be parted again.

The messages of the one that goes stay its own: numbers keep having no gaps, answers to it still find it, and parting
moves nothing. The line of the one that stays shows them all, in the order in which they happened.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.base import lock, with_it
from conversations.models import Conversation, Status
from events.models import Event
from events.record import record
from events.types import CONVERSATION_MERGED, CONVERSATION_PARTED
from inboxes.kinds import get_kind
from inboxes.models import Inbox
from workspaces.models import Member, Team

STOOD = ("status", "inbox_id", "assignee_id", "team_id")


class CannotMerge(Exception):
    """Why these two cannot become one, in words."""


@transaction.atomic
def merge(kept: Conversation, gone: Conversation, *, by: Member) -> Conversation:
    """Show `gone` within `kept` from now on. Raises CannotMerge."""
    kept, gone = _locked(kept, gone)
    _check(kept, gone)
    gone.merged.update(merged_into=kept)
    was = {name: getattr(gone, name) for name in STOOD}
    gone.merged_into, gone.status = kept, Status.CLOSED
    gone.closed_at, gone.snoozed_until = gone.closed_at or kept.last_activity_at, None
    gone.version += 1
    gone.save(update_fields=["merged_into", "status", "closed_at", "snoozed_until", "version"])
    since = [at for at in (kept.waiting_since, gone.waiting_since) if at]
    was["waiting"] = kept.waiting_since and kept.waiting_since.isoformat()
    kept.waiting_since = min(since) if since else None
    kept.last_activity_at = max(kept.last_activity_at, gone.last_activity_at)
    kept.version += 1
    kept.save(update_fields=["waiting_since", "last_activity_at", "version"])
    with_it(kept)
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
    """Undo a merge: it stands for itself again, where it stood. Parting twice records once."""
    gone = lock(gone)
    kept = gone.merged_into
    if kept is None:
        return gone
    kept = lock(kept)
    was = _stood(kept, gone)
    gone.merged_into = None
    if (
        was.get("status", Status.OPEN) != Status.CLOSED
    ):  # a snooze is not taken up again: its hour may have passed
        gone.status, gone.closed_at = Status.OPEN, None
    for name in ("inbox_id", "assignee_id", "team_id"):
        setattr(gone, name, was.get(name, getattr(gone, name)))
    gone.version += 1
    gone.save()
    if kept.waiting_since and kept.waiting_since == gone.waiting_since:
        kept.waiting_since = was.get("waiting")
    kept.version += 1
    kept.save(update_fields=["waiting_since", "version"])
    record(CONVERSATION_PARTED, kept, by=by, other=gone.pk, subject=_called(gone))
    return gone


def _stood(kept: Conversation, gone: Conversation) -> dict:
    """Where it stood before it was merged, as the log has it; inboxes and people that are gone are left out."""
    merges = Event.objects.filter(conversation_id=kept.pk, type=CONVERSATION_MERGED, payload__other=gone.pk)
    was = merges.order_by("-pk").values_list("payload__was", flat=True).first()
    was = dict(was) if isinstance(was, dict) else {}
    for name, model in (("inbox_id", Inbox), ("team_id", Team), ("assignee_id", Member)):
        if was.get(name) and not model.objects.filter(pk=was[name], workspace=gone.workspace_id).exists():
            del was[name]
    if was.get("waiting"):
        was["waiting"] = datetime.fromisoformat(was["waiting"])
    return was
