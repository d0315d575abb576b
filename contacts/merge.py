"""Two contacts become one, and can be parted again within thirty days (SB-4)."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import serializers
from django.db import models, transaction
from django.utils import timezone

from contacts.custom import definitions, in_words
from contacts.models import About, Contact, ContactList, ListMember, MergeRecord, PropertyDefinition
from contacts.signals import contacts_changed
from workspaces.models import Member

UNDO_WITHIN = timedelta(days=30)
DOUBLES = "lists of both"
FILLED = [
    "name",
    "email",
    "phone",
    "phone_key",
    "job_title",
    "company_id",
    "language",
    "time_zone",
    "city",
    "owner_id",
]


OWN = "custom."  # before the key of a property of the workspace's own


class CannotMerge(Exception):
    """There is nothing to merge: the same contact twice."""


class TooLate(Exception):
    """The merge is older than thirty days, or was undone before."""


def holders() -> list[tuple[type[models.Model], str]]:
    """Every (model, field) that names a contact, in whatever room: what has to come along."""
    relations = [
        one for one in Contact._meta.get_fields(include_hidden=True) if one.auto_created and one.is_relation
    ]
    return [(one.related_model, one.field.name) for one in relations if one.related_model is not MergeRecord]


@dataclass(frozen=True)
class Preview:
    """What a merge will do: the fields that the survivor gains, and how many rows of each kind come over."""

    gains: dict[str, str]
    rows: dict[str, int]


def preview(kept: Contact, gone: Contact) -> Preview:
    rows = {
        f"{model._meta.label_lower}.{field}": model.objects.filter(**{field: gone}).count()
        for model, field in holders()
    }
    gained = [name for name in _gained(kept, gone) if name != "phone_key"]
    gains = {name: str(getattr(gone, name.removesuffix("_id"))) for name in gained}
    gains |= {OWN + one.key: in_words(one, gone.custom[one.key]) for one in _own(kept, gone)}
    return Preview(gains, {name: n for name, n in rows.items() if n})


def _gained(kept: Contact, gone: Contact) -> list[str]:
    found = [name for name in FILLED if not getattr(kept, name) and getattr(gone, name)]
    return [name for name in found if name != "phone_key" or not kept.phone]


def _own(kept: Contact, gone: Contact) -> list[PropertyDefinition]:
    """Properties of the workspace's own that only the other has."""
    only = gone.custom.keys() - kept.custom.keys()
    return [one for one in definitions(About.CONTACT) if one.key in only] if only else []


@transaction.atomic
def merge(kept: Contact, gone: Contact, *, by: Member | None) -> MergeRecord:
    """Everything of `gone` becomes `kept`'s, who keeps their own words and gains those they had not.

    Raises CannotMerge. Both must be of the workspace in scope.
    """
    if kept.pk == gone.pk:
        raise CannotMerge
    # In the order of their ids, so that two merges the other way round do not wait for each other.
    locked = {
        c.pk: c
        for c in Contact.objects.select_for_update(of=("self",))
        .filter(pk__in=[kept.pk, gone.pk])
        .order_by("pk")
    }
    if len(locked) < 2:
        raise CannotMerge
    kept, gone = locked[kept.pk], locked[gone.pk]
    filled = _gained(kept, gone)
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    own = sorted(gone.custom.keys() - kept.custom.keys())
    kept.custom |= {key: gone.custom[key] for key in own}
    kept.updated_at = timezone.now()
    kept.save(update_fields=[*filled, "custom", "updated_at"])
    filled += [OWN + key for key in own]
    record = MergeRecord.objects.create(
        kept=kept, gone=_snapshot(gone), moved=_move(gone, kept), filled=filled, by=by
    )
    # Earlier merges into the one who goes now belong to the survivor: their undo is theirs to ask for.
    MergeRecord.objects.filter(kept=gone).update(kept=kept)
    gone.delete()
    contacts_changed.send(Contact, contacts=[kept.pk])
    return record


def _snapshot(contact: Contact) -> dict:
    fields = serializers.serialize("python", [contact])[0]["fields"] | {"id": contact.pk}
    for name in ("sort_name", "updated_at"):  # the database makes them
        fields.pop(name, None)
    moments = ("created_at", "blocked_at", "last_seen_at", "deleted_at")
    return fields | {name: (at := getattr(contact, name)) and at.isoformat() for name in moments}


def _leave_doubles(gone: Contact, kept: Contact) -> list[int]:
    """Who goes leaves the lists that the other is on as well: nobody stands there twice."""
    both = gone.list_rows.filter(contact_list__in=kept.list_rows.values("contact_list"))
    lists = list(both.values_list("contact_list", flat=True))
    both.delete()
    return lists


def _move(gone: Contact, kept: Contact) -> dict[str, list[int]]:
    moved = {DOUBLES: _leave_doubles(gone, kept)}
    for model, field in holders():
        rows = model.objects.filter(**{field: gone})
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            model.objects.filter(pk__in=ids).update(**{field: kept})
            moved[f"{model._meta.label_lower}.{field}"] = ids
    return {name: ids for name, ids in moved.items() if ids}


@transaction.atomic
def part(record: MergeRecord) -> Contact:
    """Undo a merge: the other contact is there again, with what was theirs. Raises TooLate."""
    record = MergeRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.undone_at or record.created_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    kept = Contact.objects.select_for_update(of=("self",)).get(pk=record.kept_id)
    again = _revive(record)
    for model, field in holders():
        ids = record.moved.get(f"{model._meta.label_lower}.{field}", [])
        model.objects.filter(pk__in=ids, **{field: kept}).update(**{field: again})
    for pk in ContactList.objects.filter(pk__in=record.moved.get(DOUBLES, [])).values_list("pk", flat=True):
        ListMember.objects.create(contact_list_id=pk, contact=again)
    # A field that was filled and not changed since goes back to being empty.
    for name in record.filled:
        key = name.removeprefix(OWN)
        if key != name:
            if kept.custom.get(key) == again.custom.get(key):
                kept.custom.pop(key, None)
        elif getattr(kept, name) == getattr(again, name):
            setattr(kept, name, None if name.endswith("_id") else "")
    kept.updated_at = timezone.now()
    kept.save()
    MergeRecord.objects.filter(pk=record.pk).update(undone_at=timezone.now())
    contacts_changed.send(Contact, contacts=[kept.pk, again.pk])
    return again


def _revive(record: MergeRecord) -> Contact:
    values = dict(record.gone)
    for name in ("company", "owner", "workspace"):
        values[f"{name}_id"] = values.pop(name)
    # Whom they belonged to may have gone since.
    for name, field in (("company_id", "company"), ("owner_id", "owner")):
        model = Contact._meta.get_field(field).related_model
        if values[name] and not model.objects.filter(pk=values[name]).exists():
            values[name] = None
    contact = Contact(**values)
    contact.save(force_insert=True)
    return contact


def undoable(contact: Contact | models.OuterRef) -> models.QuerySet[MergeRecord]:
    """The merges into a contact that can still be undone, newest first."""
    recent = MergeRecord.objects.filter(kept=contact, undone_at=None)
    return recent.filter(created_at__gte=timezone.now() - UNDO_WITHIN).order_by("-created_at")
