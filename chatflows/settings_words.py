"""The words of display and options, for forms and for what differs between two versions."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NAMES: dict[str, Any] = {
    "opens": gettext_lazy("What opens by itself"),
    "exit": gettext_lazy("When the pointer leaves the page"),
    "seconds": gettext_lazy("After seconds on the page"),
    "scroll": gettext_lazy("When so much of the page was scrolled, in percent"),
    "phone": gettext_lazy("On phones"),
    "availability": gettext_lazy("Shows"),
    "typing_delay_ms": gettext_lazy("Pause between messages, in milliseconds"),
    "session_minutes": gettext_lazy("A visitor who is silent starts anew after"),
    "free_text_tries": gettext_lazy("Answers that do not fit, before it goes on"),
    "cookies_consent": gettext_lazy("Ask before anything is kept in the browser"),
    "consent": gettext_lazy("Processing of data"),
    "consent_text": gettext_lazy("Text of the consent"),
    "email_capture": gettext_lazy("Ask for the email address"),
    "email_after_minutes": gettext_lazy("After minutes without an answer"),
    "email_required": gettext_lazy("No message without an address"),
    "email_text": gettext_lazy("Question for the address"),
    "knowledge": gettext_lazy("Articles can be searched"),
    "survey": gettext_lazy("Ask how it was when a chat is closed"),
    "survey_text": gettext_lazy("Question of the survey"),
    "attachments": gettext_lazy("Visitors may send files"),
    "heading": gettext_lazy("Whose faces stand at the top"),
    "people": gettext_lazy("People"),
    "teams": gettext_lazy("Teams"),
    "custom_name": gettext_lazy("Name at the top, and of the bot"),
    "error_text": gettext_lazy("When an answer does not fit"),
    "welcome": gettext_lazy("Welcome message"),
    "away": gettext_lazy("When nobody is there"),
}
VALUES: dict[str, dict[str, Any]] = {
    "opens": {
        "chat": gettext_lazy("The whole chat"),
        "prompt": gettext_lazy("The welcome message as a bubble"),
        "launcher": gettext_lazy("Nothing: the button only"),
    },
    "phone": {
        "prompt": gettext_lazy("The welcome message as a bubble"),
        "launcher": gettext_lazy("The button only"),
        "hide": gettext_lazy("Nothing at all"),
    },
    "availability": {
        "always": gettext_lazy("Always"),
        "hours": gettext_lazy("During opening hours only"),
    },
    "consent": {
        "none": gettext_lazy("Nothing is said"),
        "explicit": gettext_lazy("Visitors agree before their first message is sent"),
        "notice": gettext_lazy("A notice: who writes, agrees"),
    },
    "email_capture": {
        "never": gettext_lazy("Never"),
        "now": gettext_lazy("Right after the first message"),
        "later": gettext_lazy("When nobody answers for a while"),
        "away": gettext_lazy("Only when nobody is there"),
    },
    "heading": {
        "channel": gettext_lazy("Those who work in the inbox"),
        "people": gettext_lazy("Certain people and teams"),
        "custom": gettext_lazy("A name of its own"),
        "owner": gettext_lazy("The owner of the contact"),
    },
}


def minutes_in_words(minutes: int) -> str:
    if minutes % 1440 == 0:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def value_in_words(key: str, value: Any) -> str:
    if key in VALUES and value in VALUES[key]:
        return str(VALUES[key][value])
    if key == "session_minutes":
        return minutes_in_words(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return str(len(value))
    return str(value) if value not in (None, "") else "–"
