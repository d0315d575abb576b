"""What was planned for some rows, written: a handful of statements for hundreds of contacts."""

from django.utils import timezone

from contacts.companies import companies_of_addresses
from contacts.history import told
from contacts.imports.chunk import Done
from contacts.imports.company import write_companies
from contacts.lists import add
from contacts.models import (
    Company,
    Contact,
    ContactAddress,
    ContactImport,
    ImportRow,
    Outcome,
    PropertyChange,
)
from contacts.signals import contacts_changed
from workspaces.models import Member

MOST_MISTAKES = 10_000  # as many are kept to be fetched
FIELDS = [
    "name", "email", "phone", "phone_key", "job_title", "company", "language", "time_zone", "city", "owner",
    "custom", "deleted_at",
]  # fmt: skip
SHOWN_ELSEWHERE = {"name", "email", "phone", "company"}


def write(job: ContactImport, done: list[Done]) -> None:
    """Inside the transaction in which the rows were planned and their contacts locked."""
    new = [one.contact for one in done if one.outcome == Outcome.CREATED and one.contact]
    changed = _unlike(
        [one for one in done if one.outcome == Outcome.UPDATED and one.contact and one.contact.pk]
    )
    _name_companies(job, new, list(changed.values()))
    for contact in new:
        contact.workspace_id = job.workspace_id
    Contact.objects.bulk_create(new)
    _add_addresses(job, new, list(changed.values()))
    Contact.objects.bulk_update(changed.values(), FIELDS)
    _note(job, [one for one in done if one.outcome == Outcome.UPDATED and one.contact])
    _keep(job, done)
    write_companies(job, done)
    if job.contact_list and not job.contact_list.by_rule:
        on = {one.contact.pk for one in done if one.contact and one.outcome != Outcome.SKIPPED}
        add(job.contact_list, on)
    renamed = {
        one.contact.pk
        for one in done
        if one.outcome == Outcome.UPDATED and one.contact and SHOWN_ELSEWHERE & one.after.keys()
    }
    if renamed:
        contacts_changed.send(Contact, contacts=sorted(renamed))


def _unlike(done: list[Done]) -> dict[int, Contact]:
    """Each contact once, however many rows mean them."""
    return {one.contact.pk: one.contact for one in done if one.contact}


def _name_companies(job: ContactImport, new: list[Contact], changed: list[Contact]) -> None:
    """By the name that the file gives; else by the domain of the address, as for anybody who is new (SB-5)."""
    named = {one.__dict__["company_named"] for one in [*new, *changed] if one.__dict__.get("company_named")}
    known = companies_called(named)
    missing = {name.casefold(): name for name in named if name.casefold() not in known}
    made = [Company(workspace_id=job.workspace_id, name=name) for name in missing.values()]
    known |= {one.name.casefold(): one for one in Company.objects.bulk_create(made)}
    by_domain = companies_of_addresses(one.email for one in new if one.email)
    for one in [*new, *changed]:
        if typed := one.__dict__.pop("company_named", ""):
            one.company = known[typed.casefold()]
    for one in new:
        if one.company_id is None and one.email:
            one.company = by_domain.get(one.email.rpartition("@")[2])


def companies_called(names: set[str]) -> dict[str, Company]:
    """{name in small letters: company}, the oldest of each."""
    rows = Company.objects.extra(where=["lower(name) = ANY(%s)"], params=[[name.lower() for name in names]])
    return {one.name.casefold(): one for one in rows.order_by("-pk")} if names else {}


def _add_addresses(job: ContactImport, new: list[Contact], changed: list[Contact]) -> None:
    """Nobody proved anything by it (TR-6). An address that somebody took meanwhile stops the piece, which is done anew."""
    rows = [
        ContactAddress(workspace_id=job.workspace_id, contact=one, kind="email", value=one.email)
        for one in new
        if one.email
    ]
    held = set(
        ContactAddress.objects.filter(
            kind="email", value__in=[one.email for one in changed if one.email]
        ).values_list("value", flat=True)
    )
    rows += [
        ContactAddress(workspace_id=job.workspace_id, contact=one, kind="email", value=one.email)
        for one in changed
        if one.email and one.email not in held
    ]
    ContactAddress.objects.bulk_create(rows)


def _note(job: ContactImport, done: list[Done]) -> None:
    names = dict(_owner_names(done))
    now = timezone.now()
    PropertyChange.objects.bulk_create(
        PropertyChange(
            workspace_id=job.workspace_id, contact=one.contact, key=key.removesuffix("_at"), by=job.member, how="import",
            at=now, before=_said(key, one.before[key], names), after=_said(key, value, names),
        )
        for one in done
        for key, value in one.after.items()
        if key != "phone_key"
    )  # fmt: skip


def _owner_names(done: list[Done]):
    pks = {side.get("owner") for one in done for side in (one.before, one.after)} - {None}
    members = Member.objects.filter(pk__in=pks).select_related("user") if pks else []
    return [(one.pk, one.display_name) for one in members]


def _said(key: str, value, names: dict[int, str]) -> str:
    if key == "owner":
        return names.get(value, "")
    return ("1" if value else "") if key == "deleted_at" else told(value)


def _as_it_was(one: Done) -> bool:
    """The contact; what the row wrote of the company has a line of its own."""
    return one.outcome == Outcome.SAME or (one.outcome == Outcome.UPDATED and not one.after)


def _keep(job: ContactImport, done: list[Done]) -> None:
    """What is needed to take it back; of rows with a mistake, the row."""
    room = MOST_MISTAKES - job.counts.get(Outcome.FAILED, 0)
    rows = []
    for one in done:
        if one.outcome == Outcome.FAILED:
            room -= 1
            if room < 0:
                continue
        elif one.outcome == Outcome.SKIPPED or (not job.contact_list and _as_it_was(one)):
            continue
        rows.append(
            ImportRow(
                workspace_id=job.workspace_id, imported=job, row=one.row, outcome=one.outcome, contact=one.contact,
                before={} if one.outcome == Outcome.CREATED else one.before,
                after=one.after if one.outcome == Outcome.UPDATED else {}, raw=one.raw, error=one.error,
            )
        )  # fmt: skip
    ImportRow.objects.bulk_create(rows)
