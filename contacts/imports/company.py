"""What the rows of a file say of companies: written when the people are, and taken back with them."""

from typing import Any

from django.utils import timezone

from contacts.history import told
from contacts.imports.chunk import Done, unlike
from contacts.models import Company, ContactImport, ImportRow, OnMatch, Outcome, PropertyChange

WROTE = (Outcome.CREATED, Outcome.UPDATED, Outcome.SAME)


def write_companies(job: ContactImport, done: list[Done]) -> None:
    """Inside the transaction of the rows, their people written. A row whose contact has no company says it to nobody."""
    asked = [
        (one.row, one.contact.company_id, one.of_company)
        for one in done
        if one.of_company and one.contact and one.contact.company_id and one.outcome in WROTE
    ]
    companies = _locked({pk for _row, pk, _told in asked})
    changed: dict[int, Company] = {}
    lines: list[ImportRow] = []
    for row, pk, values in asked:
        company = companies[pk]
        new = unlike(company.custom, values, fill=job.on_match != OnMatch.UPDATE)
        if new:
            before = {key: company.custom.get(key) for key in new}
            company.custom = company.custom | new
            changed[pk] = company
            lines.append(_line(job, row, company, before, new))
    _save(job, changed, lines, forth=True)
    ImportRow.objects.bulk_create(lines)


def _locked(pks: set[int]) -> dict[int, Company]:
    rows = Company.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {one.pk: one for one in rows} if pks else {}


def _line(job: ContactImport, row: int, company: Company, before: dict, after: dict) -> ImportRow:
    return ImportRow(
        workspace_id=job.workspace_id,
        imported=job,
        row=row,
        outcome=Outcome.UPDATED,
        company=company,
        before=before,
        after=after,
    )


def _save(job: ContactImport, changed: dict[int, Company], lines: list[ImportRow], *, forth: bool) -> None:
    if changed:
        Company.objects.bulk_update(changed.values(), ["custom"])
    PropertyChange.objects.bulk_create(
        PropertyChange(
            workspace_id=job.workspace_id,
            company_id=line.company_id,
            key=key,
            by=job.member,
            how="import",
            at=timezone.now(),
            before=told((line.before if forth else line.after)[key]),
            after=told((line.after if forth else line.before)[key]),
        )
        for line in lines
        for key in line.after
    )


def restore_companies(job: ContactImport, rows: list[ImportRow]) -> None:
    """Each property that is still as the import wrote it; the last row first."""
    companies = _locked({row.company_id for row in rows if row.company_id})
    changed: dict[int, Company] = {}
    lines: list[ImportRow] = []
    for row in rows:
        company = companies[row.company_id or 0]
        back: dict[str, Any] = {
            key: row.before[key] for key, value in row.after.items() if company.custom.get(key) == value
        }
        if back:
            kept = company.custom | back
            company.custom = {key: value for key, value in kept.items() if value is not None}
            changed[company.pk] = company
            row.before, row.after = back, {key: row.after[key] for key in back}
            lines.append(row)
    _save(job, changed, lines, forth=False)
