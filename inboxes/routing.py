"""Who gets a conversation, and why. Decides; writes nothing."""

from dataclasses import dataclass

from inboxes.models import Channel
from workspaces.models import Member, Team


@dataclass(frozen=True)
class Choice:
    """The outcome of routing: a member, a team or nobody, with the reason in a word."""

    member: Member | None = None
    team: Team | None = None
    reason: str = "unassigned"


def choose_assignee(channel: Channel) -> Choice:
    """RT-1: every channel starts with "leave unassigned"; the team triages from the Unassigned view."""
    return Choice()
