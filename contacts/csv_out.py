"""Rows for spreadsheets. What looks like a formula is written as text: nobody's name reckons in somebody's table."""

import csv
from collections.abc import Iterable
from typing import Any, TextIO

# What makes a spreadsheet reckon, also behind blanks.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> str:
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(SIGNS) else text


def writer(target: TextIO):
    """Writes rows with `row`. A mark at the start tells spreadsheets that it is UTF-8."""
    target.write("\ufeff")
    return csv.writer(target, lineterminator="\r\n")


def row(values: Iterable[Any]) -> list[str]:
    return [safe(value) for value in values]
