"""A small language for conditions: `number(var.total) >= 100 and (known(contact.email) or page.path contains "/shop")`.

No attribute of any object is looked up: a name is a key of a flat dictionary. What can be written is short, every
function is one of ours, nothing repeats, so the longest takes well under a millisecond. A value that is missing or has
the wrong sort makes a comparison false; nothing raises while a visitor waits.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

MOST = 500
DEEPEST = 20

NAME = re.compile(
    r"response|available|channel_open|known|language|now|today"
    r"|(?:contact|company|conversation|var|page|visitor)\.[a-z][a-z0-9_]{0,59}"
)
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d{1,15}(?:\.\d{1,6})?)|(?P<text>"[^"]*"|'[^']*')|(?P<word>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)
    |(?P<sign><=|>=|==|!=|=|<|>|\(|\)|,))""",
    re.VERBOSE,
)
COMPARISONS = {
    "=": "eq",
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "contains": "contains",
}
RESERVED = {"and", "or", "not", "contains", "true", "false"}

Facts = Mapping[str, Any]


class NotUnderstood(ValueError):
    """The expression cannot be read; says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """`what`: value, name, call, not, and, or, compare. `detail` is the value, name, function or operator."""

    what: str
    detail: Any = None
    parts: tuple["Node", ...] = ()


def is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text))


def holds(text: str, facts: Facts) -> bool:
    """Whether an expression holds. One that cannot be read does not."""
    try:
        tree = parse(text)
    except NotUnderstood:
        return False
    return bool(value(tree, facts))


# ── Reading ──


@lru_cache(maxsize=1000)
def parse(text: str) -> Node:
    """The tree of an expression. Raises NotUnderstood."""
    if len(text) > MOST:
        raise NotUnderstood(_("Use %(most)s characters at most.") % {"most": MOST})
    reader = _Reader(_tokens(text))
    tree = reader.either(0)
    if (rest := reader.peek()) is not None:
        raise NotUnderstood(_("“%(part)s” was not expected here.") % {"part": rest[1]})
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at, end)
        if match is None:
            raise NotUnderstood(_("“%(part)s” was not expected here.") % {"part": text[at : at + 20].strip()})
        found.append((match.lastgroup or "", match[match.lastgroup or 0]))
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens, self.at = tokens, 0

    def peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *wanted: str) -> str | None:
        """The next token when it is one of these words or signs."""
        token = self.peek()
        if token and token[0] != "text" and token[1] in wanted:
            self.at += 1
            return token[1]
        return None

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise NotUnderstood(_("“%(part)s” is missing.") % {"part": sign})

    def either(self, depth: int) -> Node:
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Node("or", parts=tuple(parts))

    def both(self, depth: int) -> Node:
        parts = [self.denied(depth)]
        while self.take("and"):
            parts.append(self.denied(depth))
        return parts[0] if len(parts) == 1 else Node("and", parts=tuple(parts))

    def denied(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise NotUnderstood(_("This is nested too deeply."))
        if self.take("not"):
            return Node("not", parts=(self.denied(depth + 1),))
        left = self.single(depth)
        sign = self.take(*COMPARISONS)
        return Node("compare", COMPARISONS[sign], (left, self.single(depth))) if sign else left

    def single(self, depth: int) -> Node:
        if self.take("("):
            inner = self.either(depth + 1)
            self.need(")")
            return inner
        token = self.peek()
        if token is None:
            raise NotUnderstood(_("Something is missing at the end."))
        self.at += 1
        sort, written = token
        if sort == "number":
            return Node("value", Decimal(written))
        if sort == "text":
            return Node("value", written[1:-1])
        return self.word(written, depth)

    def word(self, written: str, depth: int) -> Node:
        if written in ("true", "false"):
            return Node("value", written == "true")
        called = self.peek()
        if written in FUNCTIONS and called and called[1] == "(":
            return self.call(written, depth)
        if written in RESERVED or not is_name(written):
            raise NotUnderstood(_("“%(part)s” is not something a flow knows.") % {"part": written})
        return Node("name", written)

    def call(self, name: str, depth: int) -> Node:
        self.need("(")
        given = [self.either(depth + 1)]
        while self.take(","):
            given.append(self.either(depth + 1))
        self.need(")")
        if len(given) != 1:
            raise NotUnderstood(_("%(name)s() takes one value.") % {"name": name})
        return Node("call", name, tuple(given))


# ── What it comes to ──


def value(tree: Node, facts: Facts) -> Any:
    match tree.what:
        case "value":
            return tree.detail
        case "name":
            return facts.get(tree.detail)
        case "not":
            return not value(tree.parts[0], facts)
        case "and":
            return all(value(part, facts) for part in tree.parts)
        case "or":
            return any(value(part, facts) for part in tree.parts)
        case "call":
            return FUNCTIONS[tree.detail](value(tree.parts[0], facts), facts)
    return compare(tree.detail, value(tree.parts[0], facts), value(tree.parts[1], facts))


def compare(op: str, left: Any, right: Any) -> bool:
    """Two values as what they both are: numbers, else days, else words without regard to case."""
    if is_empty(left) or is_empty(right):
        return (
            (is_empty(left) == is_empty(right))
            if op == "eq"
            else is_empty(left) != is_empty(right) and op == "ne"
        )
    if op == "contains":
        return has_words(left, right)
    for read in (number, day, words):
        one, other = read(left), read(right)
        if one is not None and other is not None:
            return ORDER[op](one, other)
    return op == "ne"


ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
}


def is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def has_words(value: Any, part: Any) -> bool:
    """In a list: one of it is the part. In a text: the part stands in it."""
    if isinstance(value, list | tuple):
        return any(words(one) == words(part) for one in value)
    return (words(part) or "") in (words(value) or "")


def number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        value = str(value)
    if not isinstance(value, str) or len(value) > 40:
        return None
    plain = re.sub(r"[\s\u00a0\u202f']", "", value)
    if re.fullmatch(r"[+-]?\d+,\d+", plain):  # 12,5 as most of Europe writes it
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", plain, re.ASCII):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def words(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(words(one) or "" for one in value)
    return None if value is None else " ".join(str(value).split()).casefold()


def _available(value: Any, facts: Facts) -> bool:
    return is_available(value, facts)


def is_available(who: Any, facts: Facts) -> bool:
    """Whether one of these ("team:3", "member:7"; "" for anybody) would be given a conversation now."""
    there = facts.get("available") or []
    if is_empty(who):
        return bool(there)
    wanted = who if isinstance(who, list | tuple) else [who]
    return any(one in there for one in wanted)


FUNCTIONS: dict[str, Callable[[Any, Facts], Any]] = {
    "known": lambda value, facts: not is_empty(value),
    "unknown": lambda value, facts: is_empty(value),
    "number": lambda value, facts: number(value),
    "date": lambda value, facts: day(value),
    "lower": lambda value, facts: words(value),
    "length": lambda value, facts: len(value) if isinstance(value, str | list | tuple) else 0,
    "available": _available,
}
