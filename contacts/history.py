"""What changed of a contact, when, and by whom. It stands beside the value, goes with the contact, and is never the source."""

from collections.abc import Mapping

from contacts.models import Contact, PropertyChange
from workspaces.models import Member
from workspaces.origin import current_origin

LONGEST = 500


def note_changes(
    contact: Contact,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    by: Member | None = None,
    how: str = "",
) -> None:
    """Keep what differs of {key: value}. Without `by` it was whoever asks now; a task has nobody."""
    by = by or current_origin().member
    if by is not None and by.workspace_id != contact.workspace_id:
        by = None
    rows = [
        PropertyChange(
            workspace_id=contact.workspace_id, contact=contact, key=key, by=by, how=how,
            before=told(before.get(key)), after=told(after.get(key)),
        )
        for key in {**before, **after}
        if told(before.get(key)) != told(after.get(key))
    ]  # fmt: skip
    if rows:
        PropertyChange.objects.bulk_create(rows)


def told(value: object) -> str:
    """A value as the history keeps it: short, and readable when what it named is gone."""
    if isinstance(value, Member):
        return value.display_name[:LONGEST]
    if isinstance(value, list):
        return ", ".join(map(str, value))[:LONGEST]
    if isinstance(value, dict):  # a file
        return str(value.get("name", ""))[:LONGEST]
    return "" if value is None else str(value)[:LONGEST]
