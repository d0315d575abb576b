"""Histograms that add up: how often a duration fell into each of a fixed row of buckets, a fifth wider each.

Bucket 0 is no time at all, 1 one second, k everything from 1.2 to the power k-1 up to the next. Counts of two histograms
add up to the histogram of both, so the median of a team over a quarter is one, and not an average of medians. What is read
between two bounds is at most a tenth off; counts, sums and means are exact.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

COUNT = 118
# The first whole second of each bucket from 1 on: reckoned in whole numbers, for a bound must be the same everywhere.
FIRST = [-(-(6**k) // 5**k) for k in range(COUNT)]
LONGEST = 2**31 - 1


def of(seconds: int) -> int:
    """The bucket of a duration; below nothing is nothing."""
    return bisect_right(FIRST, seconds)


def bounds(bucket: int) -> tuple[int, int]:
    """The whole seconds from which and up to which, without, it reaches; both the same for one that holds none."""
    if bucket <= 0:
        return 0, 1
    return FIRST[bucket - 1], FIRST[bucket] if bucket < COUNT else LONGEST + 1


@dataclass
class Histogram:
    """How many, their sum, and how they are spread: {bucket: how many}."""

    n: int = 0
    total: int = 0
    counts: dict[int, int] = field(default_factory=dict)

    def add(self, bucket: int, n: int, total: int) -> None:
        self.n += n
        self.total += total
        self.counts[bucket] = self.counts.get(bucket, 0) + n

    def join(self, other: "Histogram") -> "Histogram":
        """Both together, as a new one."""
        both = Histogram(self.n, self.total, dict(self.counts))
        for bucket, n in other.counts.items():
            both.counts[bucket] = both.counts.get(bucket, 0) + n
        both.n, both.total = self.n + other.n, self.total + other.total
        return both

    @classmethod
    def of_values(cls, values: Iterable[int]) -> "Histogram":
        made = cls()
        for value in values:
            made.add(of(value), 1, value)
        return made

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None

    @property
    def median(self) -> float | None:
        return self.quantile(0.5)

    @property
    def p90(self) -> float | None:
        return self.quantile(0.9)

    def quantile(self, q: float) -> float | None:
        """The duration that a share `q` of them does not exceed; None when there are none."""
        if not self.n:
            return None
        rank, seen = q * self.n, 0
        for bucket in sorted(self.counts):
            n = self.counts[bucket]
            if n and seen + n >= rank:
                first, end = bounds(bucket)
                return first + (end - 1 - first) * max(0.0, (rank - seen) / n)
            seen += n
        return float(bounds(max(self.counts))[1] - 1)

    def distribution(self, steps: Iterable[int]) -> list[tuple[int, int | None, int]]:
        """For a picture: [(from, up to or None, how many)] between steps of seconds, by the bucket each begins in.

        A step is moved to the nearest bound of a bucket, so that every number is a whole count.
        """
        edges = [0, *sorted({_bound(step) for step in steps})]
        found = []
        for i, first in enumerate(edges):
            end = edges[i + 1] if i + 1 < len(edges) else None
            inside = (
                n
                for bucket, n in self.counts.items()
                if bounds(bucket)[0] >= first and (end is None or bounds(bucket)[0] < end)
            )
            found.append((first, end, sum(inside)))
        return found


def _bound(seconds: int) -> int:
    return min(FIRST, key=lambda first: abs(first - seconds))
