"""What rooms above add to a ticket wherever it is shown: {ticket: {"due": soon or late, "words": …, "left": 0..100}}."""

from collections.abc import Callable, Sequence

from tickets.models import Ticket

Marker = Callable[[Sequence[Ticket]], dict[int, dict]]
_markers: list[Marker] = []


def register(marker: Marker) -> None:
    """`marker` is asked once for a page of tickets, whatever their number."""
    if marker not in _markers:
        _markers.append(marker)


def marks_of(tickets: Sequence[Ticket]) -> dict[int, dict]:
    found: dict[int, dict] = {}
    for marker in _markers:
        for pk, told in marker(tickets).items():
            found[pk] = found.get(pk, {}) | told
    return found
