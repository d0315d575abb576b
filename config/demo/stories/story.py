"""How a demo conversation is written down: a story is a list of steps, each with the time since the one before."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One thing that happens. `who` is a member's key, '' for the customer; `after` is read by config/demo/clock.py."""

    verb: str
    who: str
    text: str
    after: str


def them(text: str, after: str = "+0m") -> Step:
    return Step("receive", "", text, after)


def us(who: str, text: str, after: str = "+20m") -> Step:
    return Step("reply", who, text, after)


def note(who: str, text: str, after: str = "+3m") -> Step:
    """A comment that only the team reads."""
    return Step("comment", who, text, after)


def give(to: str, by: str = "", after: str = "+1m") -> Step:
    """Assign to a member or a team; by nobody it is the system's doing."""
    return Step("assign", by, to, after)


def close(who: str, after: str = "+2m") -> Step:
    return Step("close", who, "", after)


def reopen(who: str, after: str = "+1d 09:00") -> Step:
    return Step("reopen", who, "", after)


@dataclass(frozen=True)
class Story:
    """One conversation: a channel's key, who writes, when it begins, what happens."""

    channel: str
    who: str
    begins: str
    steps: list[Step]
    subject: str = ""
    labels: str = ""
    language: str = "fr"
    page: str = ""
    answers: list[list[str]] = field(default_factory=list)
    unread: bool = False
    draft: tuple[str, str] = ("", "")
