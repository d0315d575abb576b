"""Doors for the worker: mail and pushes whose moment has come, channels in trouble, what is old."""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from inboxes.models import Channel
from notifications import devices, letters
from notifications.actions import tell
from notifications.models import MailCount, Notification
from notifications.topics import Topic
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

TURN = 20.0  # seconds after which a task hands over to the next
KEPT = timedelta(days=90)
COUNTS_KEPT = timedelta(days=30)


@shared_task
def send_due() -> int:
    """Pushes and mails that are due, over all workspaces. Returns how many were looked at."""
    looked, until = 0, time.monotonic() + TURN
    waiting: list[tuple[Callable, tuple]] = [
        *((devices.send, pair) for pair in devices.due()),
        *((letters.send, (group,)) for group in letters.due()),
    ]
    for send, arguments in waiting:
        if time.monotonic() > until:
            break
        try:
            send(*arguments)
        except Exception:  # one that cannot be told holds back no other
            log.exception("notification_failed", send=send.__module__)
        looked += 1
    return looked


@shared_task
def tell_of_trouble() -> int:
    """Tell those who manage inboxes of channels that stopped working, once each time they do (NO-6)."""
    broken = Channel.unscoped.using("maintenance").filter(
        disconnected_at=None, needs_attention_since__isnull=False
    )
    rows = list(broken.values_list("workspace_id", "pk", "needs_attention_since")[:500])
    for workspace_id, pk, since in rows:
        with workspace_scope(workspace_id):
            key = f"channel:{pk}:{since:%Y%m%d%H%M%S}"
            if not Notification.objects.filter(key=key).exists():
                tell(_managers(workspace_id), topic=Topic.ATTENTION, key=key, channel_id=pk)
    return len(rows)


def _managers(workspace_id: int) -> list[Member]:
    people = Member.objects.active().filter(workspace=workspace_id).holding(Permission.MANAGE_INBOXES)
    return list(people.select_related("user", "workspace"))


@shared_task
def forget_old() -> None:
    """The bell is no archive."""
    now = timezone.now()
    old = Notification.unscoped.using("maintenance").filter(created_at__lt=now - KEPT)
    counted = MailCount.unscoped.using("maintenance").filter(day__lt=(now - COUNTS_KEPT).date())
    ids = {*old.values_list("workspace_id", flat=True), *counted.values_list("workspace_id", flat=True)}
    for workspace_id in ids:
        with workspace_scope(workspace_id):
            Notification.objects.filter(created_at__lt=now - KEPT).delete()
            MailCount.objects.filter(day__lt=(now - COUNTS_KEPT).date()).delete()
