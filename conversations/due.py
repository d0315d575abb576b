"""The fuse: what is due next, as a row, a card or a ticket shows it. It is shown from half of the time on."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.windows import short

SOON, LATE = "soon", "late"
HALF, FIFTH = 50, 20


@dataclass(frozen=True)
class Due:
    """Three moments say how it burns: half used up, due soon, due. Between them it burns evenly."""

    half: datetime
    soon: datetime
    at: datetime
    now: datetime

    @property
    def state(self) -> str:
        if self.now >= self.at:
            return LATE
        return SOON if self.now >= self.soon else ""

    @property
    def is_shown(self) -> bool:
        return self.now >= min(self.half, self.soon)

    @property
    def left(self) -> int:
        """Per cent, from 50 on."""
        if self.now >= self.at:
            return 0
        if self.now < self.soon:
            return round(_between(self.half, self.soon, self.now, HALF, FIFTH))
        return round(_between(self.soon, self.at, self.now, FIFTH, 0))

    @property
    def words(self) -> str:
        if self.now >= self.at:
            return _("%(time)s late") % {"time": short(self.now - self.at)}
        return _("%(time)s left") % {"time": short(self.at - self.now)}


def _between(begin: datetime, end: datetime, now: datetime, first: float, last: float) -> float:
    if end <= begin:
        return last
    part = min(1.0, max(0.0, (now - begin) / (end - begin)))
    return first + (last - first) * part


def due_of(row, now: datetime | None = None) -> Due | None:
    """Of a conversation or ticket, by what is kept on it; None when nothing is promised or in sight."""
    if row.due_at is None:
        return None
    return Due(
        row.due_half_at or row.due_at, row.due_soon_at or row.due_at, row.due_at, now or timezone.now()
    )
