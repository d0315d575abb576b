"""The worker's side of the queue of reactions: claim, run, delete; park what keeps failing."""

import time
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import F
from django.utils import timezone

from events import dispatch
from events.models import ReactionDue
from events.retry import USUAL, Postponed, Retry
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

BATCH = 50
TURN = 20.0  # seconds after which a task hands over to the next
# How soon one asks again that waits for another; the end of the other one wakes it.
ITS_TURN = timedelta(seconds=2)
LEASE = timedelta(seconds=65)  # longer than a worker may be busy with one (settings: soft limit 60)
TRIES = USUAL.tries
KILLER = "It ended its worker each time."


@shared_task
def run_reactions() -> int:
    """Run everything that is due, over all workspaces. Returns how many reactions ran."""
    dispatch.quietly(lambda client: client.delete(dispatch.nudge_key()))
    ran, until = 0, time.monotonic() + TURN
    while due := _due():
        for workspace_id, reaction_id in due:
            if time.monotonic() > until:
                dispatch.nudge()  # a long queue is many turns: no task grows old enough to be killed
                return ran
            ran += run_one(workspace_id, reaction_id)
    return ran


def _due() -> list[tuple[int, int]]:
    """Ids across tenants: the maintenance role may read them, only the scope may touch them."""
    rows = ReactionDue.unscoped.using("maintenance").filter(parked_at=None, run_at__lte=timezone.now())
    return list(rows.order_by("run_at", "pk").values_list("workspace_id", "pk")[:BATCH])


def run_one(workspace_id: int, reaction_id: int) -> bool:
    """Claim one reaction and run it. The try is counted before it runs: what kills its worker is counted too (P8)."""
    with workspace_scope(workspace_id):
        reaction = _claim(reaction_id)
    if reaction is None:
        return False
    try:
        dispatch.get_reaction(reaction.name)(reaction.event)
    except Postponed as later:
        _postpone(workspace_id, reaction, later.seconds)
        return True
    except Exception as error:
        _failed(workspace_id, reaction, error)
        return True
    with workspace_scope(workspace_id):
        ReactionDue.objects.filter(pk=reaction_id).delete()
        if reaction.name in dispatch.firsts_of(reaction.event.type):
            waiting = ReactionDue.objects.filter(event=reaction.event_id, attempts=0, parked_at=None)
            waiting.update(run_at=timezone.now())
    return True


def _policy(reaction: ReactionDue) -> Retry:
    return dispatch.retry_of(reaction.name)


def _claim(reaction_id: int) -> ReactionDue | None:
    due = ReactionDue.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event")
    reaction = due.filter(pk=reaction_id, parked_at=None, run_at__lte=timezone.now()).first()
    if reaction is None or _waits(reaction):
        return None
    if reaction.attempts >= _policy(reaction).tries:
        _give_up(reaction, None)
        return None
    lease = timezone.now() + LEASE  # until then nobody else takes it
    ReactionDue.objects.filter(pk=reaction_id).update(attempts=F("attempts") + 1, run_at=lease)
    reaction.attempts += 1
    return reaction


def _waits(reaction: ReactionDue) -> bool:
    """While one that goes first is owed, the others to its event wait: two workers keep to the order as one does.

    Both rows were written in one transaction, and that one's is deleted after what it did is committed.
    """
    firsts = dispatch.firsts_of(reaction.event.type)
    if not firsts or reaction.name in firsts:
        return False
    owed = ReactionDue.objects.filter(event=reaction.event_id, name__in=firsts, parked_at=None)
    if not owed.exists():
        return False
    ReactionDue.objects.filter(pk=reaction.pk).update(run_at=timezone.now() + ITS_TURN)
    return True


def _postpone(workspace_id: int, reaction: ReactionDue, seconds: float) -> None:
    with workspace_scope(workspace_id):
        run_at = timezone.now() + timedelta(seconds=seconds)
        ReactionDue.objects.filter(pk=reaction.pk).update(attempts=F("attempts") - 1, run_at=run_at)


def _failed(workspace_id: int, reaction: ReactionDue, error: Exception) -> None:
    log.exception(
        "reaction_failed", reaction=reaction.name, event_id=reaction.event_id, attempts=reaction.attempts
    )
    policy = _policy(reaction)
    with workspace_scope(workspace_id):
        if reaction.attempts >= policy.tries:
            _give_up(reaction, error)
            return
        run_at = timezone.now() + timedelta(seconds=policy.delay_after(reaction.attempts))
        ReactionDue.objects.filter(pk=reaction.pk).update(run_at=run_at, error=str(error)[:2000])


def _give_up(reaction: ReactionDue, error: Exception | None) -> None:
    """Tell the reaction, when it wants to know, and be done; else park the row with its reason."""
    row = ReactionDue.objects.filter(pk=reaction.pk)
    gave_up = _policy(reaction).gave_up
    if gave_up:
        gave_up(reaction.event, error)
        row.delete()
        return
    told = f"{type(error).__name__}: {error}"[:2000] if error else KILLER
    row.update(parked_at=timezone.now(), error=told)
