"""When something was open, from the log's closings and re-openings; the row says how it stands now. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from analytics.facts.story import Event

# The key of a closing that no event tells of: it was brought in closed.
UNTOLD = "row"


@dataclass
class Closing:
    at: datetime
    event: int = 0
    undone_at: datetime | None = None
    undone_by: int = 0

    @property
    def key(self) -> str:
        return str(self.event) if self.event else UNTOLD


@dataclass
class Spans:
    """`open`: from when to when, of every time that has ended."""

    closings: list[Closing] = field(default_factory=list)
    open: list[tuple[datetime, datetime]] = field(default_factory=list)

    @classmethod
    def of(
        cls, begun_at: datetime, states: Iterable[tuple[Event, bool]], closed_at: datetime | None
    ) -> "Spans":
        made, since = cls(), begun_at
        is_open = True
        for event, opens in states:
            if is_open and not opens:
                made._close(Closing(event.at, event.id), since)
                is_open = False
            elif opens and not is_open:
                made.closings[-1].undone_at, made.closings[-1].undone_by = event.at, event.id
                since, is_open = event.at, True
        if is_open and closed_at:
            made._close(Closing(closed_at), since)
        return made

    def _close(self, closing: Closing, since: datetime) -> None:
        self.closings.append(closing)
        self.open.append((since, max(since, closing.at)))
