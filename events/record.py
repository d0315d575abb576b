"""Write to the log. Always inside the transaction of the change that it tells of."""

from typing import Any

from django.db import transaction

from events import dispatch
from events.models import Audience, Event, ReactionDue
from events.types import PAYLOAD_KEYS
from workspaces.models import Member


def record(
    type: str,
    conversation=None,
    *,
    by: Member | None = None,
    actor_kind: str = "",
    audience: str = Audience.TEAM,
    **payload: Any,
) -> Event:
    """Add one event, and one row for each reaction to it; ring the bell when the transaction commits.

    `conversation` is a row or None; `by` the member who acted (None: the system, or `actor_kind` says who).
    Raises ValueError when the payload's keys are not those of the type (events/types.py).
    """
    if set(payload) - PAYLOAD_KEYS[type]:
        raise ValueError(f"{type} does not carry {sorted(set(payload) - PAYLOAD_KEYS[type])}")
    event = Event.objects.create(
        type=type,
        conversation_id=conversation.pk if conversation else None,
        actor=by,
        actor_kind=actor_kind or ("member" if by else "system"),
        audience=audience,
        payload=payload,
    )
    owed = [
        ReactionDue(workspace_id=event.workspace_id, event=event, name=name)
        for name in dispatch.reactions_to(type)
    ]
    ReactionDue.objects.bulk_create(owed)
    announce([event])
    return event


def announce(events: list[Event]) -> None:
    """After commit: tell the sockets, and nudge the worker when there is something to react to."""
    bells = [dispatch.Bell.of(event) for event in events]
    transaction.on_commit(lambda: dispatch.after_commit(bells), robust=True)
