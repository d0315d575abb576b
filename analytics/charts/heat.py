"""A map of the week: seven days, their hours, the fuller the darker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    part: int
    says: str
    text: str  # only of the fullest
    link: object = None


@dataclass(frozen=True)
class HeatMap:
    label: str
    rows: tuple[tuple[str, tuple[Spot, ...]], ...]
    hours: tuple[str, ...]
    columns: int
    kind: str = "heat"


def heat_map(
    counts: Mapping[tuple[int, int], int],
    *,
    label: str,
    day_name: Callable[[int], str],
    says: Callable[[int, int, int], str],
    link: Callable[[int, int], object] = lambda day, hour: None,
    week_starts: int = 0,
) -> HeatMap:
    """`counts`: {(weekday, hour): how many}. Hours before the first and after the last that has any are left out."""
    used = [hour for (_day, hour), n in counts.items() if n]
    first, last = (min(*used, 8), max(*used, 18)) if used else (8, 18)
    highest = max(counts.values(), default=0)
    fullest = next((at for at, n in counts.items() if n and n == highest), None)
    rows = []
    for i in range(7):
        day = (week_starts + i) % 7
        spots = []
        for hour in range(first, last + 1):
            n = counts.get((day, hour), 0)
            part = round(100 * n / highest) if highest else 0
            mine = (day, hour) == fullest
            spots.append(
                Spot(max(part, 3 if n else 0), says(day, hour, n), str(n) if mine else "", link(day, hour))
            )
        rows.append((day_name(day), tuple(spots)))
    hours = tuple(str(hour) if (hour - first) % 2 == 0 else "" for hour in range(first, last + 1))
    return HeatMap(label, tuple(rows), hours, last - first + 1)
