"""What happens is told to clocks only in workspaces that promise anything: others pay nothing for it."""

from events.dispatch import name_of
from events.models import Interest
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
from workspaces.scope import current_workspace_id

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

    name = name_of(turn_clocks)
    known = set(Interest.objects.filter(name=name).values_list("type", flat=True))
    missing = [
        Interest(workspace_id=current_workspace_id(), type=type, name=name)
        for type in HEARD
        if type not in known
    ]
    if missing:
        Interest.objects.bulk_create(missing, ignore_conflicts=True)
