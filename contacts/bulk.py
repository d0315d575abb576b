"""One verb for many contacts: at once for a few, in the background for up to ten thousand, and back again.

Each contact is looked up anew through what the member may see. What was changed is kept in the transaction of the change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import actions, lists
from contacts.custom import field_of, kept, set_values
from contacts.history import note_changes
from contacts.models import About, Contact, ContactJob, ContactList, PropertyDefinition, Sort
from contacts.sight import visible_to
from workspaces.models import Member
from workspaces.permissions import Permission

MOST = 10_000
AT_ONCE = 50
BATCH = 50
UNDO_WITHIN = timedelta(seconds=30)
STALLED = timedelta(seconds=30)
# Names and addresses are one person's own.
FOR_MANY = ("company", "job_title", "language", "time_zone", "city")


class TooLate(Exception):
    """The time for taking it back is over, or somebody has."""

    message = gettext_lazy("This could not be taken back.")


@dataclass(frozen=True)
class Verb:
    """`check` reads what was chosen (raises ValidationError); `was` is what to put back, None where nothing changes."""

    check: Callable[[dict, Member], Any]
    was: Callable[[Contact, Any], Any]
    do: Callable[[Contact, Any], None]
    undo: Callable[[Contact, Any, Any], None]
    permission: str = str(Permission.WORK)


def _to_whom(told: dict, by: Member) -> int | None:
    value = str(told.get("to", ""))
    if value == "none":
        return None
    active = Member.objects.active().filter(workspace=by.workspace_id)
    member = active.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None
    if member is None:
        raise ValidationError(_("Choose who shall own them."))
    return member.pk


def _give(contact: Contact, owner: int | None) -> None:
    before = contact.owner
    Contact.objects.filter(pk=contact.pk).update(owner=owner)
    after = Member.objects.filter(pk=owner).first() if owner else None
    note_changes(contact, {"owner": before}, {"owner": after})


def _which(told: dict, by: Member) -> tuple[str, Any]:
    """("city", "Lyon"), or (definition, value) of a property of the workspace's own."""
    key, value = str(told.get("key", "")), str(told.get("value", ""))
    if key in FOR_MANY:
        return key, actions.BY_KEY[key].check(value)
    pk = int(key[1:]) if key[:1] == "p" and key[1:].isdecimal() and len(key) < 19 else 0
    own = PropertyDefinition.objects.filter(about=About.CONTACT, archived_at=None, pk=pk).first()
    if own is None or own.sort == Sort.FILE:
        raise ValidationError(_("Choose a property."))
    field = field_of(own)
    field.required = False
    many = own.sort == "many"
    cleaned = field.clean([value] if many and value else ([] if many else value))
    return own.key, kept(cleaned)


def _had(contact: Contact, argument: tuple[str, Any]) -> Any:
    key, value = argument
    old = (
        contact.custom.get(key)
        if key[:1] == "p" and key[1:].isdecimal()
        else str(getattr(contact, key) or "")
    )
    return None if old == value or (not old and not value) else [old]


def _write(contact: Contact, argument: tuple[str, Any]) -> None:
    key, value = argument
    if key in FOR_MANY:
        actions.set_property(contact, key, value)
    else:
        set_values(contact, {key: value})


def _which_list(told: dict, by: Member) -> ContactList:
    one = lists.static_list(told.get("list_pk"))
    if one is None:
        raise ValidationError(_("Choose a list."))
    return one


VERBS = {
    "owner": Verb(
        _to_whom,
        lambda c, owner: None if c.owner_id == owner else [c.owner_id],
        _give,
        lambda c, was, _owner: _give(c, was[0]),
    ),
    "property": Verb(_which, _had, _write, lambda c, was, argument: _write(c, (argument[0], was[0] or ""))),
    "block": Verb(
        lambda told, by: None,
        lambda c, _a: None if c.blocked_at else [0],
        lambda c, _a: actions.set_blocked(c, True),
        lambda c, _was, _a: actions.set_blocked(c, False),
    ),
    "unblock": Verb(
        lambda told, by: None,
        lambda c, _a: [1] if c.blocked_at else None,
        lambda c, _a: actions.set_blocked(c, False),
        lambda c, _was, _a: actions.set_blocked(c, True),
    ),
    "list_add": Verb(
        _which_list,
        lambda c, one: None if one and c.list_rows.filter(contact_list=one).exists() else [0],
        lambda c, one: lists.add(one, [c.pk]),
        lambda c, _was, one: lists.take_off(one, [c.pk]),
    ),
    "list_drop": Verb(
        _which_list,
        lambda c, one: [1] if one and c.list_rows.filter(contact_list=one).exists() else None,
        lambda c, one: lists.take_off(one, [c.pk]),
        lambda c, _was, one: lists.add(one, [c.pk]),
    ),
    "delete": Verb(
        lambda told, by: None,
        lambda c, _a: None if c.deleted_at else [0],
        lambda c, _a: actions.set_deleted(c, True),
        lambda c, _was, _a: actions.set_deleted(c, False),
        str(Permission.ERASE_CONTACTS),
    ),
    "restore": Verb(
        lambda told, by: None,
        lambda c, _a: [1] if c.deleted_at else None,
        lambda c, _a: actions.set_deleted(c, False),
        lambda c, _was, _a: actions.set_deleted(c, True),
        str(Permission.ERASE_CONTACTS),
    ),
}


@transaction.atomic
def start(verb: str, ids: list[int], told: dict, *, by: Member) -> ContactJob:
    """Do it to a few at once, or begin to do it to many. Raises ValidationError in words."""
    if verb not in VERBS or not ids or not by.may(VERBS[verb].permission):
        raise ValidationError(_("Choose contacts first."))
    VERBS[verb].check(told, by)
    job = ContactJob.objects.create(member=by, verb=verb, argument=told, ids=sorted(set(ids))[:MOST])
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
    verb = VERBS[job.verb]
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
    for contact in _those(job.member, ids):
        was = verb.was(contact, argument)
        if was is not None:
            verb.do(contact, argument)
            job.before.append([contact.pk, was])
    job.looked_at += len(ids)
    job.changed = len(job.before)
    if job.looked_at >= len(job.ids):
        job.finished_at = timezone.now()


def _undo_some(job: ContactJob, verb: Verb, argument: Any) -> None:
    some, job.before = job.before[:BATCH], job.before[BATCH:]
    was = dict(map(tuple, some))
    for contact in _those(job.member, list(was)):
        verb.undo(contact, was[contact.pk], argument)
    if not job.before:
        job.undone_at = timezone.now()


def _those(member: Member, ids: list[int]):
    """In the order of their numbers, so that two jobs wait for each other and never for ever."""
    rows = visible_to(member).filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
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
