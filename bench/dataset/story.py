"""One conversation from its first word to its last, made up: what is said, who has it, when it closes and opens again.

A story knows what it told: every duration is a difference of moments that it chose itself, so the numbers of reports are
known without anybody reading the rows again.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.dataset.cast import PAGES, Bot, Cast, Road
from bench.dataset.known import Happening
from events import types

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(slots=True)
class Said:
    at: int
    direction: str
    author: str
    member: int | None = None
    kind: str = "message"
    seq: int = 0


@dataclass(slots=True)
class Told:
    at: int
    type: str
    member: int | None
    actor: str
    audience: str
    payload: dict[str, Any]
    ticket: int | None = None


@dataclass
class Story:
    """`told` and `said` are in order of time; `facts` is what reports must find."""

    chance: Random
    cast: Cast
    id: int
    road: Road
    at: int
    until: int
    earlier: int | None = None  # one that it may be merged into
    said: list[Said] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    facts: list[Happening] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    owner: int | None = None
    team: int | None = None
    status: str = "open"
    priority: str = "normal"
    aside: str = ""
    page: str = ""
    assigned_at: int | None = None
    closed_at: int | None = None
    snoozed_until: int | None = None
    waiting: int | None = None
    flow: Bot | None = None
    session: dict[str, Any] | None = None
    survey: dict[str, Any] | None = None
    first_reply: int | None = None

    def __post_init__(self) -> None:
        self.now = self.at
        self.by_us = self.road.kind == "email" and self.chance.random() < 0.06

    # ── What it consists of ──

    def play(self) -> "Story":
        """All of it. Nothing happens after `until`: what would, has not happened yet."""
        if self.by_us:
            self.owner = self._somebody()
            self.note(types.CONVERSATION_STARTED, by=self.owner, actor="member", channel_kind=self.road.kind)
            self.reply(self.owner)
        else:
            self.note(types.CONVERSATION_STARTED, actor="contact", channel_kind=self.road.kind)
            self.ask()
        self.adorn()
        if self.chance.random() < 0.06:
            self.set_aside()
        elif not self.by_us or self.chance.random() < 0.5:
            if self.by_us:
                self.wait(HOUR, 2 * DAY)
                self.ask()
            bot = self.road is self.cast.roads[0] and self.chance.random() < 0.4
            if not bot or self.walk():
                self.handle()
        return self

    def handle(self) -> None:
        """What people do with it."""
        if self.chance.random() < 0.85 and self.owner is None:
            self.wait(0, 8 * MINUTE)
            self.assign(to_team=self.chance.random() < 0.15)
        if self.chance.random() < 0.14:  # nobody answers
            if self.chance.random() < 0.5:
                self.wait(DAY, 4 * DAY)
                self.close()
            return
        self.rounds(1 + min(int(self.chance.expovariate(0.3)), 12))
        if self.chance.random() < 0.9:
            self.wait(MINUTE, 5 * HOUR)
            self.close()
            self.vote()
            if self.chance.random() < 0.12:
                self.wait(HOUR, 3 * DAY)
                self.open_again()
                self.rounds(1)
                self.wait(MINUTE, HOUR)
                if self.chance.random() < 0.8:
                    self.close()

    def rounds(self, count: int) -> None:
        for turn in range(count):
            if self.chance.random() < 0.04:
                self.auto()
            self.take_time()
            who = self.owner if self.owner and self.chance.random() < 0.92 else self._somebody()
            self.reply(who)
            if self.chance.random() < 0.15:
                self.wait(5, 3 * MINUTE)
                self.reply(who)
            if self.chance.random() < 0.03:
                self.snooze()
            if self.chance.random() < 0.06:
                self.wait(MINUTE, HOUR)
                self.assign()
            if turn + 1 < count:
                self.wait(10, 2 * HOUR)
                self.ask()
                if self.chance.random() < 0.4:
                    self.wait(5, 5 * MINUTE)
                    self.ask()

    # ── Its parts ──

    def wait(self, least: int, most: int) -> None:
        self.now += self.chance.randint(least, most)

    def take_time(self) -> None:
        """Mostly minutes, sometimes a night, now and then a weekend; in a chat quicker."""
        middle = 4 * MINUTE if self.road.kind == "chat" else 90 * MINUTE
        self.now += max(1, min(int(self.chance.lognormvariate(0, 1.3) * middle), 6 * DAY))

    def is_over(self) -> bool:
        return self.now >= self.until

    def ask(self) -> None:
        if self.is_over():
            return
        if self.status == "closed":
            raise AssertionError("a closed one opens first")
        if self.status == "snoozed":
            self.note(types.CONVERSATION_REOPENED, actor="contact", status="open", reason="answer")
            self.status, self.snoozed_until = "open", None
        author = "visitor" if self.road.kind == "chat" else "contact"
        self.said.append(Said(self.now, "in", author))
        self.waiting = self.waiting or self.now

    def reply(self, member: int) -> None:
        if self.is_over():
            return
        self.said.append(Said(self.now, "out", "member", member))
        self.fact("reply", self.now, member)
        asked = next((one.at for one in self.said if one.direction == "in"), None)
        if asked is not None and self.first_reply is None and not self.by_us:
            self.first_reply = self.now
            self.fact("first_response", self.at, member, self.now - asked)  # when it began (AN-5)
        self.waiting = None
        if self.owner is None and self.team is None:  # answering what is nobody's takes it (RT-2)
            self.owner, self.assigned_at = member, self.now
            who: dict[str, Any] = {"assignee": member, "team": None, "previous": None}
            self.note(types.CONVERSATION_ASSIGNED, by=member, **who, reason="by_hand")

    def auto(self) -> None:
        """What says itself is no answer."""
        if not self.is_over():
            self.now += 1
            self.said.append(Said(self.now, "out", "system"))

    def assign(self, *, to_team: bool = False) -> None:
        if self.is_over():
            return
        previous, self.assigned_at = self.owner, self.now
        self.team = self.chance.choice(self.cast.teams) if to_team else None
        self.owner = None if to_team else self._somebody(besides=self.owner)
        who: dict[str, Any] = {"assignee": self.owner, "team": self.team, "previous": previous}
        self.note(types.CONVERSATION_ASSIGNED, **who, reason="routed" if previous is None else "by_hand")

    def close(self) -> None:
        if self.is_over():
            return
        self.status, self.closed_at, self.snoozed_until = "closed", self.now, None
        self.note(types.CONVERSATION_CLOSED, by=self.owner, audience="visitor", status="closed")
        self.fact("closed", self.now, self.owner, self.now - self.at)

    def open_again(self) -> None:
        if self.is_over() or self.closed_at is None:
            return
        self.note(types.CONVERSATION_REOPENED, actor="contact", status="open", reason="answer")
        self.fact("reopened", self.now, self.owner, self.now - self.closed_at)
        self.status, self.closed_at = "open", None
        self.ask()

    def snooze(self) -> None:
        """Put off and woken again is not opened again."""
        if self.is_over():
            return
        self.now += 1
        self.snoozed_until, self.status = self.now + DAY, "snoozed"
        self.note(types.CONVERSATION_SNOOZED, by=self.owner, until=None)

    def adorn(self) -> None:
        self.page = self.chance.choice(PAGES) if self.road.kind == "chat" else ""
        if self.road is self.cast.roads[0]:
            self.flow = self.cast.live
        for label, name in self.chance.sample(self.cast.labels, self.chance.choice((0, 0, 0, 1, 1, 2))):
            self.labels.append(label)
            self.note(types.CONVERSATION_LABELLED, label=name, on=True)
        if self.chance.random() < 0.15:
            self.priority = self.chance.choice(("low", "high", "urgent"))
            self.note(types.CONVERSATION_PRIORITY_CHANGED, priority=self.priority, previous="normal")

    def set_aside(self) -> None:
        self.wait(MINUTE, HOUR)
        self.aside = self.chance.choice(("spam", "trashed", "filtered", "merged"))
        if self.aside == "merged" and self.earlier is None:
            self.aside = "spam"
        if self.aside == "trashed":
            self.take_time()
            self.reply(self._somebody())
            self.note(types.CONVERSATION_TRASHED, by=self.cast.members[0], trashed=True)
        elif self.aside == "spam":
            self.note(types.CONVERSATION_MARKED_SPAM, by=self.cast.members[0], spam="spam")
        if self.aside == "merged":
            self.status, self.closed_at = "closed", self.now
        self.waiting = None

    def vote(self) -> None:
        if self.is_over() or self.chance.random() > 0.45:
            return
        self.now += 2
        agent = self.owner or next((one.member for one in reversed(self.said) if one.member), None)
        self.survey = {"asked": self.now, "agent": agent, "score": None, "at": None, "team": self.team}
        self.fact("asked", self.now, agent)
        if self.chance.random() < 0.5:
            self.wait(MINUTE, HOUR)
            if not self.is_over():
                score = self.chance.choice((1, 2, 3, 4, 4, 5, 5, 5, 5))
                self.survey |= {"score": score, "at": self.now}
                self.note(types.SURVEY_ANSWERED, actor="visitor", score=score)
                self.fact("rated", self.now, agent)

    # ── A bot first ──

    def walk(self) -> bool:
        """A bot has it first. True: people go on with it."""
        self.flow = self.chance.choice(self.cast.bots)
        started = self.now
        inputs: list[int] = []
        outcome = self.chance.choice(("completed", "completed", "abandoned", "handed_over", "handed_over"))
        self.session = {"started": started, "outcome": outcome, "inputs": inputs}
        told: dict[str, Any] = {"session": self.id, "version": self.flow.version}
        self.note(types.BOT_STARTED, actor="bot", **told)
        self.fact("bot_started", started)
        self.said.append(Said(self.now + 1, "out", "bot"))
        for _ in range(self.chance.randint(1, 3)):
            self.wait(5, MINUTE)
            self.ask()
            inputs.append(self.now)
            self.said.append(Said(self.now + 1, "out", "bot"))
        self.now += 30 * MINUTE if outcome == "abandoned" else 2
        self.session["ended"] = self.now
        self.fact(f"bot_{outcome}", started)
        if outcome == "handed_over":
            self.note(types.BOT_HANDED_OVER, actor="bot", **told, member=None)
            self.fact("handed_over", self.now, None, self.now - started)
            return True
        self.wait(MINUTE, HOUR)
        self.close()
        self.waiting = None
        return False

    # ── Small things ──

    def note(
        self, type: str, *, by: int | None = None, actor: str = "", audience: str = "team", **payload: Any
    ) -> None:
        actor = actor or ("member" if by else "system")
        self.told.append(Told(self.now, type, by, actor, audience, payload))

    def fact(self, kind: str, at: int, member: int | None = None, seconds: int | None = None) -> None:
        self.facts.append(Happening(kind, at, self.road.inbox, self.road.kind, member, seconds))

    def known(self) -> list[Happening]:
        """What reports find of it: of what was put aside, nothing (AN-5)."""
        if self.aside:
            return []
        created = Happening("created", self.at, self.road.inbox, self.road.kind, self.owner)
        return [created, *self.facts]

    def _somebody(self, besides: int | None = None) -> int:
        """The first answer the most: shares of work are never even."""
        while True:
            found = self.cast.members[min(int(self.chance.expovariate(0.3)), len(self.cast.members) - 1)]
            if found != besides:
                return found
