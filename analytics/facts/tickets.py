"""The facts of a ticket: its own life, and what was promised about it."""

from datetime import datetime

from analytics.facts.spans import Spans
from analytics.facts.story import FactRow, TicketClock, TicketStory
from analytics.models import Kind
from events.types import TICKET_CLOSED, TICKET_OWNER_CHANGED, TICKET_REOPENED, TICKET_SLA_OVERDUE
from tickets.models import Goal

MET, TOO_LATE = "met", ("overdue", "breached")


def of_ticket(story: TicketStory) -> list[FactRow]:
    """All of them, in no order; none of one that is deleted or part of another."""
    if not story.present:
        return []
    facts = [_fact(story, Kind.TICKET_CREATED, "", story.created_at, story.owner)]
    states = [
        (event, event.type == TICKET_REOPENED)
        for event in story.events
        if event.type in (TICKET_CLOSED, TICKET_REOPENED)
    ]
    for closing in Spans.of(story.created_at, states, story.closed_at).closings:
        seconds, worked = story.hours.seconds(story.created_at, closing.at)
        owner, told = _owner_at(story, closing.at), {"seconds": seconds, "worked": worked}
        facts.append(_fact(story, Kind.TICKET_CLOSED, closing.key, closing.at, owner, **told))
        if closing.undone_at:
            seconds, worked = story.hours.seconds(closing.at, closing.undone_at)
            owner, told = _owner_at(story, closing.undone_at), {"seconds": seconds, "worked": worked}
            key = closing.undone_by
            facts.append(_fact(story, Kind.TICKET_REOPENED, key, closing.undone_at, owner, **told))
    return facts + _promises(story)


def _fact(story: TicketStory, kind: str, key: object, at: datetime, member: int, **more) -> FactRow:
    team = story.teams.get(member, 0) if member else story.row.team_id
    return story.row._replace(kind=str(kind), key=str(key), at=at, member_id=member, team_id=team, **more)


def _owner_at(story: TicketStory, at: datetime) -> int:
    changes = [event for event in story.events if event.type == TICKET_OWNER_CHANGED]
    if not changes:
        return story.owner
    owner = changes[0].payload.get("previous") or 0
    for event in changes:
        if event.at > at:
            break
        owner = event.payload.get("owner") or 0
    return owner


def _promises(story: TicketStory) -> list[FactRow]:
    facts = []
    for clock in story.clocks:
        if clock.state == MET and clock.ended_at:
            kind, at = Kind.SLA_MET, clock.ended_at
        elif clock.state in TOO_LATE and (late := clock.due_at or _told_late(story, clock) or clock.ended_at):
            kind, at = Kind.SLA_BREACHED, late
        else:
            continue
        facts.append(_fact(story, kind, clock.id, at, _owner_at(story, at), value=clock.goal))
    return facts


def _told_late(story: TicketStory, clock: TicketClock) -> datetime | None:
    """A clock that was stopped after its time has no moment of its own any more: the log has."""
    goal = Goal.values[clock.goal]
    told = (event for event in story.events if event.type == TICKET_SLA_OVERDUE)
    return next((event.at for event in told if event.payload.get("goal") == goal), None)
