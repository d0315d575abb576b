"""Tokens in what a bot says: `{{ contact.first_name | "there" }}`. One pass over a closed list of names (BE-11).

What a visitor wrote is never read for tokens again, and of a contact only what an identified visitor may know stands
among the facts (TR-6): everybody else gets the fallback.
"""

import re
from collections.abc import Mapping
from typing import Any

from chatflows.expressions import words

TOKEN = re.compile(r"\{\{\s*([a-z]+\.[a-z][a-z0-9_]{0,59}|response)\s*(?:\|\s*\"([^\"{}]{0,200})\"\s*)?\}\}")
LONGEST = 500
MOST_FILLED = 4000


def fill(text: str, facts: Mapping[str, Any]) -> str:
    def one(found: re.Match) -> str:
        return said(facts.get(found[1]))[:LONGEST] or found[2] or ""

    return TOKEN.sub(one, text).strip()[:MOST_FILLED]


def said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(said(one) for one in value)
    return (words(value) or "") if isinstance(value, bool) else "" if value is None else str(value)
