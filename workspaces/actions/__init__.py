"""Verbs that change workspaces and the people in them."""

from workspaces.actions.founding import create_workspace
from workspaces.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from workspaces.actions.members import (
    access_changed,
    change_role,
    deactivate,
    reactivate,
    set_picture,
    update_profile,
)
from workspaces.actions.roles import add_role, change_permissions, remove_role, rename_role
from workspaces.actions.security import require_two_steps
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
    "add_role",
    "add_to_team",
    "change_permissions",
    "change_role",
    "create_team",
    "create_workspace",
    "deactivate",
    "delete_team",
    "find_invitation",
    "invite",
    "reactivate",
    "remove_from_team",
    "remove_role",
    "rename_role",
    "rename_team",
    "require_two_steps",
    "resend_invitation",
    "set_main_team",
    "set_picture",
    "update_profile",
    "withdraw_invitation",
]
