"""Pages of people: the door, one's own settings, the team."""

from workspaces.views.doors import accept, create, home, invitation, set_language
from workspaces.views.own import face, profile, settings_home, shortcuts, theme
from workspaces.views.people import invite, member_role, remove_member, resend, restore_member, team, withdraw
from workspaces.views.roles import add_role, remove_role, rename_role, roles
from workspaces.views.security import security
from workspaces.views.teams import add_place, create_team, delete_team, main_team, remove_place, team_group
from workspaces.views.tokens import me, revoke_token, tokens

__all__ = [
    "accept",
    "add_place",
    "add_role",
    "create",
    "create_team",
    "delete_team",
    "face",
    "home",
    "invitation",
    "invite",
    "main_team",
    "me",
    "member_role",
    "profile",
    "remove_member",
    "remove_place",
    "remove_role",
    "rename_role",
    "resend",
    "restore_member",
    "revoke_token",
    "roles",
    "security",
    "set_language",
    "settings_home",
    "shortcuts",
    "team",
    "team_group",
    "theme",
    "tokens",
    "withdraw",
]
