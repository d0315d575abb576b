"""What rooms above add to a ticket wherever it is shown: {ticket: {"due": soon or late, "words": …, "left": 0..100}}."""

from collections.abc import Callable, Collection, Sequence

from tickets.models import Ticket

Marker = Callable[[Sequence[Ticket]], dict[int, dict]]
_markers: dict[Marker, str] = {}


def register(marker: Marker, *, column: str = "") -> None:
    """`marker` is asked once for a page of tickets, whatever their number; with a column only where that is shown."""
    _markers[marker] = column


def marks_of(tickets: Sequence[Ticket], columns: Collection[str] = ()) -> dict[int, dict]:
    found: dict[int, dict] = {}
    for marker, column in _markers.items():
        if column and column not in columns:
            continue
        for pk, told in marker(tickets).items():
            found[pk] = found.get(pk, {}) | told
    return found
