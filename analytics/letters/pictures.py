"""Charts as pictures for mail, whose readers draw no SVG: the same places, drawn with Pillow."""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, features

from analytics.charts.bars import BarChart
from analytics.charts.heat import HeatMap
from analytics.charts.lines import LineChart

WIDTH = 720
SCALE = 2  # pixels for each of a drawing's, so that it is sharp where screens are
INK, QUIET, LINE, GROUND = "#16211f", "#5d6967", "#e6e4de", "#ffffff"
DATA = {"d1": "#00786b", "d2": "#b06a1f", "d3": "#4a68c4", "d4": "#b64a86", "ink-4": "#9aa5a2"}
STYLES = {"main": DATA["d1"], "second": DATA["d3"], "third": DATA["d2"], "before": "#9aa5a2"}
# The font of the pages comes in parts.
FACES = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese")
# Beside it stand Chinese and Japanese, Korean, Arabic and Hebrew, also in parts (frontend/build.mjs, names).
WEIGHT = 400
# Written from the right, and in Arabic joined: only where Pillow finds the libraries that do it.
FROM_THE_RIGHT = {"AL", "R"}
NO_LETTER = "\U0010ffff"
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


@lru_cache(maxsize=400)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont | None:
    if name in FACES:
        path = finders.find(f"dist/fonts/inter-{name}-opsz-normal.woff2")
        return ImageFont.truetype(path, size * SCALE) if path else None
    face = ImageFont.truetype(finders.find(f"dist/names/{name}"), size * SCALE)
    face.set_variation_by_axes([WEIGHT])
    return face


@lru_cache(maxsize=1)
def _of_names() -> dict[int, list[str]]:
    """{letter: the files that should have it}, of what the font of the pages lacks."""
    path = finders.find("dist/names.json")
    if not path:
        return {}
    told: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    found: dict[int, list[str]] = {}
    for name, ranges in told.items():
        for one in ranges.replace("U+", "").split(","):
            first, _dash, last = one.strip().partition("-")
            for letter in range(int(first, 16), int(last or first, 16) + 1):
                found.setdefault(letter, []).append(name)
    return found


def _plain(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Without the font of the pages (they were not built) Pillow's own, which knows fewer letters."""
    return _face(FACES[0], size) or ImageFont.load_default(size * SCALE)


@lru_cache(maxsize=4096)
def _face_of(letter: str) -> str | None:
    """The first part of a font that has it; None: none has, or what has it cannot be set here."""
    own = next((name for name in FACES if (face := _face(name, 11)) and _has(face, letter)), None)
    # Signs and emoji are left out, whichever font has them.
    if own or unicodedata.category(letter)[0] not in "LMNP":
        return own
    if unicodedata.bidirectional(letter) in FROM_THE_RIGHT and not features.check("raqm"):
        return None
    return next((name for name in _of_names().get(ord(letter), ()) if _has(_face(name, 11), letter)), None)


def _has(face, letter: str) -> bool:
    """What a font lacks, it draws as it draws what is no letter at all."""
    if letter.isspace():
        return True
    mine, none = face.getmask(letter), face.getmask(NO_LETTER)
    return mine.size != none.size or bytes(mine) != bytes(none)


def drawable(words: str) -> str | None:
    """The words without signs (emoji) that the font has not; None where it lacks a letter: half a name is none."""
    words = unicodedata.normalize("NFC", words)
    if _face(FACES[0], 11) is None:
        return words
    lacking = {one for one in words if _face_of(one) is None}
    if any(unicodedata.category(one)[0] in "LM" for one in lacking):
        return None
    return " ".join("".join(one for one in words if one not in lacking).split()) or None


def _runs(words: str) -> list[tuple[str, str]]:
    """[(part of a font, its letters)] one after the other. A space goes with what it follows: names stay together."""
    runs: list[tuple[str, str]] = []
    for one in words:
        name = runs[-1][0] if runs and one.isspace() else _face_of(one) or FACES[0]
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + one)
        elif runs and runs[-1][1][-1].isspace():  # between two of them it goes with neither's direction
            runs[-1:] = [(runs[-1][0], runs[-1][1].rstrip()), (name, f" {one}")]
        else:
            runs.append((name, one))
    return runs


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

    def long(self, words: str, size: int = 11) -> float:
        """How wide they are, in the places of the drawing."""
        runs = _runs(words)
        return sum((_face(name, size) or _plain(size)).getlength(letters) for name, letters in runs) / SCALE

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "ls", colour: str = QUIET, size: int = 11
    ) -> None:
        runs = [(_face(name, size) or _plain(size), letters) for name, letters in _runs(words)]
        long = sum(face.getlength(letters) for face, letters in runs)
        at = x * SCALE - {"l": 0.0, "m": long / 2, "r": long}[anchor[0]]
        for face, letters in runs:
            self.pen.text((at, y * SCALE), letters, fill=colour, font=face, anchor=f"l{anchor[1]}")
            at += face.getlength(letters)


def _line(chart: LineChart) -> Image.Image:
    sheet = _Sheet(chart.width, chart.height + 22)
    for y, words in chart.grid:
        sheet.line([(chart.left, y), (chart.right, y)], LINE)
        sheet.text(chart.left - 8, y, words, anchor="rm")
    for x, words, anchor in chart.steps:
        sheet.text(x, chart.ground + 20, words, anchor="rs" if anchor == "end" else "ms")
    if chart.goal:
        sheet.line([(chart.left, chart.goal[0]), (chart.right, chart.goal[0])], DATA["d2"])
        sheet.text(chart.right, max(10, chart.goal[0] - 5), chart.goal[1], anchor="rs", colour=DATA["d2"])
    if chart.above:
        sheet.text(chart.right, 10, f"↑ {chart.above}", anchor="rs", colour=DATA["d2"])
    for line in reversed(chart.lines):
        colour = STYLES.get(line.style, DATA["d1"])
        for piece in _pieces(line.path):
            sheet.line(piece, colour, 2)
        for x, y in line.dots:
            sheet.box(x - 2, y - 2, x + 2, y + 2, colour)
    _legend(sheet, chart)
    return sheet.image


def _legend(sheet: _Sheet, chart: LineChart) -> None:
    """Which line is which, below them."""
    x, y = float(chart.left), chart.height + 12
    for line in chart.lines:
        sheet.line([(x, y - 4), (x + 16, y - 4)], STYLES.get(line.style, DATA["d1"]), 2)
        sheet.text(x + 22, y, line.name)
        x += 40 + sheet.long(line.name)


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
        # In letters that cannot be drawn: where the table below the picture has the name as text.
        name = drawable(bar.name) or _("No. %(n)s of the table") % {"n": i + 1}
        sheet.text(0, top + 10, name[:70], colour=INK)
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
