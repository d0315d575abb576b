"""Roles and what each may do (AC-1 to AC-6)."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    RESTRICTED = "restricted", _("Restricted agent")
    REPORTER = "reporter", _("Reporter")


class Permission(models.TextChoices):
    MANAGE_WORKSPACE = "manage_workspace", _("Manage the workspace and its people")
    MANAGE_INBOXES = "manage_inboxes", _("Manage inboxes and channels")
    MANAGE_CHATFLOWS = "manage_chatflows", _("Manage chatflows")
    MANAGE_FILTERS = "manage_filters", _("Manage allow and deny lists")
    MANAGE_AVAILABILITY = "manage_availability", _("Change the availability of others")
    VIEW_ALL_INBOXES = "view_all_inboxes", _("Read every inbox")
    WORK = "work", _("Answer in the inboxes they belong to")
    DELETE_CONVERSATIONS = "delete_conversations", _("Delete conversations")
    EXPORT = "export", _("Export data")
    IMPORT_CONTACTS = "import_contacts", _("Import contacts")
    MANAGE_TICKETS = "manage_tickets", _("Manage tickets and pipelines")
    MANAGE_SLA = "manage_sla", _("Manage service levels")
    VIEW_REPORTS = "view_reports", _("Read reports")
    MANAGE_SNIPPETS = "manage_snippets", _("Manage shared replies and macros")
    ERASE_CONTACTS = "erase_contacts", _("Erase contacts for privacy")
    USE_API = "use_api", _("Use the API")


P = Permission
_AGENT = {P.WORK, P.USE_API}
_MANAGER = _AGENT | {
    P.MANAGE_AVAILABILITY,
    P.VIEW_ALL_INBOXES,
    P.DELETE_CONVERSATIONS,
    P.EXPORT,
    P.IMPORT_CONTACTS,
    P.MANAGE_TICKETS,
    P.VIEW_REPORTS,
    P.MANAGE_SNIPPETS,
}
ALL = frozenset(P)
GRANTS: dict[str, frozenset[str]] = {
    Role.OWNER: ALL,
    Role.ADMIN: ALL,
    Role.MANAGER: frozenset(_MANAGER),
    Role.AGENT: frozenset(_AGENT),
    Role.RESTRICTED: frozenset({P.WORK}),
    Role.REPORTER: frozenset({P.VIEW_REPORTS}),
}

# Who manages people can reach everything, so that this right is no part of a role that somebody edits.
FIXED = frozenset({P.MANAGE_WORKSPACE})
# The roles whose rights a workspace may change, and on which it may base roles of its own.
EDITABLE = (Role.MANAGER, Role.AGENT, Role.RESTRICTED, Role.REPORTER)

RANK = {role: rank for rank, role in enumerate(reversed(Role.values))}


def may_grant(giver, role: str, permissions: Iterable[str] | None = None) -> bool:
    """Whether a member may hand out a role: up to their own, and with nothing that they may not."""
    given = GRANTS[role] if permissions is None else frozenset(permissions)
    return giver.may(P.MANAGE_WORKSPACE) and RANK[role] <= RANK[giver.role] and given <= giver.granted()
