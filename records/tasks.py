"""Doors for the worker. What is asked for stands in rows; a sweep takes up what a stop left behind."""

import time
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from records.archive import build, forget_expired
from records.erase import next_step
from records.models import Erasure, Export, Retention, State
from records.retention import KINDS, sweep
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
STUCK = timedelta(minutes=10)
TRIES = 5
TURN = 20.0


def _due(model) -> list[tuple[int, int]]:
    """(workspace, id) of what waits, or stands still."""
    stuck = Q(state=State.RUNNING, touched_at__lt=timezone.now() - STUCK)
    rows = model.unscoped.using("maintenance").filter(Q(state=State.WAITING) | stuck)
    return list(rows.order_by("created_at").values_list("workspace_id", "pk")[:20])


def _claim(model, workspace_id: int, pk: int) -> bool:
    """Take it, unless another worker did."""
    with workspace_scope(workspace_id):
        row = model.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        stuck = row and row.state == State.RUNNING and row.touched_at < timezone.now() - STUCK
        if row is None or not (row.state == State.WAITING or stuck):
            return False
        row.state, row.touched_at, row.attempts = State.RUNNING, timezone.now(), row.attempts + 1
        if row.attempts > TRIES:
            row.state, row.error = State.FAILED, row.error or "Stopped too often."
        row.save(update_fields=["state", "touched_at", "attempts", "error"])
        return row.state == State.RUNNING


def _failed(model, workspace_id: int, pk: int, error: Exception) -> None:
    """It is taken up again after a while; the reason is a kind of error, never words of a customer."""
    log.exception("records_job_failed", job=model.__name__, pk=pk)
    with workspace_scope(workspace_id):
        model.objects.filter(pk=pk).update(error=type(error).__name__)


# An archive of millions of rows takes its time.
@shared_task(time_limit=6 * 3600, soft_time_limit=6 * 3600 - 60)
def make_exports() -> int:
    done = 0
    for workspace_id, pk in _due(Export):
        if _claim(Export, workspace_id, pk):
            try:
                build(pk, workspace_id)
                done += 1
            except Exception as error:
                _failed(Export, workspace_id, pk, error)
    _forget_old_exports()
    return done


def _forget_old_exports() -> None:
    rows = Export.unscoped.using("maintenance").filter(state=State.DONE, expires_at__lt=timezone.now())
    for workspace_id, pk in list(rows.values_list("workspace_id", "pk")[:100]):
        with workspace_scope(workspace_id):
            forget_expired(Export.objects.get(pk=pk))


@shared_task(time_limit=3600, soft_time_limit=3540)
def erase_people() -> int:
    """Erase whoever was asked for, one conversation in each transaction. Returns how many people are done."""
    done = 0
    for workspace_id, pk in _due(Erasure):
        if _claim(Erasure, workspace_id, pk):
            try:
                while _step(workspace_id, pk):
                    pass
                done += 1
            except Exception as error:
                _failed(Erasure, workspace_id, pk, error)
    return done


def _step(workspace_id: int, pk: int) -> bool:
    with workspace_scope(workspace_id):
        erasure = Erasure.objects.select_for_update(of=("self",)).select_related("member").get(pk=pk)
        return erasure.state == State.RUNNING and next_step(erasure)


@shared_task
def let_go() -> int:
    """What workspaces decided not to keep, a batch at a time. Returns how many rows went."""
    gone, until = 0, time.monotonic() + TURN
    rules = Retention.unscoped.using("maintenance").order_by("pk").values_list("workspace_id", flat=True)
    for workspace_id in list(rules):
        for kind in KINDS:
            went = 1
            while went and time.monotonic() < until:
                with workspace_scope(workspace_id):
                    rule = Retention.objects.first()
                    went = sweep(kind, rule) if rule else 0
                gone += went
    return gone
