"""Which deeds there are. A deed is {"do": kind, "value": "…", "text": "…"}: a choice, a text, both, or neither.

Rooms above add kinds of their own with `register()`, so that macros and rules can do what those rooms know.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from conversations.models import Conversation
from events.cause import Cause
from workspaces.models import Member
from workspaces.refusals import Refused

MOST_DEEDS = 20
LONGEST_TEXT = 20_000


class DeedRefused(Refused):
    """It cannot be done here; the words say why."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


@dataclass
class Doing:
    """One run over one conversation. `actor` is None for a rule; `key` names the run, so that a second copy sends nothing twice."""

    actor: Member | None
    cause: Cause | None
    key: str
    now: datetime
    # Seconds for which a letter waits, in which it can be taken back; 0 sends at once.
    hold: int = 0
    # What becomes of the conversation when a letter that waits has left: "", "close", or an hour.
    then: str = ""
    held: list[int] = field(default_factory=list)
    unsent: bool = False

    @property
    def name(self) -> str:
        return (self.cause.name if self.cause else "") or (self.actor.display_name if self.actor else "")


@dataclass(frozen=True)
class Kind:
    """`clean` gives the value as it is kept, or raises ValidationError; `say` the deed in words; `act` does it.

    `choices` fills the list of the form; None: there is nothing to choose. `by` is who writes the deeds down.
    """

    key: str
    label: Any
    icon: str
    say: Callable[[dict], str]
    act: Callable[[Conversation, dict, Doing], Any]
    choices: Callable[[Member], list[tuple[str, Any]]] | None = None
    clean: Callable[[str, Member | None], str] = lambda value, by: value
    has_text: bool = False
    # Its text may be left out when something is chosen.
    text_or_value: bool = False
    # No person does it: macros do not offer it.
    rules_only: bool = False
    # The names of what values stand for, of all of them at once; for `name_in`.
    names: Callable[[set[str]], dict[str, str]] | None = None


KINDS: dict[str, Kind] = {}
_NAMES: ContextVar[dict[tuple[str, str], str] | None] = ContextVar("names", default=None)


def register(kind: Kind) -> Kind:
    KINDS[kind.key] = kind
    return kind


@contextmanager
def names_read(deeds: Iterable[dict]) -> Iterator[None]:
    """Inside, `name_in` knows what all of these name: a query for each kind, however many deeds there are."""
    wanted: dict[str, set[str]] = {}
    for deed in deeds:
        if deed.get("value"):
            wanted.setdefault(deed["do"], set()).add(deed["value"])
    known: dict[tuple[str, str], str] = {}
    for key, values in wanted.items():
        kind = KINDS.get(key)
        if kind and kind.names:
            found = kind.names(values)
            known |= {(key, value): found.get(value, "") for value in values}
    token = _NAMES.set(known)
    try:
        yield
    finally:
        _NAMES.reset(token)


def name_in(deed: dict) -> str:
    """What its value is called; "" when that is not here any more."""
    key, value = deed["do"], deed["value"]
    known = _NAMES.get() or {}
    if (key, value) in known:
        return known[key, value]
    names = KINDS[key].names
    return names({value}).get(value, "") if names else ""


def numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


def number_in(value: str) -> int:
    """A row's number as a form says it. Raises ValidationError."""
    if value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise ValidationError(_("Choose one of the list."))
