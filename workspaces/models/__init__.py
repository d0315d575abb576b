"""People and where they belong."""

from workspaces.models.audit import AuditEntry
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
from workspaces.models.roles import OwnRole
from workspaces.models.teams import Invitation, InvitationQuerySet, Team, TeamMember, hash_token
from workspaces.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Availability",
    "AwayCause",
    "Invitation",
    "InvitationQuerySet",
    "Member",
    "MemberQuerySet",
    "OwnRole",
    "Team",
    "TeamMember",
    "Theme",
    "User",
    "Workspace",
    "hash_token",
    "hue_of",
    "initials_of",
]
