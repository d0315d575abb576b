"""Which deeds there are. A deed is {"do": kind, "value": "…", "text": "…"}: a choice, a text, both, or neither.

Rooms above add kinds of their own with `register()`, so that macros and rules can do what those rooms know.
"""

from collections.abc import Callable
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


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    KINDS[kind.key] = kind
    return kind


def number_in(value: str) -> int:
    """A row's number as a form says it. Raises ValidationError."""
    if value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise ValidationError(_("Choose one of the list."))
