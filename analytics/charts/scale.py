"""Where things stand in a drawing: round steps for numbers and durations, places for points and labels."""

from collections.abc import Sequence
from math import ceil, log10

SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
DAY = 86_400


def round_step(highest: float, most: int = 5) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that gets there in `most` steps."""
    if highest <= 0:
        return 1
    least = highest / most
    power = 10 ** (ceil(log10(least)) - 1)
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= least)


def duration_step(highest: float, most: int = 5) -> float:
    """A step that people count time in."""
    for step in SECONDS:
        if step * most >= highest:
            return step
    return max(1, round_step(highest / DAY, most)) * DAY


def ticks(highest: float, step: float) -> list[float]:
    """From nothing up to the first that is not below the highest; at least one step."""
    return [step * i for i in range(max(1, ceil(round(highest / step, 6))) + 1)]


def number_ticks(highest: float, *, whole: bool = True) -> list[float]:
    step = round_step(highest)
    return ticks(highest, max(1, step) if whole else step)


def duration_ticks(highest: float) -> list[float]:
    return ticks(highest, duration_step(highest))


def share_ticks(_highest: float) -> list[float]:
    return [0, 0.25, 0.5, 0.75, 1]


def spread_over(n: int, start: float, end: float) -> list[float]:
    """The places of n points from start to end; one alone stands in the middle."""
    if n == 1:
        return [(start + end) / 2]
    return [start + (end - start) * i / (n - 1) for i in range(n)]


def written(n: int, most: int = 5, gap: int = 1) -> list[int]:
    """Which of n points have their name written: the first, the last, and evenly between; `gap`: how many steps one takes."""
    if n <= max(most, 8) and gap <= 1:
        return list(range(n))
    while most > 2 and (n - 1) // (most - 1) < gap:
        most -= 1
    return [round(i * (n - 1) / (most - 1)) for i in range(most)]


def path(points: Sequence[tuple[float, float | None]]) -> str:
    """A line through them; where one is missing, it begins anew after it."""
    drawn, pen = [], "M"
    for x, y in points:
        if y is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return " ".join(drawn)


def pieces(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Its unbroken parts."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [piece for piece in found if piece]


def area(points: Sequence[tuple[float, float | None]], ground: float) -> str:
    """The ground below the line."""
    parts = [piece for piece in pieces(points) if len(piece) > 1]
    return " ".join(
        f"{path(part)} L{part[-1][0]:.1f} {ground:.1f} L{part[0][0]:.1f} {ground:.1f}Z" for part in parts
    )
