"""A line over time, with the period before and a target; numbers in, places out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from analytics.charts import scale

HEIGHT = 230
END, TOP, GROUND = 10, 12, 204
LETTER = 6.6  # about how wide one is, also where phones write a little larger
FAR = 4  # times the highest value: a goal above that is told and not drawn
# How wide it is drawn by the columns of twelve that it takes, so that its words are as large everywhere.
WIDTHS = {6: 560, 8: 720, 12: 1060}


@dataclass(frozen=True)
class Series:
    """One line. style: main, second, before. `says`: each value in words."""

    name: str
    values: Sequence[float | None]
    style: str = "main"


@dataclass(frozen=True)
class Point:
    x: float
    y: float | None
    says: str
    left: float  # of what one points at to read it
    width: float
    link: object = None


@dataclass(frozen=True)
class Line:
    name: str
    style: str
    path: str
    dots: tuple[tuple[float, float], ...] = ()  # what stands alone has no line


@dataclass(frozen=True)
class LineChart:
    label: str
    grid: tuple[tuple[float, str], ...]
    steps: tuple[tuple[float, str, str], ...]  # x, text, anchor
    lines: tuple[Line, ...]
    points: tuple[Point, ...]
    fill: str
    last: tuple[float, float] | None
    goal: tuple[float, str] | None = None
    above: str = ""  # a goal that lies too far above to be drawn
    kind: str = "line"
    width: int = 720
    height: int = HEIGHT
    left: int = 60
    top: int = TOP
    ground: int = GROUND

    @property
    def right(self) -> int:
        return self.width - END


def line_chart(
    series: Sequence[Series],
    names: Sequence[str],
    says: Sequence[str],
    *,
    label: str,
    ticks: Callable[[float], list[float]],
    tick_text: Callable[[float], str],
    goal: tuple[float, str] | None = None,
    links: Sequence[object] = (),
    span: int = 8,
) -> LineChart:
    """`names`: what stands below each step; `says`: the whole of a step in words, for who points at it."""
    highest, above = max([value for one in series for value in one.values if value is not None] + [0]), ""
    if goal and highest and goal[0] > FAR * highest:  # drawn to its scale, all lines would lie on the ground
        above, goal = goal[1], None
    highest = max(highest, goal[0] if goal else 0)
    marks = ticks(highest)
    top = marks[-1] or 1

    def y(value: float | None) -> float | None:
        return None if value is None else GROUND - (GROUND - TOP) * value / top

    n, wide = len(names), WIDTHS.get(span, 720)
    right = wide - END
    # As much room as the longest words beside it need.
    left = round(max(48, 16 + LETTER * max(len(tick_text(mark)) for mark in marks)))
    places = scale.spread_over(n, left, right)
    drawn = [(one, [(x, y(value)) for x, value in zip(places, one.values, strict=False)]) for one in series]
    main = drawn[0][1] if drawn else []
    each = (right - left) / max(1, n - 1)
    # The last one ends where the drawing does: one and a half stand between it and the middle of the one before.
    long = LETTER * max([len(name) for name in names] + [0])
    written = scale.written(n, 9 if wide > 1000 else 5, ceil(1.5 * long / each))
    return LineChart(
        label=label,
        grid=tuple((GROUND - (GROUND - TOP) * mark / top, tick_text(mark)) for mark in marks),
        steps=tuple((places[i], names[i], "end" if i == n - 1 and n > 1 else "middle") for i in written),
        lines=tuple(
            Line(
                one.name,
                one.style,
                scale.path(points),
                tuple(p[0] for p in scale.pieces(points) if len(p) == 1),
            )
            for one, points in drawn
        ),
        points=tuple(
            Point(x, at, says[i], max(0.0, x - each / 2), each, links[i] if links else None)
            for i, (x, at) in enumerate(main)
        ),
        fill=scale.area(main, GROUND),
        last=next(((x, at) for x, at in reversed(main) if at is not None), None),
        goal=(y(goal[0]) or 0, goal[1]) if goal else None,
        above=above,
        width=wide,
        left=left,
    )


def spark(values: Sequence[float | None]) -> str:
    """A small line without axes, 100 wide and 28 high."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    reach = (high - low) or 1
    places = scale.spread_over(len(values), 0, 100)
    points = [
        (x, 24 - 20 * (value - low) / reach)
        for x, value in zip(places, values, strict=True)
        if value is not None
    ]
    return scale.path(points)
