"""Many rows as one parameter for each column, to be cast and unnested. The driver's own way of writing lists costs a batch's time."""

from collections.abc import Iterable, Sequence
from datetime import datetime


def columns(rows: Iterable[tuple]) -> list[str]:
    """Each column as PostgreSQL writes an array: numbers, words, moments, and arrays that are written already (as words)."""
    return [literal(column) for column in zip(*rows, strict=True)]


def literal(values: Sequence) -> str:
    return "{" + ",".join(map(_written, values)) + "}"


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
