"""The reader: it follows the log of each workspace and keeps facts and roll-ups as the log tells them.

Those who write pay nothing for it: no reaction, no row, no trigger. Numbers of events are given before the writer commits,
so one may appear below another that was read already: the cursor moves only over events that are old enough, and older
than every transaction that still runs; younger ones are looked at each time, and what has no news is left alone.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from analytics import rollups, stories, writing
from analytics.models import Reading, Subject, SubjectRead
from events.types import CONVERSATION_CLOSED
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id, workspace_scope

# So old is an event that nothing with a lower number can still be on its way.
SETTLED = timedelta(seconds=30)
# And so young one that others with a lower number certainly are.
ON_THEIR_WAY = timedelta(seconds=2)
EVENTS = 2000
SUBJECTS = 200
LOCK = 0x66696775  # the first of the two numbers of the advisory lock

_EVENTS = """
select id, type, conversation_id,
    case when payload->>'ticket' ~ '^[0-9]{1,18}$' then (payload->>'ticket')::bigint end,
    case when payload->>'other' ~ '^[0-9]{1,18}$' then (payload->>'other')::bigint end, created_at < %s
from events_event where workspace_id = %s and id > %s order by id limit %s
"""
_SETTLED_NOW = """
select coalesce(
    (select min(id) - 1 from events_event where workspace_id = %s and created_at >= %s),
    (select max(id) from events_event where workspace_id = %s), 0)
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
# Writers share our role, so we see since when each of them is at work.
_OLDEST = """
select min(xact_start) from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start is not null
"""
_TIED = """
select conversation_id, ticket_id from tickets_ticketconversation where workspace_id = %s and conversation_id = any(%s)
"""


@contextmanager
def reading(workspace_id: int) -> Iterator[Reading | None]:
    """The workspace's scope and place in the log, for one of us alone; None while another reads."""
    with workspace_scope(workspace_id):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, workspace_id % 2**31])
            if not cursor.fetchone()[0]:
                yield None
                return
        zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id)
        place, is_new = Reading.objects.get_or_create(defaults={"time_zone": zone}, workspace_id=workspace_id)
        if is_new:
            _begin(place)
        elif place.time_zone != zone:
            rollups.make_anew(zone)
            place.time_zone = zone
            place.save(update_fields=["time_zone"])
        yield place


def _begin(place: Reading) -> None:
    """The first time: history is read conversation by conversation (analytics/again.py), not event by event."""
    with connection.cursor() as cursor:
        here = current_workspace_id()
        cursor.execute(_SETTLED_NOW, [here, horizon(), here])
        place.event_id = cursor.fetchone()[0]
    place.again_asked_at = timezone.now()
    place.save()


def horizon() -> datetime:
    """Before it, the log is as it will be."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        oldest = cursor.fetchone()[0]
    settled = timezone.now() - SETTLED
    return min(settled, oldest - timedelta(seconds=1)) if oldest else settled


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
        with reading(workspace_id) as place:
            if place is None:
                return changed
            if at is None:
                at = place.event_id
                if _nothing_came_late(place):
                    changed += _settle(place)
                    at = max(place.seen_id, place.event_id)
            cut = _cut(max(at, place.event_id), place.event_id)
            changed += _take(cut, place.time_zone)
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
        changed += writing.write_conversations(closed[begin : begin + SUBJECTS], place.time_zone, now)
    changed += writing.write_tickets(tickets, place.time_zone, now)
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


def _take(cut: Cut, zone: str) -> int:
    """Read those that have news."""
    now = timezone.now()
    known = _read_before(Subject.CONVERSATION, cut.conversations)
    seen = [pk for pk, event in cut.conversations.items() if known.get(pk, (-1, 0))[0] >= event]
    far = stories.how_far(seen) if seen else {}
    old = {pk for pk in seen if far.get(pk) == known[pk]} - cut.surely
    changed = writing.write_conversations([pk for pk in cut.conversations if pk not in old], zone, now)
    known = _read_before(Subject.TICKET, cut.tickets)
    news = {
        pk: event
        for pk, event in cut.tickets.items()
        if pk in cut.surely_tickets or known.get(pk, (-1, 0))[0] < event
    }
    return changed + writing.write_tickets(news, zone, now)


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
        return writing.write_conversations(ids, place.time_zone, timezone.now())
