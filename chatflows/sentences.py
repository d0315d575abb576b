"""What a chatflow says though nobody wrote it: refusals, buttons, consent. Each has a place among its translations. Pure.

A sentence is looked for in the visitor's language, then in the chatflow's own (what somebody wrote instead of ours), then it is
ours: in the visitor's language where we speak it, else in English.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

LONGEST = 1000
PREFIX = (
    "say_"  # so that no place of a step (`hello.bubbles.0`) and no text of the options is called the same
)

# What the machine says between the words of its steps.
BOT: dict[str, str | Promise] = {
    "answer": gettext_lazy("Please write an answer."),
    "choose": gettext_lazy("Please choose one of the answers."),
    "email": gettext_lazy("This does not look like an email address. An example: name@company.com."),
    "number": gettext_lazy("Please write a number."),
    "day": gettext_lazy("Please write a date, for example 2026-12-31."),
    "phone": gettext_lazy("This does not look like a phone number. An example: +33 4 00 00 12 47."),
    "url": gettext_lazy("This does not look like a web address."),
    "least": gettext_lazy("At least %(limit)s, please."),
    "greatest": gettext_lazy("At most %(limit)s, please."),
    "ask_email": gettext_lazy("What is your email address?"),
    "ask_name": gettext_lazy("What is your name?"),
    "times": gettext_lazy("Please choose one of the times."),
    "taken": gettext_lazy("This time was taken meanwhile."),
    "at_once": gettext_lazy("Answers at once"),
}
# Asked around a chat, in these words where the options hold none.
ASKED: dict[str, str | Promise] = {
    "consent_text": gettext_lazy("We store what you write here, to answer you. You can ask us to delete it."),
    "survey_text": gettext_lazy("How was your chat with us?"),
    "email_text": gettext_lazy("Leave your email address, in case you have to go."),
}
# The same without an option to word them in.
AROUND: dict[str, str | Promise] = {
    "cookies": gettext_lazy("May this browser remember your chat, so that you find it here again?"),
    "email_away": gettext_lazy("Leave your email address: we answer there."),
}


def written(translations: Any, own: str, language: str) -> dict[str, str]:
    """The sentences that somebody wrote and a visitor of this language meets, by name. `own`: the chatflow's language."""
    spoken = translations if isinstance(translations, Mapping) else {}
    found: dict[str, str] = {}
    for code in (own, language.split("-")[0], language):
        words = spoken.get(code)
        for place, text in words.items() if isinstance(words, Mapping) else ():
            if place.startswith(PREFIX) and isinstance(text, str) and text.strip():
                found[place.removeprefix(PREFIX)] = text.strip()[:LONGEST]
    return found


def say(found: Any, name: str, **values: object) -> str:
    """One of the machine's sentences: as somebody wrote it, else ours in the active language."""
    text = (found.get(name) if isinstance(found, Mapping) else None) or shown(name)
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def shown(name: str) -> str:
    """Ours in the active language, as the page of translations shows it: `{limit}` is filled in later."""
    return str((BOT | ASKED | AROUND)[name]).replace("%(limit)s", "{limit}")
