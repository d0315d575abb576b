"""What rooms above add to a ticket wherever it is shown: {ticket: {"due": soon or late, "words": …, "left": 0..100}}."""

from collections.abc import Callable, Collection, Sequence

from tickets.models import Ticket
from workspaces.models import Member

Marker = Callable[[Sequence[Ticket]], dict[int, dict]]
# For one member alone: what they may not read is left out.
ColumnMarker = Callable[[Sequence[Ticket], Member], dict[int, dict]]
_markers: list[Marker] = []
_of_columns: dict[str, ColumnMarker] = {}


def register(marker: Marker) -> None:
    """`marker` is asked once for a page of tickets, whatever their number."""
    if marker not in _markers:
        _markers.append(marker)


def register_column(column: str, marker: ColumnMarker) -> None:
    """What is asked only where a column of the table is shown, for whoever looks."""
    _of_columns[column] = marker


def marks_of(
    tickets: Sequence[Ticket], columns: Collection[str] = (), member: Member | None = None
) -> dict[int, dict]:
    found: dict[int, dict] = {}
    told = [marker(tickets) for marker in _markers]
    if member:
        told += [marker(tickets, member) for column, marker in _of_columns.items() if column in columns]
    for marks in told:
        for pk, mark in marks.items():
            found[pk] = found.get(pk, {}) | mark
    return found
