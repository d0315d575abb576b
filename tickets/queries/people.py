"""Whom a ticket may be given to."""

from inboxes.models import Inbox
from inboxes.queries import people_in
from workspaces.models import Member
from workspaces.permissions import Permission


def owners_in(inbox: Inbox | None, workspace_id: int):
    """By name, who works in its inbox; without one, whoever works (the same as tickets/rules.py: may_own)."""
    everybody = Member.objects.active().filter(workspace=workspace_id).by_name()
    return (people_in(inbox) if inbox else everybody).holding(Permission.WORK)
