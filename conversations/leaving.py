"""What somebody who left had open: to a colleague, to a team, or to nobody (AC-7). Inside the workspace's scope."""

from conversations.actions import assign
from conversations.models import Conversation, Status
from inboxes.models import Inbox
from workspaces.models import Member, Team

BATCH = 25  # as many a transaction, and at once


def hand_over(member: Member, *, by: Member | None = None) -> bool:
    """Hand on the next few; True while there are more. Done twice, it is done once."""
    rows = list(Conversation.objects.open().assigned_to(member).order_by("pk")[: BATCH + 1])
    heir = _heir_of(member)
    works_in = set(Inbox.objects.worked_by(heir).values_list("pk", flat=True)) if _is_member(heir) else set()
    for conversation in rows[:BATCH]:
        may_have_it = not _is_member(heir) or conversation.inbox_id in works_in
        assign(conversation, to=heir if may_have_it else None, by=by, reason="member_left")
    return len(rows) > BATCH


def _heir_of(member: Member) -> Member | Team | None:
    """None also for somebody who left meanwhile."""
    kind, _sep, number = member.heir.partition(":")
    if not number:
        return None
    if kind == "team":
        return Team.objects.filter(pk=number).first()
    return Member.objects.active().filter(workspace=member.workspace_id, pk=number).first()


def _is_member(heir: Member | Team | None) -> bool:
    return isinstance(heir, Member)


def unfinished() -> list[tuple[int, int]]:
    """(workspace, member) of people who left and still have something open: the worker died on the way."""
    left = Conversation.unscoped.using("maintenance").filter(
        assignee__deactivated_at__isnull=False,
        status=Status.OPEN,
        spam_at=None,
        filtered_at=None,
        trashed_at=None,
        merged_into=None,
    )
    return list(left.values_list("workspace_id", "assignee_id").distinct()[:50])
