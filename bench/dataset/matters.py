"""Tickets of made conversations, and some without one; with the clocks of what was promised about them."""

from dataclasses import dataclass, field
from random import Random

from bench.dataset.cast import Cast
from bench.dataset.known import Happening
from bench.dataset.story import DAY, HOUR, MINUTE, Story, Told
from events import types

TARGETS = {"first": 4 * HOUR, "close": 48 * HOUR}
ORDER = {"first": 0, "next": 1, "close": 2}


@dataclass(frozen=True)
class Clock:
    goal: str
    state: str
    started: int
    due: int
    ended: int | None
    why: str = ""


@dataclass
class Matter:
    """A ticket: `story` is the conversation it hangs on, if it does."""

    id: int
    number: int
    cast: Cast
    at: int
    inbox: int
    channel_kind: str
    source: str
    made_by: str
    priority: str
    owner: int | None
    story: Story | None = None
    closed_at: int | None = None
    # It was closed once, and opened again; `closed_at` is then the second closing.
    closed_before: int | None = None
    reopened_at: int | None = None
    first_reply: int | None = None
    deleted: bool = False
    owned_since: int | None = None  # None: from its beginning
    told: list[Told] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    @property
    def stage(self) -> str:
        return "new" if self.closed_at is None else "closed"

    def note(self, at: int, type: str, by: int | None = None, **payload) -> None:
        actor = "member" if by else "system"
        self.told.append(Told(at, type, by, actor, "team", {"ticket": self.id} | payload, self.id))

    def known(self) -> list[Happening]:
        if self.deleted:
            return []
        facts = [self._fact("ticket_created", self.at, self.owner)]
        if self.closed_at is not None:
            facts.append(self._fact("ticket_closed", self.closed_at, self.owner, self.closed_at - self.at))
        if self.closed_before is not None and self.reopened_at is not None:
            spent, shut = self.closed_before - self.at, self.reopened_at - self.closed_before
            facts.append(self._fact("ticket_closed", self.closed_before, self.owner, spent))
            facts.append(self._fact("ticket_reopened", self.reopened_at, self.owner, shut))
        for clock in self.clocks:
            if clock.state == "met":
                facts.append(self._fact("sla_met", clock.ended or 0, self._owner_at(clock.ended or 0)))
            elif clock.state in ("breached", "overdue"):
                facts.append(self._fact("sla_breached", clock.due, self._owner_at(clock.due)))
        return facts

    def _owner_at(self, at: int) -> int | None:
        """Nobody had it before its conversation was given to somebody."""
        return self.owner if self.owned_since is None or at >= self.owned_since else None

    def _fact(self, kind: str, at: int, member: int | None, seconds: int | None = None) -> Happening:
        return Happening(kind, at, self.inbox, self.channel_kind, member, seconds)


def matter_of(story: Story, id: int, number: int, chance: Random) -> Matter:
    """The ticket of a conversation: it closes with it."""
    sources = {"email": "email", "chat": "chat", "form": "form", "messenger": "messenger"}
    made = Matter(
        id=id,
        number=number,
        cast=story.cast,
        at=story.at,
        inbox=story.road.inbox,
        channel_kind=story.road.kind,
        source=sources[story.road.kind],
        made_by="channel",
        priority=chance.choice(("low", "medium", "medium", "high", "urgent")),
        owner=story.owner,
        story=story,
        closed_at=story.closed_at,
        first_reply=story.first_reply,
        deleted=chance.random() < 0.03,
    )
    _tell(made, story.until)
    _promise(made, story.until)
    return made


def by_hand(cast: Cast, at: int, until: int, id: int, number: int, chance: Random) -> Matter:
    """One that somebody made after a call."""
    closed = at + chance.randint(10 * MINUTE, 9 * DAY)
    made = Matter(
        id=id,
        number=number,
        cast=cast,
        at=at,
        inbox=cast.roads[0].inbox,
        channel_kind="",
        source=chance.choice(("phone", "other")),
        made_by="hand",
        priority="medium",
        owner=cast.members[chance.randrange(4)],
        closed_at=closed if closed < until and chance.random() < 0.8 else None,
    )
    if made.closed_at is not None and chance.random() < 0.3:
        _open_again(made, until, chance)
    _tell(made, until)
    return made


def _open_again(made: Matter, until: int, chance: Random) -> None:
    assert made.closed_at is not None
    again = made.closed_at + chance.randint(HOUR, 2 * DAY)
    if again >= until:
        return
    made.closed_before, made.reopened_at = made.closed_at, again
    closed = again + chance.randint(HOUR, DAY)
    made.closed_at = closed if closed < until and chance.random() < 0.7 else None


def _tell(made: Matter, until: int) -> None:
    made.note(made.at, types.TICKET_CREATED, number=made.number, made_by=made.made_by)
    if made.owner and made.story:
        made.owned_since = at = min(made.story.assigned_at or made.at, until)
        made.note(at, types.TICKET_OWNER_CHANGED, owner=made.owner, previous=None, reason="conversation")
    reason = "conversation" if made.story else ""
    for at in (made.closed_before, made.closed_at):
        if at is not None:
            _move(made, at, types.TICKET_CLOSED, "new", "closed", reason)
    if made.reopened_at is not None:
        _move(made, made.reopened_at, types.TICKET_REOPENED, "closed", "new", reason)
    if made.deleted:
        last = max(made.closed_at or made.at, made.at) + MINUTE
        made.note(last, types.TICKET_DELETED, made.owner, deleted=True)


def _move(made: Matter, at: int, type: str, before: str, stage: str, reason: str) -> None:
    told = {"stage": made.cast.stages[stage], "reason": reason}
    moved = {"previous": made.cast.stages[before], "pipeline": made.cast.pipeline}
    made.note(at, types.TICKET_STAGE_CHANGED, made.owner, **told, **moved)
    made.note(at, type, made.owner, **told)


def _promise(made: Matter, until: int) -> None:
    ends = {"first": made.first_reply, "close": made.closed_at}
    for goal, target in TARGETS.items():
        due, ended = made.at + target, ends[goal]
        why = ""
        if ended is None and goal == "first" and made.closed_at is not None:
            state, ended, why = "cancelled", made.closed_at, "closed"
        elif ended is None:
            state = "overdue" if due <= until else "active"
        else:
            state = "met" if ended <= due else "breached"
        made.clocks.append(Clock(goal, state, made.at, due, ended, why))
        if ended is not None and ended > due or state == "overdue":
            made.note(due, types.TICKET_SLA_OVERDUE, goal=goal)
