"""What the answers of a form say about the ticket that is made of its submission (FO-5, TK-5)."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy

from contacts.custom import answered, fillable
from contacts.models import About
from conversations import answers
from conversations.models import Conversation
from tickets.models import Priority

# No property of a workspace's own has a point in its key.
USUAL = {
    "ticket.name": gettext_lazy("Name"),
    "ticket.description": gettext_lazy("Description"),
    "ticket.priority": gettext_lazy("Priority"),
    "ticket.category": gettext_lazy("Category"),
}


def register() -> None:
    answers.register(About.TICKET.value, lambda: list(USUAL.items()))


def fields_said(conversation: Conversation) -> dict[str, Any]:
    """What create_ticket takes, as far as it was answered; an answer that a property does not take is passed over."""
    said = answers.said_in(conversation)
    if not said:
        return {}
    said |= _by_label(said)
    words = {key: ", ".join(said[key]).strip() for key in USUAL if key in said}
    fields: dict[str, Any] = {key.removeprefix("ticket."): value for key, value in words.items()}
    fields["priority"] = priority_named(fields.get("priority", ""))
    fields["custom"] = answered(About.TICKET, said)
    return {name: value for name, value in fields.items() if value}


def _by_label(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """A program calls a workspace's own properties by their names, whatever their case."""
    given = {key.removeprefix("ticket.").lower(): value for key, value in said.items() if key not in USUAL}
    own = fillable(About.TICKET) if any(key.startswith("ticket.") for key in said) else []
    return {one.key: given[one.label.lower()] for one in own if one.label.lower() in given}


def priority_named(words: str) -> str:
    """The priority that is called so, in any of our languages; "" for none."""
    sought = words.strip().lower()
    if sought in Priority.values:
        return sought
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for one in Priority:
                if str(one.label).lower() == sought:
                    return str(one.value)
    return ""
