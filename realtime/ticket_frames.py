"""What boards and lists of tickets hear: which ticket changed and where it stands. They ask for the card themselves."""

from collections import defaultdict
from collections.abc import Iterable

from events import types
from events.models import Event
from realtime.readers import Reader
from tickets.models import Ticket, TicketConversation

# What changes how the rows of all conversations of a ticket look: its number, and what is due.
SHOWN_ON_ROWS = {
    types.TICKET_SLA_CHANGED,
    types.TICKET_SLA_DUE_SOON,
    types.TICKET_SLA_OVERDUE,
    types.TICKET_MERGED,
    types.TICKET_PARTED,
    types.TICKET_SPLIT,
}
# What two tickets are named in, of which one comes to a board or leaves it.
TOGETHER = {types.TICKET_MERGED, types.TICKET_PARTED, types.TICKET_SPLIT}


def rows_beside(events: Iterable[Event]) -> dict[int, list[int]]:
    """{event: conversations of its ticket, other than the one that it names}. One query, and none without such events."""
    wanted = {
        event.pk: {event.payload.get("ticket"), event.payload.get("other")} - {None}
        for event in events
        if event.type in SHOWN_ON_ROWS
    }
    if not wanted:
        return {}
    of_ticket: defaultdict[int, list[int]] = defaultdict(list)
    ties = TicketConversation.objects.filter(ticket__in=set().union(*wanted.values()))
    for ticket, conversation in ties.values_list("ticket", "conversation"):
        of_ticket[ticket].append(conversation)
    named = {event.pk: event.conversation_id for event in events}
    return {
        pk: [one for ticket in tickets for one in of_ticket[ticket] if one != named[pk]]
        for pk, tickets in wanted.items()
    }


def ticket_frames(events: Iterable[Event], readers: Iterable[Reader]) -> dict[Reader, list[dict]]:
    """For each reader the frames of tickets that they may see now: two queries, whatever their number."""
    told: dict[Reader, list[dict]] = {reader: [] for reader in readers}
    of_tickets = [event for event in events if event.type.startswith("ticket.")]
    if not of_tickets:
        return told
    rows = Ticket.objects.prefetch_related("team_marks")
    named = [(event, pk) for event in of_tickets for pk in _named_in(event)]
    found = rows.in_bulk({pk for _event, pk in named})
    for event, pk in named:
        ticket = found.get(pk)
        if ticket is None:
            continue
        frame = _frame(event, ticket)
        for reader, frames in told.items():
            if _sees(reader, ticket):
                frames.append(frame)
    return told


def _named_in(event: Event) -> list[int]:
    """The ticket that it is about, and the one that became part of it or comes out of it."""
    both = (event.payload.get("ticket"), event.payload.get("other") if event.type in TOGETHER else None)
    return [pk for pk in both if pk]


def _frame(event: Event, ticket: Ticket) -> dict:
    return {
        "t": "ticket",
        "id": event.pk,
        "type": event.type,
        "ticket": ticket.pk,
        "number": ticket.number,
        "pipeline": ticket.pipeline_id,
        "stage": ticket.stage_id,
        "version": ticket.version,
        "gone": bool(ticket.deleted_at or ticket.merged_into_id),
        "actor": event.actor_id,
    }


def _sees(reader: Reader, ticket: Ticket) -> bool:
    """The same rule as TicketQuerySet.visible_to; who works in no inbox hears nothing live."""
    if ticket.inbox_id not in reader.inboxes and (ticket.inbox_id or not reader.inboxes):
        return False
    if not reader.only_own:
        return True
    if ticket.owner_id is None:
        return any(mark.team_id in reader.teams for mark in ticket.team_marks.all())
    return ticket.owner_id == reader.member_id
