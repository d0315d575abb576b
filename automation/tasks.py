"""Doors for Celery."""

from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from automation import dryrun
from automation.models import DryRun, Rule, RuleRun
from automation.sweep import WAITING, sweep
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

KEPT = timedelta(days=90)
KEPT_DRY = timedelta(days=1)


@shared_task
def sweep_rules() -> None:
    """Look for what has lain there long enough. One rule that fails holds back no other."""
    rules = Rule.unscoped.using("maintenance").filter(enabled_at__isnull=False, trigger__in=WAITING)
    for workspace_id, pk in list(
        rules.order_by("workspace_id", "place", "pk").values_list("workspace_id", "pk")
    ):
        try:
            sweep(workspace_id, pk)
        except Exception:
            log.exception("rule_sweep_failed", rule_id=pk)


@shared_task
def go_on(workspace_id: int, dry_id: int) -> None:
    """The rest of a dry run, a step a transaction."""
    more = True
    while more:
        with workspace_scope(workspace_id):
            dry = DryRun.objects.filter(pk=dry_id, finished_at=None).first()
            more = dry is not None and dryrun.step(dry)


@shared_task
def forget_runs() -> None:
    """What rules did is kept for ninety days, dry runs for one."""
    for model, kept in ((RuleRun, KEPT), (DryRun, KEPT_DRY)):
        edge = timezone.now() - kept
        old = model.unscoped.using("maintenance").filter(created_at__lt=edge)
        for workspace_id in set(old.values_list("workspace_id", flat=True)[:5000]):
            forget(workspace_id, model, edge)


def forget(workspace_id: int, model: type[RuleRun] | type[DryRun], edge: datetime) -> None:
    with workspace_scope(workspace_id):
        model.objects.filter(created_at__lt=edge).delete()
