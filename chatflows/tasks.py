"""Doors for Celery."""

import structlog
from celery import shared_task
from django.utils import timezone

from chatflows import figures, pages_seen, session
from chatflows.models import FlowSession
from events.dispatch import quietly
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
BATCH = 500


@shared_task
def speak(workspace_id: int, session_id: int) -> None:
    """Say what is due of one walk."""
    with workspace_scope(workspace_id):
        session.speak(session_id)


def speak_later(workspace_id: int, session_id: int, seconds: float) -> None:
    """Come back in time. When the queue is away, the sweep finds it."""
    quietly(lambda _client: speak.apply_async((workspace_id, session_id), countdown=seconds, retry=False))


@shared_task
def speak_due() -> None:
    """What is due and was not said, whatever became of the task that should have."""
    due = FlowSession.unscoped.using("maintenance").filter(due_at__lte=timezone.now())
    _each(due.order_by("due_at"), session.speak)


@shared_task
def expire_due() -> None:
    """Walks whose time without a word is up (BE-8)."""
    late = FlowSession.unscoped.using("maintenance").filter(ended_at=None, expires_at__lte=timezone.now())
    _each(late.order_by("expires_at"), session.expire)


def _each(rows, verb) -> None:
    for workspace_id, pk in list(rows.values_list("workspace_id", "pk")[:BATCH]):
        try:
            with workspace_scope(workspace_id):
                verb(pk)
        except Exception:
            log.exception("bot_failed", session_id=pk)


@shared_task
def fold_figures() -> None:
    """What was counted on pages and in walks becomes rows (chatflows/figures.py)."""
    figures.fold()
    pages_seen.fold()
