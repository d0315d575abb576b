"""What people type into the search field, taken apart: words, phrases, operators. Pure, and never refuses."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

# Operators that look for words in one place; and those that choose conversations.
PLACES = ("from", "to", "subject")
CHOICES = ("assignee", "channel", "label", "inbox")
STATES = ("open", "closed", "snoozed", "unassigned", "spam", "trash")
OPERATORS = (*PLACES, *CHOICES, "is", "has", "before", "after")
# What stands before a colon in ordinary writing, and is no operator somebody mistyped.
NO_OPERATORS = {"http", "https", "mailto", "tel", "re", "fwd", "fw", "tr", "aw", "ref"}
LONGEST, MOST_TERMS = 500, 20
SHORTEST_PREFIX = 2

_TOKEN = re.compile(r'(?P<not>-)?(?:(?P<name>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')
_DAYS_AGO = re.compile(r"(\d{1,4})d")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must (or must not) occur: next to each other when they were quoted."""

    text: str
    is_phrase: bool = False
    is_negated: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """An operator with its value, as typed; `place` ones look for words, the others choose conversations."""

    name: str
    value: str
    is_phrase: bool = False
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that was not understood and is looked for as plain words: an operator, or the value of one."""

    name: str
    value: str
    knows_name: bool


@dataclass(frozen=True)
class Query:
    words: tuple[Term, ...] = ()
    places: tuple[Filter, ...] = ()
    filters: tuple[Filter, ...] = ()
    # The first day that counts, and the first that does not any more, in the reader's time.
    since: date | None = None
    until: date | None = None
    hints: tuple[Hint, ...] = field(default=())

    def is_empty(self) -> bool:
        return not (self.words or self.places or self.filters or self.since or self.until)

    def has_positive_words(self) -> bool:
        return any(not term.is_negated for term in self.words)


def parse(text: str, *, today: date) -> Query:
    """Take a search apart. What is not understood is looked for as words, with a hint."""
    text = text.replace("\x00", " ")[:LONGEST]
    words: list[Term] = []
    places, filters, hints = [], [], []
    since = until = None
    for token in list(_TOKEN.finditer(text))[:MOST_TERMS]:
        name, negated = (token["name"] or "").lower(), bool(token["not"])
        value = token["bare"] if token["quoted"] is None else token["quoted"].strip()
        phrase = token["quoted"] is not None
        if not value:
            continue
        if not name:
            words.append(Term(value, phrase, negated))
        elif name in PLACES:
            places.append(Filter(name, value, phrase, negated))
        elif name in ("before", "after") and (day := day_of(value, today)) is not None:
            if (name == "after") is not negated:
                since = max(since or day, day)
            else:
                until = min(until or day, day)
        elif is_known(name, value):
            filters.append(Filter(name, value.lower(), phrase, negated))
        else:
            if name not in NO_OPERATORS and not value.startswith("//"):
                hints.append(Hint(name, value, name in OPERATORS))
            words.append(Term(f"{name}:{value}" if not phrase else f"{name} {value}", phrase, negated))
    if words and is_half_typed(words[-1], text):
        words[-1] = Term(words[-1].text, is_prefix=True)
    return Query(tuple(words), tuple(places), tuple(filters), since, until, tuple(hints))


def is_known(name: str, value: str) -> bool:
    """Whether an operator that chooses conversations understands this value."""
    if name == "is":
        return value.lower() in STATES
    if name == "has":
        return value.lower() in ("attachment", "attachments", "file", "files")
    return name in CHOICES


def is_half_typed(term: Term, text: str) -> bool:
    """The last word may go on: it also finds what begins with it, as long as it stands at the very end."""
    long_enough = len(term.text) >= SHORTEST_PREFIX and term.text[-1].isalnum()
    return not (term.is_phrase or term.is_negated) and long_enough and text.endswith(term.text)


def day_of(value: str, today: date) -> date | None:
    """`2026-11-03`, `2026-11` or `2026` (their first day), `today`, `yesterday`, `7d`; None for anything else."""
    value = value.lower()
    if value in ("today", "yesterday"):
        return today - timedelta(days=value == "yesterday")
    if ago := _DAYS_AGO.fullmatch(value):
        return today - timedelta(days=int(ago[1]))
    found = _DATE.fullmatch(value)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
