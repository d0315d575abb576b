"""How urgent it is."""

from django.db import transaction

from conversations.actions.base import lock
from conversations.models import Conversation
from events.record import record
from events.types import CONVERSATION_PRIORITY_CHANGED
from workspaces.models import Member


@transaction.atomic
def set_priority(conversation: Conversation, priority: str, *, by: Member | None) -> Conversation:
    """Doing it twice records once."""
    conversation = lock(conversation)
    previous = conversation.priority
    if previous == priority:
        return conversation
    conversation.priority = priority
    conversation.version += 1
    conversation.save(update_fields=["priority", "version"])
    record(CONVERSATION_PRIORITY_CHANGED, conversation, by=by, priority=priority, previous=previous)
    return conversation
