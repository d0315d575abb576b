"""What happens is told to clocks only in workspaces that promise anything: others pay nothing for it."""

from events.interest import ask_for
from events.types import (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    TICKET_CLOSED,
    TICKET_CREATED,
    TICKET_DELETED,
    TICKET_EDITED,
    TICKET_LINKED,
    TICKET_MERGED,
    TICKET_PARTED,
    TICKET_PRIORITY_CHANGED,
    TICKET_REOPENED,
    TICKET_SPLIT,
    TICKET_STAGE_CHANGED,
    TICKET_UNLINKED,
)

HEARD = (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    TICKET_CLOSED,
    TICKET_CREATED,
    TICKET_DELETED,
    TICKET_EDITED,
    TICKET_LINKED,
    TICKET_MERGED,
    TICKET_PARTED,
    TICKET_PRIORITY_CHANGED,
    TICKET_REOPENED,
    TICKET_SPLIT,
    TICKET_STAGE_CHANGED,
    TICKET_UNLINKED,
)


def ask() -> None:
    """From now on `turn_clocks` is owed for what happens in this workspace."""
    from tickets.sla.reactions import turn_clocks  # which imports what comes here

    ask_for(turn_clocks, HEARD)
