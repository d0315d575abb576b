"""Verbs that change workspaces and the people in them."""

from workspaces.actions.founding import create_workspace
from workspaces.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from workspaces.actions.members import access_changed, change_role, deactivate, update_profile
from workspaces.actions.teams import (
    add_to_team,
    create_team,
    delete_team,
    remove_from_team,
    rename_team,
    set_main_team,
)

__all__ = [
    "accept_invitation",
    "access_changed",
    "add_to_team",
    "change_role",
    "create_team",
    "create_workspace",
    "deactivate",
    "delete_team",
    "find_invitation",
    "invite",
    "remove_from_team",
    "rename_team",
    "resend_invitation",
    "set_main_team",
    "update_profile",
    "withdraw_invitation",
]
