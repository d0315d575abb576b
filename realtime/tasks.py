"""By the clock: who was not here for as long as their workspace waits is set away."""

import time

import redis
import structlog
from celery import shared_task

from events.dispatch import valkey
from inboxes.availability import set_availability
from realtime.here import last_seen, listening_since
from workspaces.models import Availability, Member, Workspace
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)


@shared_task
def set_idle_away() -> int:
    """AV-9. Off unless a workspace asks for it. Returns how many were set away."""
    waiting = Workspace.objects.filter(suspended_at=None).exclude(auto_away_after_minutes=None)
    try:
        return sum(_set_away_in(workspace) for workspace in waiting)
    except redis.RedisError as error:
        log.warning("idle_not_known", error=str(error))
        return 0


def _set_away_in(workspace: Workspace) -> int:
    limit = time.time() - workspace.auto_away_after_minutes * 60
    if listening_since(valkey()) > limit:
        return 0
    seen = last_seen(valkey(), workspace.pk)
    available = Member.objects.active().filter(workspace=workspace, availability=Availability.AVAILABLE)
    # Somebody who just said that they are available is, window or not.
    idle = [
        member
        for member in available
        if max(seen.get(member.pk, 0.0), member.availability_changed_at.timestamp()) < limit
    ]
    if idle:
        with workspace_scope(workspace.pk):
            for member in idle:
                set_availability(member, availability=Availability.AWAY, by=None)
    return len(idle)
