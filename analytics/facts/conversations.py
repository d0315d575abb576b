"""The facts of a conversation (AN-5): docs/analytics.md says in words what each counts."""

from datetime import datetime

from analytics.facts.replies import of_replies
from analytics.facts.spans import Spans
from analytics.facts.story import Event, FactRow, Story
from analytics.models import Kind
from events.types import (
    BOT_HANDED_OVER,
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_REOPENED,
    CONVERSATION_SNOOZED,
)

OUTCOMES = {
    "completed": Kind.BOT_COMPLETED,
    "abandoned": Kind.BOT_ABANDONED,
    "handed_over": Kind.BOT_HANDED_OVER,
}


def of_conversation(story: Story) -> list[FactRow]:
    """All of them, in no order; none of what is set aside, deleted or part of another."""
    if not story.present:
        return []
    facts = [_fact(story, Kind.CREATED, "", story.created_at, member=story.owner)]
    spans = Spans.of(story.created_at, _states(story), story.closed_at)
    owners = Owners(story)
    facts += _closings(story, spans, owners)
    facts += of_replies(story, [closing.at for closing in spans.closings])
    facts += _given(story)
    facts += _bots(story)
    return facts + _votes(story)


def _fact(story: Story, kind: str, key: object, at: datetime, *, member: int = 0, **more) -> FactRow:
    team = story.teams.get(member, 0) if member else story.team
    more.setdefault("team_id", team)
    return story.row._replace(kind=str(kind), key=str(key), at=at, member_id=member, **more)


class Owners:
    """Who had it when."""

    def __init__(self, story: Story):
        given = [event for event in story.events if event.type == CONVERSATION_ASSIGNED]
        self.changes = [(event.id, event.payload.get("assignee") or 0) for event in given]
        self.first = (given[0].payload.get("previous") or 0) if given else story.owner
        self.last = story.owner

    def at(self, event: int) -> int:
        """Before an event; of what the log does not know (0), who has it now."""
        if not event:
            return self.last
        owner = self.first
        for changed, to in self.changes:
            if changed > event:
                break
            owner = to
        return owner


def _states(story: Story) -> list[tuple[Event, bool]]:
    """(event, whether it was open afterwards). A closed one that is put aside until later is open again."""
    found = []
    for event in story.events:
        if event.type == CONVERSATION_CLOSED:
            found.append((event, False))
        elif event.type in (CONVERSATION_REOPENED, CONVERSATION_SNOOZED):
            found.append((event, True))
    return found


def _closings(story: Story, spans: Spans, owners: Owners) -> list[FactRow]:
    facts = []
    for closing in spans.closings:
        member = owners.at(closing.event)
        seconds, worked = story.hours.seconds(story.created_at, closing.at)
        told = {"member": member, "seconds": seconds, "worked": worked}
        facts.append(_fact(story, Kind.CLOSED, closing.key, closing.at, **told))
        if closing.undone_at is None:
            continue
        facts.append(_fact(story, Kind.UNDONE, closing.key, closing.at, member=member))
        seconds, worked = story.hours.seconds(closing.at, closing.undone_at)
        member = owners.at(closing.undone_by)
        told = {"member": member, "seconds": seconds, "worked": worked}
        facts.append(_fact(story, Kind.REOPENED, closing.undone_by, closing.undone_at, **told))
    last = spans.closings[-1] if spans.closings else None
    if last and last.undone_at is None:
        each = [story.hours.seconds(begin, end) for begin, end in spans.open]
        told = {"seconds": sum(one for one, _ in each), "worked": sum(one for _, one in each)}
        facts.append(_fact(story, Kind.SETTLED, "", last.at, member=owners.at(last.event), **told))
    return facts


def _given(story: Story) -> list[FactRow]:
    """To people, and by bots."""
    facts, walks = [], {walk.id: walk for walk in story.walks}
    for event in story.events:
        if event.type == CONVERSATION_ASSIGNED and event.payload.get("assignee"):
            seconds, worked = story.hours.seconds(story.created_at, event.at)
            told = {"member": event.payload["assignee"], "seconds": seconds, "worked": worked}
            facts.append(_fact(story, Kind.ASSIGNED, event.id, event.at, **told))
        elif event.type == BOT_HANDED_OVER:
            walk = walks.get(event.payload.get("session") or 0)
            told = {"member": event.payload.get("member") or 0}
            if walk:
                seconds, worked = story.hours.seconds(walk.started_at, event.at)
                told |= {"seconds": seconds, "worked": worked}
                told |= {"chatflow_id": walk.chatflow, "version_id": walk.version}
            facts.append(_fact(story, Kind.HANDED_OVER, event.id, event.at, **told))
    return facts


def _bots(story: Story) -> list[FactRow]:
    facts = []
    for walk in story.walks:
        which = {"chatflow_id": walk.chatflow, "version_id": walk.version}
        facts.append(_fact(story, Kind.BOT_STARTED, walk.id, walk.started_at, **which))
        kind = OUTCOMES.get(walk.outcome)
        if kind and walk.ended_at:
            seconds, worked = story.hours.seconds(walk.started_at, walk.ended_at)
            told = which | {"seconds": seconds, "worked": worked}
            facts.append(_fact(story, kind, walk.id, walk.started_at, **told))
    return facts


def _votes(story: Story) -> list[FactRow]:
    """As it stood when it was asked about: what moved since is judged where it was (LC-7)."""
    vote = story.vote
    if vote is None:
        return []
    where = {
        "inbox_id": vote.inbox or story.row.inbox_id,
        "channel_id": vote.channel or story.row.channel_id,
        "chatflow_id": vote.chatflow or story.row.chatflow_id,
        "version_id": vote.version or story.row.version_id,
    }
    if vote.team and not vote.member:
        where["team_id"] = vote.team
    facts = [_fact(story, Kind.ASKED, vote.id, vote.asked_at, member=vote.member, **where)]
    if vote.answered_at and vote.score is not None:
        told = where | {"value": vote.score}
        facts.append(_fact(story, Kind.RATED, vote.id, vote.answered_at, member=vote.member, **told))
    return facts
