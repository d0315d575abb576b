"""What changed of a contact or a company, when, and by whom. It stands beside the value, goes with them, and is never the source."""

from collections.abc import Mapping, Sequence

from contacts.models import Company, Contact, PropertyChange
from workspaces.models import Member
from workspaces.origin import current_origin

LONGEST = 500


def note_changes(
    row: Contact | Company,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    by: Member | None = None,
    how: str = "",
) -> None:
    """Keep what differs of {key: value}. Without `by` it was whoever asks now; a task has nobody."""
    note_same([row], before, after, by=by, how=how)


def note_same(
    rows: Sequence[Contact | Company],
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    by: Member | None = None,
    how: str = "",
) -> None:
    """The same change of several, in one statement."""
    by = by or current_origin().member
    changes = [
        PropertyChange(
            workspace_id=row.workspace_id, key=key, how=how, **whose(row),
            by=by if by and by.workspace_id == row.workspace_id else None,
            before=told(before.get(key)), after=told(after.get(key)),
        )
        for row in rows
        for key in {**before, **after}
        if told(before.get(key)) != told(after.get(key))
    ]  # fmt: skip
    if changes:
        PropertyChange.objects.bulk_create(changes)


def whose(row: Contact | Company) -> dict[str, Contact | Company]:
    """As PropertyChange names them."""
    return {"company" if isinstance(row, Company) else "contact": row}


def told(value: object) -> str:
    """A value as the history keeps it: short, and readable when what it named is gone."""
    if isinstance(value, Member):
        return value.display_name[:LONGEST]
    if isinstance(value, list):
        return ", ".join(map(str, value))[:LONGEST]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):  # a file
        return str(value.get("name", ""))[:LONGEST]
    return "" if value is None else str(value)[:LONGEST]
