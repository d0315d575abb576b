"""The table of tickets: which, in which order, in which columns; a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from conversations.conditions import Asked, to_q
from conversations.preferences import prefer
from tickets.models import Pipeline, Ticket, TicketView
from tickets.queries.cards import WITH, Card, cards_of
from tickets.queries.conditions import FIELDS
from tickets.queries.narrow import Narrow, narrowed
from workspaces.models import Member
from workspaces.numbers import moment

PAGE = 50
# key: its word, the column by which it sorts ("" for none), whether a phone hides it
COLUMNS: dict[str, tuple[Any, str, bool]] = {
    "number": (gettext_lazy("No."), "number", True),
    "name": (gettext_lazy("Name"), "", False),
    "contact": (gettext_lazy("Contact"), "", True),
    "source": (gettext_lazy("Via"), "", True),
    "stage": (gettext_lazy("Stage"), "", True),
    "pipeline": (pgettext_lazy("ticket", "Pipeline"), "", True),
    "priority": (gettext_lazy("Priority"), "", True),
    "owner": (gettext_lazy("With"), "", True),
    "category": (gettext_lazy("Category"), "", True),
    "due": (pgettext_lazy("service level", "Due"), "due_at", False),
    "created": (gettext_lazy("Made"), "created_at", True),
    "updated": (gettext_lazy("Changed"), "updated_at", True),
    "word": (gettext_lazy("Last word"), "", True),
    "closed": (pgettext_lazy("stage", "Closed"), "", True),
    "vote": (gettext_lazy("How content they were"), "", True),
}
USUAL = ["number", "name", "contact", "source", "stage", "owner", "due", "updated"]
SORTS = {column: field for column, (_label, field, _hide) in COLUMNS.items() if field}
FIRST = "-updated"
MAY_LACK = "due_at"  # those without come last, whichever way
KEPT = "ticket_columns"


@dataclass(frozen=True)
class Sort:
    column: str
    down: bool

    @property
    def asked(self) -> str:
        return f"{'-' if self.down else ''}{self.column}"


def sort_from(text: str) -> Sort:
    column = text.removeprefix("-")
    return Sort(column, text.startswith("-")) if column in SORTS else Sort("updated", True)


@dataclass(frozen=True)
class Head:
    """A column as the head of the table shows it: `order` is ascending, descending or "", `link` sorts by it."""

    key: str
    label: str
    hide: bool
    order: str
    link: str


def columns_of(member: Member, view: TicketView | None) -> list[str]:
    """Those of a view, else those that the member chose, else the usual ones. The name is always among them."""
    chosen = (view.columns if view else None) or member.preferences.get(KEPT) or USUAL
    known = [key for key in COLUMNS if key in chosen]
    return known if "name" in known else ["name", *known]


def choose_columns(member: Member, keys: list[str]) -> None:
    prefer(member, **{KEPT: [key for key in COLUMNS if key in keys or key == "name"]})


def heads_of(columns: list[str], sort: Sort) -> list[Head]:
    heads = []
    for key in columns:
        label, field, hide = COLUMNS[key]
        here = key == sort.column
        order = ("descending" if sort.down else "ascending") if here else ""
        # The newest first is what a first press means; of what is due, the most pressing.
        first, second = (key, f"-{key}") if key == "due" else (f"-{key}", key)
        link = (second if here and sort.asked == first else first) if field else ""
        heads.append(Head(key, str(label), hide, order, link))
    return heads


def rows_of(
    member: Member,
    narrow: Narrow,
    pipeline: Pipeline | None = None,
    view: TicketView | None = None,
    *,
    deleted: bool = False,
) -> QuerySet[Ticket]:
    """All tickets that a table shows, without order: what bulk means by "all of them". `deleted`: those instead."""
    rows = Ticket.objects.visible_to(member)
    rows = rows.filter(deleted_at__isnull=False, merged_into=None) if deleted else rows.present()
    if pipeline:
        rows = rows.filter(pipeline=pipeline)
    if view:
        rows = rows.filter(to_q(view.conditions, Asked(member.pk, timezone.now()), FIELDS))
    return narrowed(rows, narrow, member)


def page_of(
    rows: QuerySet[Ticket], sort: Sort, after: str, member: Member, columns: Sequence[str] = ()
) -> tuple[list[Card], str]:
    """A page after a key, and the key of the next one ("" when there is none)."""
    field, sign = SORTS[sort.column], "-" if sort.down else ""
    found = _read(after, field)
    if found:
        value, pk = found
        beyond = "lt" if sort.down else "gt"
        past = Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": pk})
        if field == MAY_LACK:
            past = past | Q(**{field: None}) if value else Q(**{field: None, f"pk__{beyond}": pk})
        rows = rows.filter(past)
    order = F(field).desc(nulls_last=True) if sort.down else F(field).asc(nulls_last=True)
    order = order if field == MAY_LACK else f"{sign}{field}"
    tickets = list(rows.select_related(*WITH).order_by(order, f"{sign}pk")[: PAGE + 1])
    cards = cards_of(tickets[:PAGE], member.workspace.slug, columns, member)
    if len(tickets) <= PAGE:
        return cards, ""
    last = tickets[PAGE - 1]
    value = getattr(last, field)
    return cards, f"{value.isoformat() if isinstance(value, datetime) else value or ''}_{last.pk}"


def _read(after: str, field: str) -> tuple[Any, int] | None:
    text, _sep, pk = after.rpartition("_")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    if field == "number":
        return (int(text), int(pk)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if field == MAY_LACK and not text:
        return None, int(pk)
    at = moment(text)
    return (at, int(pk)) if at else None
