"""Cells of a report's table: the number, its words, and which facts stand behind it."""

from datetime import date

from analytics import spell
from analytics.numbers import Histogram
from analytics.reports.base import Behind, Figure

GOOD = 4  # a vote of four or five


def count(n: int, behind: Behind | None = None, *, of: int = 0) -> Figure:
    meter = round(100 * n / of) if of else None
    return Figure(n, spell.number(n), str(n), behind if n else None, meter=meter)


def seconds(value: float | None, behind: Behind | None = None) -> Figure:
    plain = "" if value is None else str(round(value))
    return Figure(value, spell.duration(value), plain, None if value is None else behind)


def share(part: float, whole: float, behind: Behind | None = None) -> Figure:
    value = part / whole if whole else None
    plain = "" if value is None else f"{value:.4f}"
    return Figure(value, spell.percent(value), plain, behind if whole else None)


def part(value: float | None) -> Figure:
    return Figure(value, spell.percent(value), "" if value is None else f"{value:.4f}")


def score(votes: Histogram, behind: Behind | None = None) -> Figure:
    mean = votes.mean
    return Figure(
        mean, spell.number(mean, 1), "" if mean is None else f"{mean:.2f}", behind if votes.n else None
    )


def nothing() -> Figure:
    return Figure(None, spell.NONE, "")


def good(votes: Histogram) -> int:
    return sum(n for value, n in votes.counts.items() if value >= GOOD)


def spread(histogram: Histogram, behind: Behind) -> tuple[Figure, ...]:
    """How many, mean, median and what nine in ten do not exceed."""
    return (
        count(histogram.n, behind),
        seconds(histogram.mean, behind),
        seconds(histogram.median, behind),
        seconds(histogram.p90, behind),
    )


def step(kind: str, grain: str, at: date) -> Behind:
    return Behind(kind, grain=grain, at=at)
