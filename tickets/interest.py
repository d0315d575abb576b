"""What happens to conversations is told to tickets only in workspaces that have any: others pay nothing for it."""

from events.interest import ask_for
from events.types import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_CONTACT_CHANGED,
    CONVERSATION_MOVED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
)

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

    ask_for(follow, FOLLOWED)
