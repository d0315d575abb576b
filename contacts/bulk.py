"""One verb for many contacts or companies: at once for a few, in the background for up to ten thousand, and back again.

Each is looked up anew through what the member may see. What was changed is kept in the transaction of the change.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.bulk_verbs import VERBS, Verb
from contacts.models import About, Company, ContactJob
from contacts.sight import visible_to
from workspaces.models import Member

MOST = 10_000
AT_ONCE = 50
BATCH = 50
UNDO_WITHIN = timedelta(seconds=30)
STALLED = timedelta(seconds=30)


class TooLate(Exception):
    """The time for taking it back is over, or somebody has."""

    message = gettext_lazy("This could not be taken back.")


@transaction.atomic
def start(
    verb: str, ids: list[int], told: dict, *, by: Member, about: str = About.CONTACT.value
) -> ContactJob:
    """Do it to a few at once, or begin to do it to many. Raises ValidationError in words."""
    known = VERBS[about].get(verb)
    if known is None or not ids or not by.may(known.permission):
        words = _("Choose contacts first.") if about == About.CONTACT else _("Choose companies first.")
        raise ValidationError(words)
    known.check(told, by)
    job = ContactJob.objects.create(
        member=by, about=about, verb=verb, argument=told, ids=sorted(set(ids))[:MOST]
    )
    if len(job.ids) <= AT_ONCE:
        step(job.pk)
        job.refresh_from_db()
    else:
        _nudge(job)
    return job


def _nudge(job: ContactJob) -> None:
    from contacts.tasks import run_job

    transaction.on_commit(partial(run_job.delay, job.workspace_id, job.pk), robust=True)


@transaction.atomic
def step(pk: int) -> bool:
    """Do, or undo, the next few of a job. True while there is more: what is done twice is done once."""
    job = (
        ContactJob.objects.select_for_update(of=("self",))
        .select_related("member__workspace")
        .filter(pk=pk)
        .first()
    )
    if job is None or not job.is_running():
        return False
    verb = VERBS[job.about][job.verb]
    try:
        argument = verb.check(job.argument, job.member)
    except ValidationError:  # the person or the property went while it ran
        job.ids, argument = job.ids[: job.looked_at], None
        job.before = [] if job.undo_asked_at else job.before
    if job.undo_asked_at:
        _undo_some(job, verb, argument)
    else:
        _do_some(job, verb, argument)
    job.moved_at = timezone.now()
    job.save()
    return job.is_running()


def _do_some(job: ContactJob, verb: Verb, argument: Any) -> None:
    ids = job.ids[job.looked_at : job.looked_at + BATCH]
    for row in _those(job, ids):
        was = verb.was(row, argument)
        if was is not None:
            verb.do(row, argument)
            job.before.append([row.pk, was])
    job.looked_at += len(ids)
    job.changed = len(job.before)
    if job.looked_at >= len(job.ids):
        job.finished_at = timezone.now()


def _undo_some(job: ContactJob, verb: Verb, argument: Any) -> None:
    some, job.before = job.before[:BATCH], job.before[BATCH:]
    was = dict(map(tuple, some))
    for row in _those(job, list(was)):
        verb.undo(row, was[row.pk], argument)
    if not job.before:
        job.undone_at = timezone.now()


def _those(job: ContactJob, ids: list[int]):
    """In the order of their numbers, so that two jobs wait for each other and never for ever."""
    if job.about == About.COMPANY:
        return Company.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    rows = visible_to(job.member).filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return rows.select_related("company", "owner__user")


@transaction.atomic
def take_back(job: ContactJob, *, by: Member) -> ContactJob:
    """Undo a job, also one that still runs: what it has done so far. Raises TooLate."""
    job = ContactJob.objects.select_for_update().get(pk=job.pk, member=by)
    ended = job.finished_at or timezone.now()
    if job.undo_asked_at or timezone.now() - ended > UNDO_WITHIN:
        raise TooLate
    job.undo_asked_at, job.finished_at = timezone.now(), ended
    job.save(update_fields=["undo_asked_at", "finished_at"])
    if len(job.before) <= AT_ONCE:
        step(job.pk)
        job.refresh_from_db()
    else:
        _nudge(job)
    return job


def stalled() -> list[tuple[int, int]]:
    """(workspace, job) of jobs whose worker died."""
    rows = ContactJob.unscoped.using("maintenance").filter(moved_at__lt=timezone.now() - STALLED)
    unfinished = rows.filter(finished_at=None) | rows.filter(undo_asked_at__isnull=False, undone_at=None)
    return list(unfinished.values_list("workspace_id", "pk")[:50])
