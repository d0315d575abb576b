"""People and where they belong."""

from workspaces.models.people import (
    Availability,
    AwayCause,
    Member,
    MemberQuerySet,
    Theme,
    User,
    Workspace,
    hue_of,
    initials_of,
)
from workspaces.models.teams import Invitation, InvitationQuerySet, Team, TeamMember, hash_token

__all__ = [
    "Availability",
    "AwayCause",
    "Invitation",
    "InvitationQuerySet",
    "Member",
    "MemberQuerySet",
    "Team",
    "TeamMember",
    "Theme",
    "User",
    "Workspace",
    "hash_token",
    "hue_of",
    "initials_of",
]
