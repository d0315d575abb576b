"""The editor of deeds, shared by macros and rules: from what is posted to raw deeds, and from deeds to lines of choices."""

import re
from collections.abc import Collection

from conversations import tokens
from conversations.deeds.kinds import KINDS, MOST_DEEDS
from workspaces.models import Member

_NAME = re.compile(r"deed-(\d{1,2})-do")
FIRST = "assign"


def raw_from(posted) -> list[dict]:
    """What was typed, cleaned of nothing, after the button that was pressed: another one, one less, up, down."""
    numbers = sorted(int(found[1]) for found in filter(None, map(_NAME.fullmatch, posted)))
    deeds = [_one(posted, f"deed-{n}") for n in numbers][:MOST_DEEDS]
    return _pressed(deeds, posted.get("do", ""))


def _one(posted, name: str) -> dict:
    key = posted.get(f"{name}-do", "")
    # Another kind than before: what was chosen for the old one means nothing here.
    same = posted.get(f"{name}-was", key) == key
    value = posted.get(f"{name}-value", "") if same else ""
    return {"do": key, "value": value, "text": posted.get(f"{name}-text", "")}


def is_pressed(posted) -> bool:
    """Whether a button of the editor was pressed, rather than the one that keeps it."""
    return posted.get("do", "").startswith("deed-") or posted.get("do") == "look"


def _pressed(deeds: list[dict], pressed: str) -> list[dict]:
    _deed, _sep, rest = pressed.partition("deed-")
    what, _sep, number = rest.partition("-")
    at = int(number) if number.isdecimal() and len(number) < 3 else None
    if what == "add" and len(deeds) < MOST_DEEDS:
        deeds.append({"do": FIRST, "value": "", "text": ""})
    elif at is not None and at < len(deeds):
        if what == "less":
            del deeds[at]
        elif what in ("up", "down"):
            to = max(at - 1, 0) if what == "up" else min(at + 1, len(deeds) - 1)
            deeds.insert(to, deeds.pop(at))
    return deeds


def editor_of(raw: list[dict], member: Member, kinds: Collection[str] | None = None) -> dict:
    """What `_deeds.html` shows; each list of choices is read once, whatever the number of lines."""
    known = {
        key: kind
        for key, kind in KINDS.items()
        if (key in kinds if kinds is not None else not kind.rules_only)
    }
    choices: dict[str, list] = {}
    lines = []
    for n, deed in enumerate(raw):
        kind = known.get(str(deed.get("do"))) or known[FIRST]
        if kind.choices and kind.key not in choices:
            choices[kind.key] = kind.choices(member)
        lines.append(_line(n, deed, kind, choices.get(kind.key)))
    return {
        "deed_lines": lines,
        "deed_kinds": [(key, kind.label) for key, kind in known.items()],
        "deed_tokens": tokens.NAMES,
        "deeds_full": len(lines) >= MOST_DEEDS,
    }


def _line(n: int, deed: dict, kind, options: list | None) -> dict:
    value = str(deed.get("value") or "")
    return {
        "n": n,
        "name": f"deed-{n}",
        "do": kind.key,
        "icon": kind.icon,
        "options": options,
        # A value that the list does not offer, as rules may have it, is not lost by saving.
        "other": value if value and options is not None and value not in dict(options) else "",
        "value": value,
        "text": deed.get("text", ""),
        "has_text": kind.has_text and not (kind.text_or_value and value),
        "reshapes": kind.text_or_value,
    }
