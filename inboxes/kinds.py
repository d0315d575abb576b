"""What a kind of channel can do. Filled by channels_app at start; screens ask for abilities, never for a kind."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class ReplyWindow:
    """How long after a customer's last message a kind lets us answer: anybody, then people alone (FM-6)."""

    anybody: timedelta
    people: timedelta


@dataclass(frozen=True)
class Kind:
    """One kind of channel: its key, its words and icon, and its abilities."""

    key: str
    label: str  # translated lazily
    via: str  # "in live chat", for the head of a message
    icon: str
    can_reply: bool = True
    why_not: str = ""  # shown in place of the composer when it cannot reply
    has_subject: bool = False
    visitors: bool = False  # its people may stay unknown
    one_thread: bool = False  # whatever a person writes goes on in one conversation (FM-7)
    reply_window: ReplyWindow | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.key] = kind


def get_kind(key: str) -> Kind:
    return _kinds[key]


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
