"""What can be asked about a visitor before anything is shown to them (TG-5): a closed list of fields and operators. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

PHONE, TABLET, DESKTOP = "phone", "tablet", "desktop"
CONTACT, COMPANY = "contact.", "company."
NOTHING: Mapping[str, Any] = MappingProxyType({})
LONGEST, MOST_VALUES = 200, 100

_CHOICE = ("any_of", "none_of")
_TEXT = (*_CHOICE, "contains", "lacks", "known", "unknown")
_NUMBER = ("eq", "ne", "gt", "lt", "between", "known", "unknown")
_DATE = ("before", "after", "known", "unknown")
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "known": ("yes", "no"),
        "returning": ("yes", "no"),
        "list": _CHOICE,
        "country": _CHOICE,
        "device": _CHOICE,
        "language": _CHOICE,
        "page_views": ("eq", "ne", "gt", "lt", "between"),
        "seconds": ("gt",),
        "referrer": _TEXT,
    }
)
PROPERTY_OPS = tuple(dict.fromkeys((*_TEXT, *_NUMBER, *_DATE)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a visitor at a moment. Nothing here needs a cookie; what is not known is empty."""

    url: str = ""
    known: bool = False
    contact: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    company: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    lists: frozenset[str] = frozenset()
    country: str = ""
    device: str = DESKTOP
    language: str = ""
    page_views: int = 1
    referrer: str = ""
    returning: bool = False
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: (field, operator, value). A value is a tuple for lists and for between, so that lines compare."""

    field: str
    op: str
    value: Any = None

    def met_at(self) -> int | None:
        """After how many seconds on the site time alone meets this line; None when it never does."""
        wanted = _number(self.value) if (self.field, self.op) == ("seconds", "gt") else None
        return None if wanted is None else max(1, int(wanted) + 1)


NEVER = Line("", "never")


def line_of(stored: Any) -> Line:
    """Read one stored line; what cannot be read is never met."""
    if not isinstance(stored, Mapping):
        return NEVER
    name, op, value = stored.get("field"), stored.get("op"), stored.get("value")
    if not isinstance(name, str) or op not in ops_of(name):
        return NEVER
    if isinstance(value, list):
        value = tuple(str(one)[:LONGEST] for one in value[:MOST_VALUES])
    elif value is not None and not isinstance(value, (int, float)):
        value = str(value)[:LONGEST]
    return Line(name, op, value)


def ops_of(name: str) -> tuple[str, ...]:
    if name.startswith((CONTACT, COMPANY)):
        return PROPERTY_OPS
    return FIELDS.get(name, ())


def meets(line: Line, facts: Facts) -> bool:
    """Whether a visitor meets one line."""
    if line.field in ("known", "returning"):
        return getattr(facts, line.field) is (line.op == "yes")
    if line.field == "list":
        found = bool(set(map(_plain, facts.lists)) & set(map(_plain, _many(line.value))))
        return found if line.op == "any_of" else not found
    if line.field == "language":
        return _language(line, facts.language)
    if line.field.startswith(CONTACT):
        return holds(line.op, facts.contact.get(line.field.removeprefix(CONTACT)), line.value)
    if line.field.startswith(COMPANY):
        return holds(line.op, facts.company.get(line.field.removeprefix(COMPANY)), line.value)
    if line.field in FIELDS:
        return holds(line.op, getattr(facts, line.field), line.value)
    return False


def _language(line: Line, spoken: str) -> bool:
    """`fr` asks for every French, `fr-CA` for that one."""
    spoken = spoken.lower().replace("_", "-")
    wanted = {one.lower().replace("_", "-") for one in _many(line.value)}
    found = spoken in wanted or spoken.split("-")[0] in wanted
    return found if line.op == "any_of" else not found


def holds(op: str, found: Any, wanted: Any) -> bool:
    """One operator. Texts are compared without case and without blanks around; a list is met by any of its entries."""
    if op in ("known", "unknown"):
        return (found in (None, "", [], ())) is (op == "unknown")
    if op in ("any_of", "none_of"):
        return bool(_texts(found) & set(map(_plain, _many(wanted)))) is (op == "any_of")
    if op in ("contains", "lacks"):
        parts = [part for part in map(_plain, _many(wanted)) if part]
        return any(part in text for part in parts for text in _texts(found)) is (op == "contains")
    if op in ("before", "after"):
        return _dates(op, found, wanted)
    return _numbers(op, found, wanted)


def _many(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, (tuple, list)) else (str(value),)


def _texts(found: Any) -> set[str]:
    return {text for one in _many(found) if (text := _plain(one))}


def _plain(text: str) -> str:
    return text.strip().casefold()


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number and abs(number) != float("inf") else None


def _numbers(op: str, found: Any, wanted: Any) -> bool:
    number = _number(found)
    if number is None:
        return False
    asked = _many(wanted)
    edges = [edge for one in asked if (edge := _number(one)) is not None]
    if not edges or len(edges) < len(asked):
        return False
    if op == "between":
        return len(edges) == 2 and min(edges) <= number <= max(edges)
    edge = edges[0]
    return {"eq": number == edge, "ne": number != edge, "gt": number > edge, "lt": number < edge}.get(
        op, False
    )


def _dates(op: str, found: Any, wanted: Any) -> bool:
    try:
        day, edge = date.fromisoformat(str(found)[:10]), date.fromisoformat(str(wanted)[:10])
    except ValueError:
        return False
    return day < edge if op == "before" else day > edge
