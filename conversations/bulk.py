"""One verb for many conversations (ST-6): at once for a few, in the background for up to a thousand, and back again.

Each conversation is looked up anew through what the member may work on, so that a list that was true a minute ago
gives nobody more than they may do now. What was changed is kept in the same transaction as the change.
"""

from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from conversations.bulk_verbs import VERBS, Verb
from conversations.models import BulkJob, Conversation
from workspaces.models import Member

MOST = 1000  # conversations of one job
AT_ONCE = 20  # as many are done before the answer
BATCH = 25  # as many a transaction
# The toast lasts ten seconds; its last moment, over a slow line, still counts.
UNDO_WITHIN = timedelta(seconds=30)
MOST_REASONS = 3
STALLED = timedelta(seconds=30)


class TooLate(Exception):
    """The time for taking it back is over, or somebody has."""

    message = gettext_lazy("This could not be taken back.")


def start(verb: str, ids: list[int], told: dict, *, by: Member, rows: bool = False) -> BulkJob:
    """Do it to a few at once, or begin to do it to many. Raises ValidationError for an unknown verb or argument.

    `rows`: the ids are those of a room above, which has verbs of its own for them.
    """
    if verb not in VERBS or not ids or (VERBS[verb].rows is not None) != rows:
        raise ValidationError(_("Choose conversations first."))
    VERBS[verb].argument(told, by)
    job = BulkJob.objects.create(member=by, verb=verb, argument=told, ids=sorted(set(ids))[:MOST])
    if len(job.ids) <= AT_ONCE:
        step(job.pk)
        job.refresh_from_db()
    else:
        _nudge(job)
    return job


def _nudge(job: BulkJob) -> None:
    from conversations.tasks import run_bulk

    transaction.on_commit(partial(run_bulk.delay, job.workspace_id, job.pk), robust=True)


@transaction.atomic
def step(pk: int) -> bool:
    """Do, or undo, the next few of a job. True while there is more: what is done twice is done once."""
    rows = BulkJob.objects.select_for_update(of=("self",)).select_related("member__user")
    job = rows.filter(pk=pk).first()
    if job is None or not job.is_running():
        return False
    with override(job.member.user.language or get_language()):  # what is refused is told to them
        if job.undo_asked_at:
            _undo_some(job)
        else:
            _do_some(job)
    job.moved_at = timezone.now()
    job.save()
    return job.is_running()


def _do_some(job: BulkJob) -> None:
    verb = VERBS[job.verb]
    try:
        argument = verb.argument(job.argument, job.member)
    except ValidationError:  # the label or the person went while it ran
        job.ids = job.ids[: job.looked_at]
        argument = None
    ids = job.ids[job.looked_at : job.looked_at + BATCH]
    for conversation in _workable(job, ids):
        was = verb.was(conversation, job.member, argument)
        if was is None:
            continue
        if hindered := verb.hindered(conversation, argument):
            _note_left(job, hindered)
            continue
        why = verb.refused(verb.do(conversation, job.member, argument))
        if why and verb.whole:
            _note_left(job, " ".join(why))
            continue
        job.before.append([conversation.pk, was])
        _note_refused(job, why)
    job.looked_at += len(ids)
    job.changed = len(job.before)
    if job.looked_at >= len(job.ids):
        job.finished_at = timezone.now()


def _note_refused(job: BulkJob, why: list[str]) -> None:
    """In how many conversations something was refused, and the first few reasons."""
    if why:
        kept = job.refused.get("why", [])
        job.refused = job.refused | {
            "n": job.refused.get("n", 0) + 1,
            "why": list(dict.fromkeys([*kept, *why]))[:MOST_REASONS],
        }


def _note_left(job: BulkJob, why: str) -> None:
    """How many were left as they are, and the first few reasons."""
    left = job.refused.get("left", {"n": 0, "why": []})
    reasons = list(dict.fromkeys([*left["why"], why]))[:MOST_REASONS]
    job.refused = job.refused | {"left": {"n": left["n"] + 1, "why": reasons}}


def _undo_some(job: BulkJob) -> None:
    verb = VERBS[job.verb]
    some, job.before = job.before[:BATCH], job.before[BATCH:]
    try:
        argument = verb.argument(job.argument, job.member)
    except ValidationError:
        some, job.before = [], []
        argument = None
    was = dict(map(tuple, some))
    for conversation in _workable(job, list(was)):
        verb.undo(conversation, job.member, was[conversation.pk], argument)
    if not job.before:
        job.undone_at = timezone.now()


def register(verbs: dict[str, Verb]) -> None:
    """Rooms above bring verbs for rows of theirs; a job of them is run and taken back like any other."""
    VERBS.update(verbs)


def _workable(job: BulkJob, ids: list[int]):
    """In the order of their numbers, so that two jobs wait for each other and never for ever."""
    rows = VERBS[job.verb].rows
    if rows:
        return rows(job.member, ids).order_by("pk")
    mine = Conversation.objects.worked_by(job.member)
    return mine.filter(pk__in=ids).select_related("contact").order_by("pk")


@transaction.atomic
def take_back(job: BulkJob, *, by: Member) -> BulkJob:
    """Undo a job, also one that still runs: what it has done so far. Raises TooLate."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk, member=by)
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


def in_words(job: BulkJob) -> str:
    """What a toast says of a job that has ended."""
    if job.undone_at:
        return _("Taken back.")
    said = str(VERBS[job.verb].said % {"n": job.changed})
    if left := job.refused.get("left"):
        stayed = VERBS[job.verb].left % {"n": left["n"], "why": " ".join(left["why"])}
        said = f"{said} {stayed}"
    n = job.refused.get("n", 0)
    if not n:
        return said
    refused = ngettext(
        "In %(n)s of them not everything: %(why)s", "In %(n)s of them not everything: %(why)s", n
    )
    return f"{said} {refused % {'n': n, 'why': ' '.join(job.refused['why'])}}"


def stalled() -> list[tuple[int, int]]:
    """(workspace, job) of jobs whose worker died."""
    rows = BulkJob.unscoped.using("maintenance").filter(moved_at__lt=timezone.now() - STALLED)
    unfinished = rows.filter(finished_at=None) | rows.filter(undo_asked_at__isnull=False, undone_at=None)
    return list(unfinished.values_list("workspace_id", "pk")[:50])
