"""What happens to conversations is told to tickets only in workspaces that have any: others pay nothing for it."""

from events.dispatch import name_of
from events.models import Interest
from events.types import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_CONTACT_CHANGED,
    CONVERSATION_MOVED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
)
from workspaces.scope import current_workspace_id

FOLLOWED = (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_MOVED,
    CONVERSATION_CONTACT_CHANGED,
)


def ask() -> None:
    """From now on `reactions.follow` is owed for what happens to this workspace's conversations."""
    from tickets.reactions import follow  # which imports the actions that come here

    name = name_of(follow)
    known = set(Interest.objects.filter(name=name).values_list("type", flat=True))
    missing = [
        Interest(workspace_id=current_workspace_id(), type=type, name=name)
        for type in FOLLOWED
        if type not in known
    ]
    if missing:
        Interest.objects.bulk_create(missing, ignore_conflicts=True)
