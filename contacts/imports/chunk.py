"""Some rows of a file against the contacts there are: who is new, who is meant, what would change. Writes nothing."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.imports.reading import Record
from contacts.imports.rows import COMPANY, Reader
from contacts.models import Contact, ContactAddress, OnMatch, Outcome


@dataclass
class Done:
    """One row: what becomes of it. `contact` has no number yet when it is new."""

    row: int
    outcome: str
    contact: Contact | None = None
    told: dict[str, Any] = field(default_factory=dict)
    of_company: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    error: str = ""


@dataclass
class Known:
    """The contacts whom some rows mean, by address and by number."""

    by_email: dict[str, Contact]
    by_phone: dict[str, Contact]


def plan(
    records: list[Record],
    first: int,
    reader: Reader,
    on_match: str,
    *,
    locked: bool,
    seen: set[int] | None = None,
) -> list[Done]:
    """What to do with each row, in order. `seen` are the addresses of rows before, when those were not written."""
    done = [_read(record, first + n, reader) for n, record in enumerate(records)]
    good = [one for one in done if one.outcome != Outcome.FAILED]
    known = _known(good, locked=locked)
    for one in good:
        _decide(one, known, on_match, seen)
    return done


def _read(record: Record, row: int, reader: Reader) -> Done:
    if record.values is None:
        return Done(row, Outcome.FAILED, error=_("This row cannot be read."))
    try:
        told = reader.read(record.values)
        return Done(row, Outcome.CREATED, told=told, of_company=told.pop(COMPANY, {}))
    except ValidationError as wrong:
        return Done(row, Outcome.FAILED, raw=record.values, error=" ".join(wrong.messages)[:300])


def _known(done: list[Done], *, locked: bool) -> Known:
    """By the address; by the number where a row has no address."""
    emails = {one.told["email"] for one in done if one.told.get("email")}
    keys = {one.told.get("phone_key", "") for one in done if not one.told.get("email")} - {""}
    addresses = ContactAddress.objects.filter(kind="email", value__in=emails).values_list("value", "contact")
    owner_of = dict(addresses) if emails else {}
    rows = Contact.objects.filter(phone_key__in=keys).exclude(phone_key="")
    of_phone = dict(rows.order_by("-pk").values_list("phone_key", "pk")) if keys else {}
    found = Contact.objects.filter(pk__in={*owner_of.values(), *of_phone.values()}).order_by("pk")
    found = found.select_for_update(of=("self",)) if locked else found
    by_pk = (
        {one.pk: one for one in found.select_related("company", "owner__user")}
        if owner_of or of_phone
        else {}
    )
    return Known(
        {value: by_pk[pk] for value, pk in owner_of.items() if pk in by_pk},
        {value: by_pk[pk] for value, pk in of_phone.items() if pk in by_pk},
    )


def _decide(one: Done, known: Known, on_match: str, seen: set[int] | None) -> None:
    email, key = one.told.get("email", ""), one.told.get("phone_key", "")
    contact = known.by_email.get(email) if email else known.by_phone.get(key)
    if contact is None:
        name = hash(email or key)
        if seen is not None and (email or key):
            if name in seen:
                one.outcome = Outcome.SKIPPED.value if on_match == OnMatch.SKIP else Outcome.UPDATED.value
                return
            seen.add(name)
        one.contact = Contact()
        one.before, one.after = _apply(one.contact, one.told, fill=False)
        # A second row with this address means the contact of the first.
        if email:
            known.by_email[email] = one.contact
        elif key:
            known.by_phone[key] = one.contact
        return
    one.contact = contact
    if on_match == OnMatch.SKIP:
        one.outcome = Outcome.SKIPPED.value
        return
    one.before, one.after = _apply(contact, one.told, fill=on_match == OnMatch.FILL)
    changed = one.after or _changes_company(contact, one.of_company, fill=on_match == OnMatch.FILL)
    one.outcome = Outcome.UPDATED.value if changed else Outcome.SAME.value


def _changes_company(contact: Contact, told: dict[str, Any], *, fill: bool) -> bool:
    return contact.company is not None and bool(unlike(contact.company.custom, told, fill=fill))


def unlike(custom: dict[str, Any], told: dict[str, Any], *, fill: bool) -> dict[str, Any]:
    """What of `told` is not there yet; with `fill`, only what is empty."""
    return {
        key: value
        for key, value in told.items()
        if value not in (None, "", []) and custom.get(key) != value and not (fill and key in custom)
    }


def _apply(contact: Contact, told: dict[str, Any], *, fill: bool) -> tuple[dict, dict]:
    """Write on the row in memory; (what it was, what it is) of what differs. A company is still a name here."""
    before, after = {}, {}
    for key, value in told.items():
        was = current(contact, key)
        # The address that stands on the card stays: the file named them by another of theirs.
        if was == value or (was and (fill or key == "email")):
            continue
        if key == "company" and str(was or "").casefold() == value.casefold():
            continue
        before[key], after[key] = was, value
        put(contact, key, value)
    if contact.deleted_at and contact.pk:
        before["deleted_at"], after["deleted_at"] = contact.deleted_at.isoformat(), None
        contact.deleted_at = None
    return before, after


def current(contact: Contact, key: str) -> Any:
    if key == "company":
        typed = contact.__dict__.get("company_named")
        return typed or (contact.company.name if contact.company_id and contact.company else "")
    if key == "owner":
        return contact.owner_id
    return getattr(contact, key) if hasattr(contact, key) else contact.custom.get(key)


def put(contact: Contact, key: str, value: Any) -> None:
    if key == "company":
        contact.__dict__["company_named"] = value
    elif key == "owner":
        contact.owner_id = value
    elif hasattr(contact, key):
        setattr(contact, key, value)
    else:
        contact.custom = {
            name: one for name, one in {**contact.custom, key: value}.items() if one not in (None, "", [])
        }
