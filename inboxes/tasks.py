"""By the clock: what the working hours and absences of people ask for."""

import structlog
from celery import shared_task
from django.utils import timezone

from inboxes.flips import flip
from workspaces.models import Member
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 1000


@shared_task
def flip_due() -> int:
    """AV-6, AV-7. Members are rows of the directory: found without a scope, changed inside theirs. Returns how many."""
    due = Member.objects.active().filter(next_flip_at__lte=timezone.now(), workspace__suspended_at=None)
    done = 0
    for member in due.order_by("next_flip_at")[:MOST_AT_ONCE]:
        try:
            with workspace_scope(member.workspace_id):
                done += flip(member)
        except Exception:
            # One that cannot be done must not keep the others waiting; it is tried again at the next round.
            log.exception("flip_failed", member=member.pk)
    return done
