"""Charts as pictures for mail, whose readers draw no SVG: the same places, drawn with Pillow."""

import re
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

from analytics.charts.bars import BarChart
from analytics.charts.heat import HeatMap
from analytics.charts.lines import LineChart

WIDTH = 720
SCALE = 2  # pixels for each of a drawing's, so that it is sharp where screens are
INK, QUIET, LINE, GROUND = "#16211f", "#5d6967", "#e6e4de", "#ffffff"
DATA = {"d1": "#00786b", "d2": "#b06a1f", "d3": "#4a68c4", "d4": "#b64a86"}
STYLES = {"main": DATA["d1"], "second": DATA["d3"], "before": "#9aa5a2"}
FONT = "dist/fonts/inter-latin-opsz-normal.woff2"
NUMBER = re.compile(r"([ML])(-?[\d.]+) (-?[\d.]+)")


def png_of(chart) -> bytes | None:
    """None for what is not drawn as a picture."""
    drawings: dict[type, Callable[[Any], Image.Image]] = {LineChart: _line, BarChart: _bars, HeatMap: _heat}
    draw = drawings.get(type(chart))
    if draw is None:
        return None
    out = BytesIO()
    draw(chart).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font of the pages; without it (a page that was not built) Pillow's own, which knows fewer letters."""
    path = finders.find(FONT)
    return ImageFont.truetype(path, size * SCALE) if path else ImageFont.load_default(size * SCALE)


class _Sheet:
    """A white sheet in the places of a drawing."""

    def __init__(self, width: int, height: int):
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), GROUND)
        self.pen = ImageDraw.Draw(self.image)

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=round(width * SCALE), joint="curve")

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self.pen.rounded_rectangle(
            (left * SCALE, top * SCALE, right * SCALE, bottom * SCALE), radius=3 * SCALE, fill=colour
        )

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "ls", colour: str = QUIET, size: int = 11
    ) -> None:
        self.pen.text((x * SCALE, y * SCALE), words, fill=colour, font=_font(size), anchor=anchor)


def _line(chart: LineChart) -> Image.Image:
    sheet = _Sheet(chart.width, chart.height)
    for y, words in chart.grid:
        sheet.line([(chart.left, y), (chart.right, y)], LINE)
        sheet.text(chart.left - 8, y, words, anchor="rm")
    for x, words, anchor in chart.steps:
        sheet.text(x, chart.ground + 20, words, anchor="rs" if anchor == "end" else "ms")
    if chart.goal:
        sheet.line([(chart.left, chart.goal[0]), (chart.right, chart.goal[0])], DATA["d2"])
    for line in reversed(chart.lines):
        colour = STYLES.get(line.style, DATA["d1"])
        for piece in _pieces(line.path):
            sheet.line(piece, colour, 2)
        for x, y in line.dots:
            sheet.box(x - 2, y - 2, x + 2, y + 2, colour)
    return sheet.image


def _pieces(path: str) -> list[list[tuple[float, float]]]:
    """The unbroken parts of "M1 2 L3 4 M5 6"."""
    found: list[list[tuple[float, float]]] = []
    for sign, x, y in NUMBER.findall(path):
        if sign == "M":
            found.append([])
        found[-1].append((float(x), float(y)))
    return [piece for piece in found if len(piece) > 1]


def _bars(chart: BarChart) -> Image.Image:
    bars = chart.bars[:20]
    sheet = _Sheet(WIDTH, max(1, len(bars)) * 34 + 8)
    for i, bar in enumerate(bars):
        top = 6 + 34 * i
        sheet.text(0, top + 10, bar.name[:70], colour=INK)
        sheet.text(WIDTH, top + 10, " · ".join(filter(None, (bar.text, bar.beside))), anchor="rs")
        sheet.box(0, top + 15, WIDTH, top + 23, LINE)
        if bar.part:
            sheet.box(0, top + 15, max(6, WIDTH * bar.part / 100), top + 23, DATA.get(bar.tone, DATA["d1"]))
    return sheet.image


def _heat(chart: HeatMap) -> Image.Image:
    wide, high, left = (WIDTH - 44) / max(1, chart.columns), 24, 44
    sheet = _Sheet(WIDTH, high * len(chart.rows) + 24)
    for i, (day, spots) in enumerate(chart.rows):
        sheet.text(0, i * high + high / 2, day, anchor="lm")
        for j, spot in enumerate(spots):
            x, y = left + j * wide, i * high
            sheet.box(x + 1, y + 1, x + wide - 1, y + high - 1, _mixed(spot.part))
            if spot.text:
                sheet.text(x + wide / 2, y + high / 2, spot.text, anchor="mm", colour=GROUND)
    for j, hour in enumerate(chart.hours):
        sheet.text(left + j * wide + wide / 2, high * len(chart.rows) + 16, hour, anchor="ms")
    return sheet.image


def _mixed(part: int) -> str:
    """From the quiet ground to the full colour."""
    low, high = (0xEE, 0xEC, 0xE6), (0x00, 0x78, 0x6B)
    return "#" + "".join(f"{round(a + (b - a) * part / 100):02x}" for a, b in zip(low, high, strict=True))
