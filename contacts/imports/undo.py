"""An import taken back: whom it made goes, what it wrote is as it was. What somebody touched since stays."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils import timezone

from contacts.imports.chunk import current, put
from contacts.imports.company import restore_companies
from contacts.lists import take_off
from contacts.merge import holders
from contacts.models import Company, Contact, ContactImport, ImportRow, ImportState, Outcome, PropertyChange
from contacts.signals import contacts_changed
from workspaces.models import Member

# What the import itself hung on a contact.
OWN = {"contacts.ContactAddress", "contacts.ListMember", "contacts.ImportRow", "contacts.PropertyChange"}


def undo_some(job: ContactImport, most: int) -> None:
    """The next rows, the last first: somebody whom two rows wrote goes back both steps."""
    rows = ImportRow.objects.filter(imported=job).exclude(contact=None, company=None).order_by("-pk")
    if job.position:
        rows = rows.filter(pk__lt=job.position)
    some = list(rows[:most])
    counts = Counter(job.plan.get("undone", {}))
    if some:
        restore_companies(job, [row for row in some if row.company_id])
        people = [row for row in some if row.contact_id]
        counts += _remove(job, [row for row in people if row.outcome == Outcome.CREATED])
        counts += _restore(job, [row for row in people if row.outcome == Outcome.UPDATED and row.after])
        _off_the_list(job, people)
        job.position = some[-1].pk
    job.plan = job.plan | {"undone": dict(counts)}
    if len(some) < most:
        job.state = ImportState.UNDONE


def _off_the_list(job: ContactImport, rows: list[ImportRow]) -> None:
    """Whoever came on it by this import."""
    if job.contact_list:
        theirs = job.contact_list.rows.filter(contact__in={row.contact_id for row in rows})
        put = theirs.filter(added_at__gte=job.created_at)
        take_off(job.contact_list, list(put.values_list("contact", flat=True)))


def _remove(job: ContactImport, rows: list[ImportRow]) -> Counter:
    ids = {row.contact_id for row in rows}
    kept = touched(job, ids)
    gone = ids - kept
    Contact.objects.filter(pk__in=gone).delete()
    return Counter(removed=len(gone), kept=len(kept))


def touched(job: ContactImport, ids: set[int]) -> set[int]:
    """Those on whom something hangs that the import did not put there, or whose card somebody changed since."""
    found: set[int] = set()
    for model, field in holders():
        if model._meta.label not in OWN:
            rows = model.objects.filter(**{f"{field}__in": ids})
            found |= set(rows.values_list(field, flat=True))
    merged = Contact.objects.filter(pk__in=ids, merges__isnull=False)
    changed = PropertyChange.objects.filter(contact__in=ids).exclude(how="import", at__gte=job.created_at)
    again = ImportRow.objects.filter(contact__in=ids).exclude(imported=job)
    found |= set(merged.values_list("pk", flat=True)) | set(changed.values_list("contact", flat=True))
    return found | set(again.values_list("contact", flat=True))


def _restore(job: ContactImport, rows: list[ImportRow]) -> Counter:
    """Each property that is still as the import wrote it."""
    found = Contact.objects.select_for_update(of=("self",)).filter(pk__in={row.contact_id for row in rows})
    contacts = {one.pk: one for one in found.order_by("pk").select_related("company")}
    notes, counts = [], Counter[str]()
    for row in rows:
        contact = contacts.get(row.contact_id or 0)
        if contact is None:
            continue
        back = [key for key in row.after if _now(contact, key) == row.after[key]]
        if not back:
            counts["kept"] += 1
            continue
        for key in back:
            _put_back(contact, key, row.before[key])
            notes.append(_note(job, contact, key, row))
        counts["restored"] += 1
        contact.save()
    PropertyChange.objects.bulk_create(one for one in notes if one)
    if contacts:
        contacts_changed.send(Contact, contacts=sorted(contacts))
    return counts


def _now(contact: Contact, key: str) -> Any:
    return (
        contact.deleted_at and contact.deleted_at.isoformat()
        if key == "deleted_at"
        else current(contact, key)
    )


def _put_back(contact: Contact, key: str, value: Any) -> None:
    if key == "deleted_at":
        contact.deleted_at = datetime.fromisoformat(value) if value else None
    elif key == "company":
        contact.company = Company.objects.filter(name=value).order_by("pk").first() if value else None
    elif key == "owner":
        contact.owner = Member.objects.filter(pk=value).first() if value else None
    elif key == "email" and not value:
        contact.addresses.filter(kind="email", value=contact.email, proven_at=None).delete()
        contact.email = ""
    else:
        put(contact, key, value)


def _note(job: ContactImport, contact: Contact, key: str, row: ImportRow) -> PropertyChange | None:
    if key in ("phone_key", "owner", "deleted_at"):
        return None
    return PropertyChange(
        workspace_id=job.workspace_id, contact=contact, key=key, by=job.member, how="import", at=timezone.now(),
        before=str(row.after[key] or "")[:500], after=str(row.before[key] or "")[:500],
    )  # fmt: skip
