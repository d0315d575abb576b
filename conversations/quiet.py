"""Conversations that close by themselves after a silence (CT-13): by the inbox's days, or a chat's minutes.

What waits for an answer of the team is never closed by the clock: that would hide what somebody owes.
"""

from datetime import timedelta

from django.utils import timezone

from conversations.actions import set_status
from conversations.models import Conversation, Status
from inboxes.models import Channel, Inbox
from workspaces.scope import workspace_scope

MOST = 200  # of one inbox or chat at once; the next round takes the rest


def close_quiet() -> int:
    """Close what is due in every workspace. Returns how many."""
    inboxes = Inbox.unscoped.using("maintenance").exclude(auto_close_days=None)
    told = [
        (workspace, {"inbox": pk}, timedelta(days=days))
        for workspace, pk, days in inboxes.values_list("workspace_id", "pk", "auto_close_days")
    ]
    chats = Channel.unscoped.using("maintenance").filter(
        config__auto_close_minutes__gt=0, disconnected_at=None
    )
    told += [
        (workspace, {"channel": pk}, timedelta(minutes=int(config["auto_close_minutes"])))
        for workspace, pk, config in chats.values_list("workspace_id", "pk", "config")
    ]
    return sum(_close(workspace, where, silence) for workspace, where, silence in told)


def _close(workspace_id: int, where: dict, silence: timedelta) -> int:
    before = timezone.now() - silence
    with workspace_scope(workspace_id):
        quiet = Conversation.objects.open().filter(last_activity_at__lt=before, waiting_since=None, **where)
        found = list(quiet.order_by("last_activity_at", "pk")[:MOST])
        for conversation in found:
            set_status(conversation, Status.CLOSED, by=None)
    return len(found)
