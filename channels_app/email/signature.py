"""A team's signature: plain text with a closed list of tokens, filled in one pass (EM-6)."""

import re
from collections.abc import Callable

from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import mark_safe

from workspaces.models import Member

TOKEN = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
TOKENS: dict[str, Callable[[Member | None, str], str]] = {
    "agent.name": lambda member, company: member.display_name if member else company,
    "agent.first_name": lambda member, company: _names(member)[0],
    "agent.last_name": lambda member, company: _names(member)[1],
    "agent.email": lambda member, company: member.user.email if member else "",
    "agent.job_title": lambda member, company: member.job_title if member else "",
    "company.name": lambda member, company: company,
}


def _names(member: Member | None) -> tuple[str, str]:
    first, _space, last = (member.display_name if member else "").partition(" ")
    return first, last


def mistakes(text: str) -> list[str]:
    """Tokens that are none, as they were written: a signature is saved only without (CR-10)."""
    return [found[0] for found in TOKEN.finditer(text) if found[1] not in TOKENS]


def render(text: str, member: Member | None, company: str) -> tuple[str, str]:
    """The signature as plain text and as HTML. What a token stands for is never read for tokens again."""
    filled = TOKEN.sub(lambda found: _value(found[1], member, company), text).strip()
    lines = [line.rstrip() for line in filled.splitlines()]
    plain = "\n".join(lines).strip()
    # Escaped first, then given line ends and links: nothing in a name becomes markup.
    return plain, str(linebreaks(urlize(mark_safe(escape(plain))), autoescape=False)) if plain else ""  # noqa: S308


def _value(key: str, member: Member | None, company: str) -> str:
    value = TOKENS.get(key, lambda member, company: "")(member, company)
    return " ".join(value.split())
