"""Bars beside their words, and a distribution: shares of the largest."""

from collections.abc import Sequence
from dataclasses import dataclass

from workspaces.labelled import labelled


@dataclass(frozen=True)
class Bar:
    name: str
    text: str
    beside: str
    part: int  # of a hundred
    link: object = None
    tone: str = "d1"
    says: str = ""


@dataclass(frozen=True)
class BarChart:
    label: str
    bars: tuple[Bar, ...]
    kind: str = "bars"


def bar_chart(bars: Sequence[tuple], *, label: str, of: float | None = None, kind: str = "bars") -> BarChart:
    """`bars`: (name, value, text, beside, link[, tone]). `of`: what a full bar is, else the largest."""
    whole = of or max([bar[1] or 0 for bar in bars] + [0]) or 1
    made = []
    for name, value, text, beside, link, *tone in bars:
        part = round(100 * min(1, (value or 0) / whole))
        said = labelled(name, text) + (f" ({beside})" if beside else "")
        made.append(
            Bar(name, text, beside, max(part, 1 if value else 0), link, tone[0] if tone else "d1", said)
        )
    return BarChart(label, tuple(made), kind)
