"""What the answers of a form, or a program's post, say beyond the conversation's words. Rooms above name what they want
written down (FO-5).

A form keeps with each submission {property: answers}; a workspace's own properties go by their keys, which no two have.
"""

from collections.abc import Callable

from contacts.custom import fillable
from contacts.models import About
from conversations.models import Conversation, Direction

Choices = list[tuple[str, object]]

_rooms: dict[str, Callable[[], Choices]] = {}


def register(about: str, choices: Callable[[], Choices]) -> None:
    """`choices` are the properties every workspace has, as (key, label); its own are added here."""
    _rooms[about] = choices


def choices() -> list[tuple[str, Choices]]:
    """(what it is about, its properties) of conversations and of the rooms above; what has none is left out."""
    groups = []
    for about in (About.CONVERSATION.value, *_rooms):
        usual = _rooms[about]() if about in _rooms else []
        found = [*usual, *((one.key, one.label) for one in fillable(about))]
        if found:
            groups.append((str(About(about).label), found))
    return groups


def said_in(conversation: Conversation) -> dict[str, list[str]]:
    """{property: answers} of the submission that began it. Of a post: {"ticket.<name that it gave>": [value]}."""
    kind = conversation.channel_kind
    if kind not in ("form", "api"):
        return {}
    came = conversation.messages.filter(direction=Direction.IN, extra__has_key=kind).order_by("seq")
    told = (came.values_list("extra", flat=True).first() or {}).get(kind, {})
    if kind == "form":
        return told.get("maps") or {}
    return {f"ticket.{name}": [value] for name, value in told.get("ticket", {}).items()}
