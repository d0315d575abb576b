"""Places in a saved text that are filled when it is used: `{{ contact.first_name | "there" }}` (CR-8, CR-10).

A closed list and one pass: what is filled in is never read again, so a name cannot hold a token of its own.
"""

import html as markup
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from conversations import rich
from conversations.models import Conversation
from workspaces.models import Member

NAMES = (
    "contact.first_name",
    "contact.name",
    "contact.email",
    "contact.company",
    "conversation.subject",
    "agent.first_name",
    "agent.name",
    "workspace.name",
)
# In HTML the quotes around what is said instead may be written as an entity.
TOKEN = re.compile(
    r"\{\{\s*([a-z_]+(?:\.[a-z_]+)+)\s*(?:\|\s*(?:\"|&quot;)((?:(?!\"|&quot;|\}\}).)*)(?:\"|&quot;)\s*)?\}\}"
)


@dataclass(frozen=True)
class Filled:
    text: str
    missing: list[str]


def unknown_in(text: str) -> list[str]:
    """Tokens that name nothing we know, as they are written."""
    return [found[0] for found in TOKEN.finditer(text) if found[1] not in NAMES]


def left_in(text: str) -> list[str]:
    """Tokens of ours that still stand in a text: it may not leave like that (CR-10)."""
    return [found[0] for found in TOKEN.finditer(text) if found[1] in NAMES]


def values_for(conversation: Conversation, member: Member | None) -> dict[str, str]:
    """Without a member (a rule writes) nothing is known of an agent."""
    contact = conversation.contact
    name = contact.name if contact else conversation.contact_name
    return {
        "contact.first_name": _first(name),
        "contact.name": name,
        "contact.email": contact.email if contact else "",
        "contact.company": contact.company.name if contact and contact.company else "",
        "conversation.subject": conversation.subject,
        "agent.first_name": _first(member.display_name) if member else "",
        "agent.name": member.display_name if member else "",
        "workspace.name": (member or conversation).workspace.name,
    }


def sample_values(member: Member) -> dict[str, str]:
    """Somebody made up, for a preview; agent and workspace are the reader's own."""
    name = _("Jane Appleby")
    return {
        "contact.first_name": _first(name),
        "contact.name": name,
        "contact.email": "jane@example.com",
        "contact.company": _("Example Company"),
        "conversation.subject": _("My order"),
        "agent.first_name": _first(member.display_name),
        "agent.name": member.display_name,
        "workspace.name": member.workspace.name,
    }


def unknown_values(member: Member) -> dict[str, str]:
    """The same for a visitor of whom nothing is known."""
    known = sample_values(member)
    return {
        name: value for name, value in known.items() if not name.startswith(("contact.", "conversation."))
    }


def _first(name: str) -> str:
    return name.split()[0] if name.strip() else ""


def fill(text: str, values: dict[str, str]) -> Filled:
    return _filled(text, values, lambda value: value)


def fill_html(html: str, values: dict[str, str]) -> Filled:
    """The same in HTML: values are text there, and the whole is cleaned once more."""
    filled = _filled(html, values, markup.escape)
    return Filled(rich.clean(filled.text), filled.missing)


def _filled(text: str, values: dict[str, str], written) -> Filled:
    missing: list[str] = []

    def one(found: re.Match) -> str:
        value = values.get(found[1], "")
        if value:
            return written(value)
        if found[2] is not None:
            return found[2]
        missing.append(found[0])
        return found[0]

    return Filled(TOKEN.sub(one, text), missing)
