"""Pages of people: the door, one's own settings, the team."""

from workspaces.views.doors import accept, create, home, invitation, set_language
from workspaces.views.own import profile, settings_home, shortcuts, theme
from workspaces.views.people import invite, member_role, remove_member, resend, team, withdraw
from workspaces.views.teams import add_place, create_team, delete_team, main_team, remove_place, team_group

__all__ = [
    "accept",
    "add_place",
    "create",
    "create_team",
    "delete_team",
    "home",
    "invitation",
    "invite",
    "main_team",
    "member_role",
    "profile",
    "remove_member",
    "remove_place",
    "resend",
    "set_language",
    "settings_home",
    "shortcuts",
    "team",
    "team_group",
    "theme",
    "withdraw",
]
