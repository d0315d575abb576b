"""Comma-separated text that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable

# What begins a formula, also in the wide signs of East Asian keyboards.
DANGEROUS = tuple("=+-@\t\r＝＋－＠")


def line(values: Iterable) -> str:
    """One line, every field quoted; a field that a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(one) for one in values])
    return out.getvalue()


def harmless(value) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(DANGEROUS) else text
