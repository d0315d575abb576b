"""How a version opens and what it offers: its JSON read with every default filled in. Pure; odd values become defaults."""

from collections.abc import Mapping
from typing import Any

OPENS = ("chat", "prompt", "launcher")
ON_PHONES = ("prompt", "launcher", "hide")
HEADINGS = ("channel", "people", "custom", "owner")
CONSENTS = ("none", "explicit", "notice")
CAPTURES = ("never", "now", "later", "away")
SESSIONS = (5, 15, 30, 60, 240, 720, 1440, 4320, 10080)  # minutes
LONGEST_TEXT = 1000
# What a version may say in each of its languages.
TEXTS = (
    "heading",
    "welcome",
    "away",
    "error_text",
    "consent_text",
    "email_text",
    "survey_text",
    "custom_name",
)


def display_of(stored: Any) -> dict:
    """DS-1 to DS-4: what opens by itself, when, and what phones show. Without a trigger it is at once."""
    given = _map(stored)
    triggers = _map(given.get("triggers"))
    return {
        "opens": _one(given.get("opens"), OPENS, "prompt"),
        "triggers": {
            "exit": triggers.get("exit") is True,
            "seconds": _number(triggers.get("seconds"), 1, 3600),
            "scroll": _number(triggers.get("scroll"), 1, 100),
        },
        "phone": _one(given.get("phone"), ON_PHONES, "prompt"),
    }


def options_of(stored: Any) -> dict:
    """OP-1 to OP-6, LC-1, LC-5 to LC-7."""
    given = _map(stored)
    return {
        "availability": _one(given.get("availability"), ("always", "hours"), "always"),
        "typing_delay_ms": _number(given.get("typing_delay_ms"), 0, 5000, 1000),
        "session_minutes": _number(given.get("session_minutes"), 5, 10080, 720),
        "free_text_tries": _number(given.get("free_text_tries"), 1, 10, 3),
        "cookies_consent": given.get("cookies_consent") is True,
        "consent": _one(given.get("consent"), CONSENTS, "none"),
        "email_capture": _one(given.get("email_capture"), CAPTURES, "never"),
        "email_after_minutes": _number(given.get("email_after_minutes"), 1, 60, 2),
        "email_required": given.get("email_required") is True,
        "knowledge": given.get("knowledge") is True,
        "survey": given.get("survey") is True,
        "attachments": given.get("attachments") is not False,
        "heading": _one(given.get("heading"), HEADINGS, "channel"),
        "people": _ids(given.get("people")),
        "teams": _ids(given.get("teams")),
    } | {name: _text(given.get(name)) for name in TEXTS}


def text_of(stored_options: Any, translations: Any, name: str, language: str, default: str = "") -> str:
    """A text in a language: its translation, that of the language without its country, the version's own, the default."""
    spoken = _map(translations)
    for code in (language, language.split("-")[0]):
        if text := _text(_map(spoken.get(code)).get(name)):
            return text
    return _text(_map(stored_options).get(name)) or default


def _map(value: Any) -> Mapping:
    return value if isinstance(value, Mapping) else {}


def _one(value: Any, known: tuple[str, ...], default: str) -> str:
    return value if isinstance(value, str) and value in known else default


def _number(value: Any, least: int, most: int, default: int | None = None) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return default
    return int(min(max(value, least), most))


def _text(value: Any) -> str:
    return value.strip()[:LONGEST_TEXT] if isinstance(value, str) else ""


def _ids(value: Any) -> list[int]:
    return [one for one in value if isinstance(one, int)][:100] if isinstance(value, list) else []
