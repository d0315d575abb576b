"""Questions to the numbers as statements, so that all those of a page are asked at once: one statement, one answer each.

A statement's rows are (kind, part, cell, bucket, n, total); what a question has no use for is null.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Row = tuple[str, Any, Any, int | None, int, int]
# How a cell is carried through a statement that has cells of every grain: (its type, its column).
_PLACES = {"": "number", "weekday_hour": "number", "hour": "moment"}


@dataclass(frozen=True)
class Question:
    """One question: its statement, of which grain its cells are, and what becomes of its rows."""

    sql: str
    params: tuple
    grain: str
    # Whether what it is told apart by is a number.
    counted_by_number: bool
    made_of: Callable[[Iterable[Row]], list]


def of_rows(rows: QuerySet) -> tuple[str, tuple]:
    """A queryset's statement."""
    return rows.order_by().query.sql_with_params()


def answers(questions: Sequence[Question]) -> list[list]:
    """What each says, in one statement."""
    if not questions:
        return []
    parts: list[str] = []
    params: list[Any] = []
    for number, one in enumerate(questions):
        parts.append(_part(number, one))
        params += one.params
    found: list[list[Row]] = [[] for _one in questions]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), params)
        for number, kind, part, day, moment, place, bucket, n, total in cursor.fetchall():
            one = questions[number]
            cell = day if day is not None else moment.astimezone(UTC) if moment is not None else place
            found[number].append((kind, _value(part, one), cell, bucket, n, total))
    return [one.made_of(rows) for one, rows in zip(questions, found, strict=True)]


def answer(question: Question) -> list:
    return answers([question])[0]


def _part(number: int, one: Question) -> str:
    place = _PLACES.get(one.grain, "day")
    cells = [
        f"{'q.cell' if place == name else 'null'}::{kind}"
        for name, kind in (("day", "date"), ("moment", "timestamptz"), ("number", "int"))
    ]
    return (
        f"select {number}, q.kind::text, q.part::text, {', '.join(cells)}, q.bucket::int, q.n::bigint, q.total::bigint"  # noqa: S608
        f" from ({one.sql}) as q(kind, part, cell, bucket, n, total)"
    )


def _value(part: str | None, one: Question) -> Any:
    return int(part) if part and one.counted_by_number else part
