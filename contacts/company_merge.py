"""Two companies become one, and can be parted again within thirty days."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contacts.merge import UNDO_WITHIN, TooLate
from contacts.models import Company, CompanyMerge, Contact
from contacts.signals import contacts_changed
from workspaces.audit import note
from workspaces.models import Member


def holders() -> list[tuple[type[models.Model], str]]:
    """Every (model, field) that names a company, in whatever room: what has to come along."""
    relations = [
        one for one in Company._meta.get_fields(include_hidden=True) if one.auto_created and one.is_relation
    ]
    return [(one.related_model, one.field.name) for one in relations if one.related_model is not CompanyMerge]


def _told(company: Company) -> dict:
    return {"name": company.name, "domain": company.domain}


def _fill(kept: Company, gone: Company) -> list[str]:
    """Properties that only the other had. Returns their keys."""
    keys = sorted(gone.custom.keys() - kept.custom.keys())
    kept.custom |= {key: gone.custom[key] for key in keys}
    return keys


@transaction.atomic
def merge_companies(kept: Company, gone: Company, *, by: Member | None = None) -> CompanyMerge:
    """The people of one become people of the other, which keeps its own words and gains those it had not.

    Raises ValidationError for one and the same.
    """
    rows = Company.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    if len(locked) < 2:
        raise ValidationError(_("Choose another company."))
    kept, gone = locked[kept.pk], locked[gone.pk]
    fills = bool(gone.domain and not kept.domain)
    if fills:
        kept.domain = gone.domain
    filled = _fill(kept, gone)
    kept.save(update_fields=["domain", "custom"])
    moved = _move(gone, kept)
    record = CompanyMerge.objects.create(
        kept=kept,
        gone={"id": gone.pk, "created_at": gone.created_at.isoformat(), "custom": gone.custom, **_told(gone)},
        moved=moved,
        filled_domain=fills,
        filled=filled,
        by=by,
    )
    # Earlier merges into the one that goes now: their undo is asked of the survivor.
    CompanyMerge.objects.filter(kept=gone).update(kept=kept)
    note("company.merged", kept, _told(gone), _told(kept))
    gone.delete()
    contacts_changed.send(Contact, contacts=moved.get("contacts.contact.company", []))
    return record


def _move(gone: Company, kept: Company) -> dict[str, list[int]]:
    moved = {}
    for model, field in holders():
        rows = model.objects.filter(**{field: gone})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if ids:
            rows.update(**{field: kept})
            moved[f"{model._meta.label_lower}.{field}"] = ids
    return moved


@transaction.atomic
def part_companies(record: CompanyMerge) -> Company:
    """The other company is there again, with whoever came over and is still there. Raises TooLate."""
    record = CompanyMerge.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if record.undone_at or record.created_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    kept = Company.objects.select_for_update(of=("self",)).get(pk=record.kept_id)
    values = record.gone | {"created_at": parse_datetime(record.gone["created_at"])}
    again = Company(workspace_id=record.workspace_id, **values)
    again.save(force_insert=True)
    for model, field in holders():
        ids = record.moved.get(f"{model._meta.label_lower}.{field}", [])
        model.objects.filter(pk__in=ids, **{field: kept}).update(**{field: again})
    # What was filled and not changed since is the other's alone again.
    if record.filled_domain and kept.domain == again.domain:
        kept.domain = ""
    back = {key for key in record.filled if kept.custom.get(key) == again.custom.get(key)}
    kept.custom = {key: value for key, value in kept.custom.items() if key not in back}
    kept.save(update_fields=["domain", "custom"])
    CompanyMerge.objects.filter(pk=record.pk).update(undone_at=timezone.now())
    note("company.parted", kept, after=_told(again))
    contacts_changed.send(Contact, contacts=record.moved.get("contacts.contact.company", []))
    return again


def undoable(company: Company) -> models.QuerySet[CompanyMerge]:
    """The merges into a company that can still be undone, newest first."""
    recent = CompanyMerge.objects.filter(kept=company, undone_at=None)
    return recent.filter(created_at__gte=timezone.now() - UNDO_WITHIN).order_by("-created_at")
