"""The reader: it follows the log of each workspace and keeps facts and roll-ups as the log tells them.

Those who write pay nothing for it: no reaction, no row, no trigger. Numbers of events are given before the writer commits,
so one may appear below another that was read already: the cursor moves only over events that are old enough, and older
than every transaction that still runs; younger ones are looked at each time, and what has no news is left alone.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from analytics import stories, writing
from analytics.days import Days
from analytics.models import Reading, Subject, SubjectRead
from analytics.place import horizon, reading
from events.types import CONVERSATION_CLOSED
from workspaces.scope import current_workspace_id

# And so young one that others with a lower number certainly are.
ON_THEIR_WAY = timedelta(seconds=2)
# So long it waits for whoever makes anew what was read: a piece of that takes about a second.
PATIENCE = 3.0
EVENTS = 2000
SUBJECTS = 200

_EVENTS = """
select id, type, conversation_id,
    case when payload->>'ticket' ~ '^[0-9]{1,18}$' then (payload->>'ticket')::bigint end,
    case when payload->>'other' ~ '^[0-9]{1,18}$' then (payload->>'other')::bigint end, created_at < %s
from events_event where workspace_id = %s and id > %s order by id limit %s
"""
_SEEN = "select count(*) from events_event where workspace_id = %s and id > %s and id <= %s"
_SETTLED_SEEN = """
select coalesce(min(id) - 1, %(seen)s) from events_event
where workspace_id = %(here)s and id > %(after)s and id <= %(seen)s and created_at >= %(since)s
"""
_SURELY = """
select distinct conversation_id from events_event
where workspace_id = %s and id > %s and id <= %s and type = %s and conversation_id is not null
"""
_SURELY_TICKETS = """
select ticket_id, max(event_id) from (
    select h.ticket_id, h.event_id from tickets_ticketevent h
    where h.workspace_id = %(here)s and h.event_id > %(after)s and h.event_id <= %(end)s
    union all
    select t.ticket_id, e.id from events_event e join tickets_ticketconversation t on t.conversation_id = e.conversation_id
    where e.workspace_id = %(here)s and e.id > %(after)s and e.id <= %(end)s
) as named group by ticket_id
"""
_TIED = """
select conversation_id, ticket_id from tickets_ticketconversation where workspace_id = %s and conversation_id = any(%s)
"""


# ── One pass ──


@dataclass
class Cut:
    """A piece of the log: whom it names, with the newest event that does, and up to where it is settled."""

    end: int = 0
    settled: int = 0
    whole: bool = True
    conversations: dict[int, int] = field(default_factory=dict)
    tickets: dict[int, int] = field(default_factory=dict)
    # Whom to read whatever was read before: what comes of an event in a moment leaves no event of its own.
    surely: set[int] = field(default_factory=set)
    surely_tickets: set[int] = field(default_factory=set)


def read(workspace_id: int, *, seconds: float = 20.0) -> int:
    """Read what is new, a batch a transaction; returns how many facts changed. Stops after some seconds: there is a next time."""
    until, changed = time.monotonic() + seconds, 0
    at: int | None = None
    while time.monotonic() < until:
        with reading(workspace_id, patience=PATIENCE) as place:
            if place is None:
                return changed
            if at is None:
                at = place.event_id
                if _nothing_came_late(place):
                    changed += _settle(place)
                    at = max(place.seen_id, place.event_id)
            cut = _cut(max(at, place.event_id), place.event_id)
            changed += _take(cut, place.days)
            _move(place, cut)
        at = cut.end
        if cut.whole:
            break
    return changed


# ── What was seen before ──


def _nothing_came_late(place: Reading) -> bool:
    """Whether what the last look saw above the cursor is all that is there."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [current_workspace_id(), place.event_id, place.seen_id])
        return cursor.fetchone()[0] == place.seen


def _settle(place: Reading) -> int:
    """Move the cursor over what is settled by now, reading once more only those of whom a moment may have made more."""
    here = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLED_SEEN, {"here": here, "after": place.event_id, "seen": place.seen_id, "since": horizon()}
        )
        end = cursor.fetchone()[0]
        if end <= place.event_id:
            return 0
        cursor.execute(_SURELY, [here, place.event_id, end, CONVERSATION_CLOSED])
        closed = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_SURELY_TICKETS, {"here": here, "after": place.event_id, "end": end})
        tickets = dict(cursor.fetchall())
    now, changed = timezone.now(), 0
    for begin in range(0, len(closed), SUBJECTS):
        changed += writing.write_conversations(closed[begin : begin + SUBJECTS], place.days, now)
    changed += writing.write_tickets(tickets, place.days, now)
    place.event_id = end
    return changed


def _cut(after: int, cursor_at: int) -> Cut:
    """The next events, as many as name some hundred subjects; `settled`: how far the cursor may move."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [horizon(), current_workspace_id(), after, EVENTS])
        rows = cursor.fetchall()
    cut = Cut(end=after, settled=cursor_at, whole=len(rows) < EVENTS)
    in_order = after == cursor_at
    for pk, type, conversation, ticket, other, settled in rows:
        named = {conversation, other} if type.startswith("conversation.") else {conversation}
        for one in named - {None}:
            cut.conversations[one] = pk
            if settled and type == CONVERSATION_CLOSED:
                cut.surely.add(one)
        for one in {ticket, other if ticket else None} - {None}:
            cut.tickets[one] = pk
        in_order = in_order and settled
        if in_order:
            cut.settled = pk
            cut.surely_tickets |= {ticket} - {None}
        cut.end = pk
        if len(cut.conversations) + len(cut.tickets) >= SUBJECTS:
            cut.whole = False
            break
    _tie(cut)
    return cut


def _tie(cut: Cut) -> None:
    """What happens in a conversation may end a promise about its ticket."""
    with connection.cursor() as cursor:
        cursor.execute(_TIED, [current_workspace_id(), list(cut.conversations)])
        for conversation, ticket in cursor.fetchall():
            event = cut.conversations[conversation]
            cut.tickets[ticket] = max(event, cut.tickets.get(ticket, 0))
            if event <= cut.settled:
                cut.surely_tickets.add(ticket)


def _take(cut: Cut, days: Days) -> int:
    """Read those that have news."""
    now = timezone.now()
    known = _read_before(Subject.CONVERSATION, cut.conversations)
    seen = [pk for pk, event in cut.conversations.items() if known.get(pk, (-1, 0))[0] >= event]
    far = stories.how_far(seen) if seen else {}
    old = {pk for pk in seen if far.get(pk) == known[pk]} - cut.surely
    changed = writing.write_conversations([pk for pk in cut.conversations if pk not in old], days, now)
    known = _read_before(Subject.TICKET, cut.tickets)
    news = {
        pk: event
        for pk, event in cut.tickets.items()
        if pk in cut.surely_tickets or known.get(pk, (-1, 0))[0] < event
    }
    return changed + writing.write_tickets(news, days, now)


def _read_before(subject: Subject, ids) -> dict[int, tuple[int, int]]:
    rows = SubjectRead.objects.filter(subject=subject, subject_id__in=list(ids))
    return {pk: (event, n) for pk, event, n in rows.values_list("subject_id", "event_id", "events")}


def _move(place: Reading, cut: Cut) -> None:
    """Note how far all is read, and how far all is seen: not the last moment, in which some are still on their way."""
    place.event_id, place.read_at = max(place.event_id, cut.settled), timezone.now()
    here, a_moment_ago = current_workspace_id(), place.read_at - ON_THEIR_WAY
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLED_SEEN, {"here": here, "after": place.event_id, "seen": cut.end, "since": a_moment_ago}
        )
        place.seen_id = max(cursor.fetchone()[0], place.event_id)
        cursor.execute(_SEEN, [here, place.event_id, place.seen_id])
        place.seen = cursor.fetchone()[0]
    place.save(update_fields=["event_id", "seen_id", "seen", "read_at"])


# ── What time alone brings ──


def look_again(workspace_id: int) -> int:
    """Read those of which time may have made a fact."""
    with reading(workspace_id) as place:
        if place is None:
            return 0
        due = SubjectRead.objects.filter(subject=Subject.CONVERSATION, look_at__lte=timezone.now())
        ids = list(due.order_by("look_at").values_list("subject_id", flat=True)[:SUBJECTS])
        return writing.write_conversations(ids, place.days, timezone.now())
