"""What facts are made of: narrow rows of a conversation or a ticket, without any of its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from analytics.facts.worked import AROUND_THE_CLOCK, Hours


class FactRow(NamedTuple):
    """The columns of analytics.models.Fact, in the order in which the reader writes and compares them."""

    subject: str
    subject_id: int
    kind: str
    key: str
    at: datetime
    seconds: int | None = None
    worked: int | None = None
    value: int | None = None
    inbox_id: int = 0
    channel_id: int = 0
    channel_kind: str = ""
    team_id: int = 0
    member_id: int = 0
    chatflow_id: int = 0
    version_id: int = 0
    country: str = ""
    priority: str = ""
    page: str = ""
    source: str = ""
    pipeline_id: int = 0
    labels: tuple[int, ...] = ()


class Event(NamedTuple):
    id: int
    type: str
    at: datetime
    payload: Mapping[str, Any] = {}


class Message(NamedTuple):
    """`asks`: somebody of the other side wrote it; `answers`: a person of ours did (AN-5). A bot's is neither."""

    id: int
    at: datetime
    asks: bool
    answers: bool
    member: int = 0


class Walk(NamedTuple):
    """One session of a bot."""

    id: int
    chatflow: int
    version: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""


class Vote(NamedTuple):
    id: int
    asked_at: datetime
    answered_at: datetime | None = None
    score: int | None = None
    member: int = 0
    team: int = 0
    inbox: int = 0
    channel: int = 0
    version: int = 0
    chatflow: int = 0


@dataclass(frozen=True)
class Story:
    """A conversation. `row` carries what all its facts share: subject, inbox, channel, priority, labels, page and so on."""

    row: FactRow
    created_at: datetime
    owner: int = 0
    team: int = 0
    closed_at: datetime | None = None
    # Neither spam, nor filtered, nor in the trash, nor part of another (AN-5).
    present: bool = True
    events: Sequence[Event] = ()
    messages: Sequence[Message] = ()
    walks: Sequence[Walk] = ()
    vote: Vote | None = None
    hours: Hours = AROUND_THE_CLOCK
    # The main team of each member.
    teams: Mapping[int, int] = field(default_factory=dict)
    now: datetime | None = None


class TicketClock(NamedTuple):
    """A promise: `goal` in the order of tickets.models.Goal."""

    id: int
    goal: int
    state: str
    due_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class TicketStory:
    row: FactRow
    created_at: datetime
    owner: int = 0
    closed_at: datetime | None = None
    present: bool = True
    events: Sequence[Event] = ()
    clocks: Sequence[TicketClock] = ()
    hours: Hours = AROUND_THE_CLOCK
    teams: Mapping[int, int] = field(default_factory=dict)
