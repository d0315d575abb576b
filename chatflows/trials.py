"""Two versions side by side, honestly: how far apart they may really be, and no winner before that can be said. Pure.

What is compared are chats, of which each is one; how often a chatflow is shown counts every page of the same visitor, so
that share is told and never judged. The interval is Newcombe's for the difference of two shares, from Wilson's of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

# Looking every day and stopping when it suits finds winners that are none: with 99 % and a whole week that is rare.
Z = 2.5758
CONFIDENCE = 99
LEAST_CHATS = 100
LEAST_TIME = timedelta(days=7)  # working days and the weekend


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None

    def bounds(self) -> tuple[float, float]:
        """Wilson's interval, as shares of one."""
        if not self.whole:
            return 0.0, 1.0
        n, p, square = self.whole, self.part / self.whole, Z * Z
        middle = (p + square / (2 * n)) / (1 + square / n)
        half = Z * sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Compared:
    """The rival against what is published, in one measure. `low` and `high` are points of a hundred, None without chats."""

    measure: str
    published: Share
    rival: Share
    low: float | None = None
    high: float | None = None
    # published, rival, level (enough was counted and neither stands out), or "" while it is too early.
    leads: str = ""


def share_of(counts: Mapping[str, int], measure: str, of: str) -> Share:
    whole = counts.get(of, 0)
    return Share(min(counts.get(measure, 0), whole), whole)


def compare(
    measure: str, published: Mapping[str, int], rival: Mapping[str, int], *, is_long_enough: bool
) -> Compared:
    ours, theirs = share_of(published, measure, "started"), share_of(rival, measure, "started")
    if not ours.whole or not theirs.whole:
        return Compared(measure, ours, theirs)
    low, high = difference(ours, theirs)
    enough = is_long_enough and min(ours.whole, theirs.whole) >= LEAST_CHATS
    leads = "" if not enough else "rival" if low > 0 else "published" if high < 0 else "level"
    return Compared(measure, ours, theirs, 100 * low, 100 * high, leads)


def difference(ours: Share, theirs: Share) -> tuple[float, float]:
    """Theirs less ours: between what and what."""
    p, q = ours.part / ours.whole, theirs.part / theirs.whole
    (p_low, p_high), (q_low, q_high) = ours.bounds(), theirs.bounds()
    return (
        q - p - sqrt((q - q_low) ** 2 + (p_high - p) ** 2),
        q - p + sqrt((q_high - q) ** 2 + (p - p_low) ** 2),
    )


def is_long_enough(since: datetime, now: datetime) -> bool:
    return now - since >= LEAST_TIME
