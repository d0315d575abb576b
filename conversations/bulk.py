"""One verb for many conversations (ST-6): at once for a few, in the background for up to a thousand, and back again.

Each conversation is looked up anew through what the member may work on, so that a list that was true a minute ago
gives nobody more than they may do now. What was changed is kept in the same transaction as the change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from conversations import actions, aside
from conversations.models import BulkJob, Conversation, ConversationLabel, Label, ReadMark, Status
from inboxes.models import Inbox
from workspaces.models import Member, Team

MOST = 1000  # conversations of one job
AT_ONCE = 20  # as many are done before the answer
BATCH = 25  # as many a transaction
# The toast lasts ten seconds; its last moment, over a slow line, still counts.
UNDO_WITHIN = timedelta(seconds=30)
STALLED = timedelta(seconds=30)


class TooLate(Exception):
    """The time for taking it back is over, or somebody has."""

    message = gettext_lazy("This could not be taken back.")


@dataclass(frozen=True)
class Verb:
    """`was`: what to remember of a conversation, or None when nothing would change. `undo` gets what `was` gave."""

    was: Callable[[Conversation, Member, Any], Any]
    do: Callable[[Conversation, Member, Any], Any]
    undo: Callable[[Conversation, Member, Any, Any], Any]
    said: Any
    argument: Callable[[dict, Member], Any] = lambda told, member: None


# ── Whose ──


def _assignee(told: dict, member: Member) -> Member | Team | None:
    kind, _sep, number = str(told.get("to", "")).partition(":")
    if kind == "" or (kind == "nobody" and not number):
        return None
    if number.isascii() and number.isdigit() and len(number) < 19:
        if kind == "member":
            people = Member.objects.active().filter(workspace=member.workspace_id, pk=number)
        else:
            people = Team.objects.filter(pk=number if kind == "team" else 0)
        if found := people.first():
            return found
    raise ValidationError(_("This person or team is not here any more."))


def _has(conversation: Conversation) -> str:
    if conversation.assignee_id:
        return f"member:{conversation.assignee_id}"
    return f"team:{conversation.team_id}" if conversation.team_id else ""


def _names(to: Member | Team | None) -> str:
    return f"{'member' if isinstance(to, Member) else 'team'}:{to.pk}" if to else ""


def _was_given(conversation, member, to):
    """None also for who does not work in its inbox: they cannot be given it (AC-1)."""
    if isinstance(to, Member) and not Inbox.objects.worked_by(to).filter(pk=conversation.inbox_id).exists():
        return None
    return None if _has(conversation) == _names(to) else _has(conversation)


def _give_back(conversation, member, was, to):
    if _has(conversation) == _names(to):
        try:
            actions.assign(conversation, to=_assignee({"to": was}, member), by=member)
        except ValidationError:  # who had it has left meanwhile
            actions.assign(conversation, to=None, by=member)


# ── Open, closed, snoozed ──


def _state(conversation: Conversation) -> list[str]:
    until = conversation.snoozed_until
    return [conversation.status, until.isoformat() if until else ""]


def _was_in(status: str) -> Callable:
    return lambda conversation, member, argument: (
        None if conversation.status == status and not argument else _state(conversation)
    )


def _back_to(status: str) -> Callable:
    def undo(conversation, member, was, argument):
        if conversation.status != status:
            return
        if was[0] == Status.SNOOZED and was[1]:
            actions.snooze(conversation, until=datetime.fromisoformat(was[1]), by=member)
        else:
            actions.set_status(conversation, was[0], by=member)

    return undo


def _until(told: dict, member: Member) -> datetime:
    try:
        until = datetime.fromisoformat(str(told.get("until", "")).replace("Z", "+00:00"))
    except ValueError:
        until = None
    if (
        until is None
        or until.tzinfo is None
        or not timezone.now() < until < timezone.now() + timedelta(days=400)
    ):
        raise ValidationError(_("Choose a moment in the coming year."))
    return until


# ── Labels, inboxes ──


def _label(told: dict, member: Member) -> Label:
    number = str(told.get("label", ""))
    found = Label.objects.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    if found is None:
        raise ValidationError(_("This label is not here any more."))
    return found


def _lacks(conversation, member, label):
    return None if ConversationLabel.objects.filter(conversation=conversation, label=label).exists() else True


def _wears(conversation, member, label):
    return True if ConversationLabel.objects.filter(conversation=conversation, label=label).exists() else None


def _inbox(told: dict, member: Member) -> Inbox:
    number = str(told.get("inbox", ""))
    mine = Inbox.objects.worked_by(member)
    found = mine.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    if found is None:
        raise ValidationError(_("You do not work in this inbox."))
    return found


def _was_elsewhere(conversation, member, inbox):
    return None if conversation.inbox_id == inbox.pk else [conversation.inbox_id, _has(conversation)]


def _move_back(conversation, member, was, inbox):
    home = Inbox.objects.worked_by(member).filter(pk=was[0]).first()
    if conversation.inbox_id != inbox.pk or home is None:
        return
    moved = actions.move(conversation, home, by=member)
    if _has(moved) != was[1]:
        _give_back(moved, member, was[1], _assignee({"to": _has(moved)}, member))


# ── Read ──


def _seen(conversation: Conversation, member: Member) -> int:
    mark = ReadMark.objects.filter(conversation=conversation, member=member).first()
    return mark.seq if mark else 0


def _was_unread(conversation, member, argument):
    seen = _seen(conversation, member)
    return seen if seen < conversation.last_inbound_seq else None


def _was_read(conversation, member, argument):
    seen = _seen(conversation, member)
    return seen if seen >= conversation.last_inbound_seq > 0 else None


def _see_again(conversation, member, was, argument):
    ReadMark.objects.update_or_create(conversation=conversation, member=member, defaults={"seq": was})


VERBS: dict[str, Verb] = {
    "assign": Verb(
        _was_given,
        lambda conversation, by, to: actions.assign(conversation, to=to, by=by),
        _give_back,
        ngettext_lazy("%(n)s conversation assigned.", "%(n)s conversations assigned.", "n"),
        _assignee,
    ),
    "close": Verb(
        _was_in(Status.CLOSED),
        lambda conversation, by, argument: actions.set_status(conversation, Status.CLOSED, by=by),
        _back_to(Status.CLOSED),
        ngettext_lazy("%(n)s conversation closed.", "%(n)s conversations closed.", "n"),
    ),
    "open": Verb(
        _was_in(Status.OPEN),
        lambda conversation, by, argument: actions.set_status(conversation, Status.OPEN, by=by),
        _back_to(Status.OPEN),
        ngettext_lazy("%(n)s conversation opened again.", "%(n)s conversations opened again.", "n"),
    ),
    "snooze": Verb(
        _was_in(Status.SNOOZED),
        lambda conversation, by, until: actions.snooze(conversation, until=until, by=by),
        _back_to(Status.SNOOZED),
        ngettext_lazy("%(n)s conversation snoozed.", "%(n)s conversations snoozed.", "n"),
        _until,
    ),
    "label": Verb(
        _lacks,
        lambda conversation, by, label: actions.set_label(conversation, label, True, by=by),
        lambda conversation, by, was, label: actions.set_label(conversation, label, False, by=by),
        ngettext_lazy("%(n)s conversation labelled.", "%(n)s conversations labelled.", "n"),
        _label,
    ),
    "unlabel": Verb(
        _wears,
        lambda conversation, by, label: actions.set_label(conversation, label, False, by=by),
        lambda conversation, by, was, label: actions.set_label(conversation, label, True, by=by),
        ngettext_lazy("Label taken off %(n)s conversation.", "Label taken off %(n)s conversations.", "n"),
        _label,
    ),
    "move": Verb(
        _was_elsewhere,
        lambda conversation, by, inbox: actions.move(conversation, inbox, by=by),
        _move_back,
        ngettext_lazy("%(n)s conversation moved.", "%(n)s conversations moved.", "n"),
        _inbox,
    ),
    "spam": Verb(
        lambda conversation, member, argument: None if conversation.spam_at else True,
        lambda conversation, by, argument: aside.mark_spam(conversation, by=by),
        lambda conversation, by, was, argument: aside.not_spam(conversation, by=by),
        ngettext_lazy("%(n)s conversation moved to Spam.", "%(n)s conversations moved to Spam.", "n"),
    ),
    "keep": Verb(
        lambda conversation, member, argument: bool(conversation.spam_at or conversation.filtered_at) or None,
        lambda conversation, by, argument: aside.not_spam(conversation, by=by),
        lambda conversation, by, was, argument: aside.mark_spam(conversation, by=by),
        ngettext_lazy("%(n)s conversation is not spam.", "%(n)s conversations are not spam.", "n"),
    ),
    "trash": Verb(
        lambda conversation, member, argument: None if conversation.trashed_at else True,
        lambda conversation, by, argument: actions.trash(conversation, by=by),
        lambda conversation, by, was, argument: actions.restore(conversation, by=by),
        ngettext_lazy(
            "%(n)s conversation moved to the trash.", "%(n)s conversations moved to the trash.", "n"
        ),
    ),
    "restore": Verb(
        lambda conversation, member, argument: True if conversation.trashed_at else None,
        lambda conversation, by, argument: actions.restore(conversation, by=by),
        lambda conversation, by, was, argument: actions.trash(conversation, by=by),
        ngettext_lazy("%(n)s conversation restored.", "%(n)s conversations restored.", "n"),
    ),
    "read": Verb(
        _was_unread,
        lambda conversation, by, argument: actions.mark_read(conversation, by=by),
        _see_again,
        ngettext_lazy("%(n)s conversation marked read.", "%(n)s conversations marked read.", "n"),
    ),
    "unread": Verb(
        _was_read,
        lambda conversation, by, argument: actions.mark_unread(conversation, by=by),
        _see_again,
        ngettext_lazy("%(n)s conversation marked unread.", "%(n)s conversations marked unread.", "n"),
    ),
}


def start(verb: str, ids: list[int], told: dict, *, by: Member) -> BulkJob:
    """Do it to a few at once, or begin to do it to many. Raises ValidationError for an unknown verb or argument."""
    if verb not in VERBS or not ids:
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
    job = BulkJob.objects.select_for_update().select_related("member").filter(pk=pk).first()
    if job is None or not job.is_running():
        return False
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
    for conversation in _workable(job.member, ids):
        was = verb.was(conversation, job.member, argument)
        if was is not None:
            verb.do(conversation, job.member, argument)
            job.before.append([conversation.pk, was])
    job.looked_at += len(ids)
    job.changed = len(job.before)
    if job.looked_at >= len(job.ids):
        job.finished_at = timezone.now()


def _undo_some(job: BulkJob) -> None:
    verb = VERBS[job.verb]
    some, job.before = job.before[:BATCH], job.before[BATCH:]
    try:
        argument = verb.argument(job.argument, job.member)
    except ValidationError:
        some, job.before = [], []
        argument = None
    was = dict(map(tuple, some))
    for conversation in _workable(job.member, list(was)):
        verb.undo(conversation, job.member, was[conversation.pk], argument)
    if not job.before:
        job.undone_at = timezone.now()


def _workable(member: Member, ids: list[int]):
    """In the order of their numbers, so that two jobs wait for each other and never for ever."""
    return Conversation.objects.worked_by(member).filter(pk__in=ids).select_related("contact").order_by("pk")


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
    return str(VERBS[job.verb].said % {"n": job.changed})


def stalled() -> list[tuple[int, int]]:
    """(workspace, job) of jobs whose worker died."""
    rows = BulkJob.unscoped.using("maintenance").filter(moved_at__lt=timezone.now() - STALLED)
    unfinished = rows.filter(finished_at=None) | rows.filter(undo_asked_at__isnull=False, undone_at=None)
    return list(unfinished.values_list("workspace_id", "pk")[:50])
