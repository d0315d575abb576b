"""A file of somebody's as rows of texts, a piece at a time: whatever its encoding, its delimiter, its line ends."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 50 * 1024 * 1024
MOST_COLUMNS = 100
LONGEST = 5000  # of one value; longer ones are cut
DELIMITERS = ",;\t|"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")
SIGNS = ("=", "+", "-", "@", "\t", "\r")
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Head:
    """What a file looks like: its delimiter, its first row, a few of the next."""

    delimiter: str
    columns: list[str]
    sample: list[list[str]]


@dataclass(frozen=True)
class Record:
    """One row, and where the file goes on after it. `values` is None for one that cannot be read."""

    values: list[str] | None
    end: int


def keep(upload, path: Path) -> None:
    """Write what was sent as it came, then as UTF-8 with plain line ends. Raises ValidationError; then nothing is kept."""
    if upload.size > LARGEST:
        raise ValidationError(_("This file is too large: 50 MB at most."))
    raw = path.with_suffix(".raw")
    try:
        with raw.open("wb") as target:
            for piece in upload.chunks():
                target.write(piece)
        _to_utf8(raw, path)
    except ValidationError:
        path.unlink(missing_ok=True)
        raise
    finally:
        raw.unlink(missing_ok=True)


def _to_utf8(raw: Path, path: Path) -> None:
    with raw.open("rb") as file:
        start = file.read(4096)
    encoding = next((name for mark, name in MARKS.items() if start.startswith(mark)), "utf-8")
    if start.startswith(OTHER_FILES) or (b"\0" in start and encoding != "utf-16"):
        raise ValidationError(_("This is not a CSV file. A spreadsheet can be saved as one."))
    try:
        _rewrite(raw, path, encoding)
    except UnicodeDecodeError:
        _rewrite(raw, path, "cp1252")


def _rewrite(raw: Path, path: Path, encoding: str) -> None:
    errors = "replace" if encoding == "cp1252" else "strict"
    with (
        raw.open(encoding=encoding, errors=errors) as source,
        path.open("w", encoding="utf-8", newline="\n") as target,
    ):
        while piece := source.read(PIECE):
            target.write(piece.replace("\0", ""))


def head_of(path: Path) -> Head:
    """Raises ValidationError for a file without rows."""
    with path.open("rb") as file:
        lines = file.read(64 * 1024).decode(errors="ignore").splitlines()[:20]
    delimiter = max(DELIMITERS, key=lambda sign: _columns_with(lines, sign)) if lines else ","
    rows = [record.values for record, _n in zip(records(path, 0, delimiter), range(4), strict=False)]
    if len(rows) < 2 or not rows[0]:
        raise ValidationError(
            _("This file has no rows: the first names the columns, each other one a contact.")
        )
    if len(rows[0]) > MOST_COLUMNS:
        raise ValidationError(_("This file has too many columns: 100 at most."))
    return Head(delimiter, [name[:100] for name in rows[0]], [row for row in rows[1:] if row])


def _columns_with(lines: list[str], delimiter: str) -> tuple[int, int]:
    """In how many of the first rows there are as many columns as in the first, and how many those are."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] < 2:
        return (0, 0)
    return (sum(width == widths[0] for width in widths), widths[0])


def records(path: Path, position: int, delimiter: str) -> Iterator[Record]:
    """The rows from a place on; a row may go over several lines. Empty ones are left out."""
    with path.open("rb") as file:
        file.seek(position)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Record(None, file.tell())
                reader = csv.reader(lines, delimiter=delimiter)
                continue
            if any(value.strip() for value in values):
                yield Record([tidy(value) for value in values], file.tell())


class _Lines:
    """Lines as texts. The reader of rows takes no line more than its row needs, so that the file says where it ended."""

    def __init__(self, file: BinaryIO):
        self.file = file

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self.file.readline()
        if not line:
            raise StopIteration
        return line.decode()


def tidy(value: str) -> str:
    """Without blanks around, and without the sign that keeps a spreadsheet from reckoning."""
    value = value.strip()[:LONGEST]
    return value[1:] if value.startswith("'") and value[1:].startswith(SIGNS) else value
