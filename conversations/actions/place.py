"""Where a conversation stands: in which inbox, in the trash, followed by whom."""

from django.db import transaction
from django.utils import timezone

from conversations.actions.base import lock, with_it
from conversations.models import Conversation, Follow
from events.record import record
from events.types import CONVERSATION_MOVED, CONVERSATION_TRASHED
from inboxes.models import Inbox
from workspaces.models import Member


@transaction.atomic
def move(conversation: Conversation, inbox: Inbox, *, by: Member) -> Conversation:
    """To another inbox; whoever had it and does not work there lets go of it (CO-5)."""
    conversation = lock(conversation)
    previous = conversation.inbox_id
    if previous == inbox.pk:
        return conversation
    conversation.inbox = inbox
    if (
        conversation.assignee
        and not Inbox.objects.worked_by(conversation.assignee).filter(pk=inbox.pk).exists()
    ):
        conversation.assignee = None
    if conversation.team_id and not _works_in(conversation, inbox):
        conversation.team = None
    conversation.version += 1
    conversation.save(update_fields=["inbox", "assignee", "team", "version"])
    with_it(conversation)
    record(CONVERSATION_MOVED, conversation, by=by, **{"from": previous, "to": inbox.pk})
    return conversation


def _works_in(conversation: Conversation, inbox: Inbox) -> bool:
    return inbox.open_to_everyone or inbox.access.filter(team=conversation.team_id).exists()


@transaction.atomic
def trash(conversation: Conversation, *, by: Member) -> Conversation:
    """For thirty days it can be brought back; what the customer writes meanwhile begins anew (ST-4)."""
    return _put_in_trash(conversation, by, True)


@transaction.atomic
def restore(conversation: Conversation, *, by: Member) -> Conversation:
    return _put_in_trash(conversation, by, False)


def _put_in_trash(conversation: Conversation, by: Member, trashed: bool) -> Conversation:
    conversation = lock(conversation)
    if bool(conversation.trashed_at) == trashed:
        return conversation
    conversation.trashed_at = timezone.now() if trashed else None
    conversation.version += 1
    conversation.save(update_fields=["trashed_at", "version"])
    record(CONVERSATION_TRASHED, conversation, by=by, trashed=trashed)
    return conversation


def follow(conversation: Conversation, *, by: Member, on: bool = True) -> None:
    """Hear of it although it is somebody else's, or not any more (CO-6). Nobody is told."""
    if on:
        Follow.objects.get_or_create(conversation=conversation, member=by)
    else:
        Follow.objects.filter(conversation=conversation, member=by).delete()
