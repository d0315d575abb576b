"""Write to the log. Always inside the transaction of the change that it tells of."""

from typing import Any

from django.db import connection

from events import dispatch
from events.cause import cause_told
from events.models import Audience, Event
from events.types import PAYLOAD_KEYS
from workspaces.models import Member
from workspaces.scope import current_workspace_id

# What is on request is owed only where somebody asks: the look into that small table costs no statement of its own.
OWE = """
INSERT INTO events_reactiondue (workspace_id, event_id, name)
SELECT %s, r.event_id, r.name
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[]) WITH ORDINALITY AS r(event_id, type, name, asked, ord)
WHERE NOT r.asked OR EXISTS (
    SELECT 1 FROM events_interest i WHERE i.workspace_id = %s AND i.type = r.type AND i.name = r.name)
ORDER BY r.ord
"""


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
    event = entry(type, conversation, by=by, actor_kind=actor_kind, audience=audience, **payload)
    record_all([event])
    return event


def entry(
    type: str,
    conversation=None,
    *,
    by: Member | None = None,
    actor_kind: str = "",
    audience: str = Audience.TEAM,
    **payload: Any,
) -> Event:
    """An event that is not written yet, for record_all(). Takes and raises what record() does."""
    if set(payload) - PAYLOAD_KEYS[type]:
        raise ValueError(f"{type} does not carry {sorted(set(payload) - PAYLOAD_KEYS[type])}")
    return Event(
        workspace_id=current_workspace_id(),
        type=type,
        conversation_id=conversation.pk if conversation else None,
        actor=by,
        actor_kind=actor_kind or ("member" if by else "system"),
        audience=audience,
        payload=payload | cause_told(),
    )


def record_all(events: list[Event]) -> None:
    """Write many at once, with what is owed for them: two statements and one bell."""
    Event.objects.bulk_create(events)
    _owe(events)
    announce(events)


def _owe(events: list[Event]) -> None:
    owed = [(event.pk, event.type, name) for event in events for name in dispatch.reactions_to(event.type)]
    if not owed:
        return
    ids, types, names = map(list, zip(*owed, strict=True))
    workspace = current_workspace_id()
    asked = [dispatch.is_on_request(name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(OWE, [workspace, ids, types, names, asked, workspace])


def announce(events: list[Event]) -> None:
    """After commit: tell the sockets, and nudge the worker when there is something to react to."""
    dispatch.announce([dispatch.Bell.of(event) for event in events])
