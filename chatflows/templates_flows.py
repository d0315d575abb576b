"""What a chatflow can be made from (CF-1): a live chat, or a bot whose first draft works as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatflows import definition
from chatflows.models import FlowKind
from workspaces.models import Member

WEBSITE, MESSENGER = "chat", "messenger"


@dataclass(frozen=True)
class Template:
    """One card of the page of templates. `steps`: of a bot, its first draft in the active language."""

    key: str
    kind: str
    label: Any
    about: Any
    icon: str
    steps: Callable[[list[str]], list[dict]] | None = None
    options: dict | None = None
    channels: tuple[str, ...] = (WEBSITE, MESSENGER)


def _say(id: str, text: str, **more) -> dict:
    return {"id": id, "kind": "message", "name": more.pop("name", text[:40]), "bubbles": [text], **more}


def _ask(id: str, name: str, text: str, **more) -> dict:
    return {"id": id, "kind": "question", "name": name, "bubbles": [text], **more}


def _hand_over() -> dict:
    return {"id": "person", "kind": "handover", "name": _("To the team")}


def _end(text: str) -> dict:
    return {"id": "done", "kind": "end", "name": _("End"), "bubbles": [text]}


def _qualify(people: list[str]) -> list[dict]:
    return [
        _ask(
            "start",
            _("What brings them here"),
            _("Hello! What brings you here today?"),
            replies=[
                {"label": _("I would like to buy"), "to": "company"},
                {"label": _("I am looking around"), "to": "done"},
                {"label": _("I am a customer"), "to": "person"},
            ],
            next="company",
        ),
        _ask(
            "company", _("Company"), _("Which company are you with?"), asks="company", save="contact.company"
        ),
        _ask(
            "size",
            _("Size of the team"),
            _("How many of you would use it?"),
            replies=[{"label": "1–5"}, {"label": "6–50"}, {"label": _("More than 50")}],
            save="var.size",
        ),
        _ask(
            "email",
            _("Email"),
            _("Where can we write to you?"),
            asks="email",
            answer="email",
            save="contact.email",
        ),
        {**_hand_over(), "next": None},
        _end(_("Have a look around. Write here whenever a question comes up.")),
    ]


def _meeting(people: list[str]) -> list[dict]:
    return [
        _ask(
            "start",
            _("Welcome"),
            _("Hello! Would you like to talk to one of us?"),
            replies=[{"label": _("Book a time"), "to": "book"}, {"label": _("Write now"), "to": "person"}],
            typed=False,
            next="book",
        ),
        {
            "id": "book",
            "kind": "meeting",
            "name": _("Book a meeting"),
            "people": people,
            "title": _("A first talk"),
            "to_none": "person",
            "next": "done",
        },
        _hand_over(),
        _end(_("See you then!")),
    ]


def _support(people: list[str]) -> list[dict]:
    return [
        _ask(
            "start",
            _("What it is about"),
            _("Hello! What is it about?"),
            replies=[
                {"label": _("Something does not work")},
                {"label": _("An invoice")},
                {"label": _("Something else")},
            ],
            save="var.topic",
        ),
        _ask("detail", _("Details"), _("Please tell us a little more."), save="var.detail"),
        _ask(
            "email",
            _("Email"),
            _("Where can we answer you?"),
            asks="email",
            answer="email",
            save="contact.email",
        ),
        {**_hand_over(), "text": _("Thank you, we have all we need. One moment, please.")},
    ]


def _offline(people: list[str]) -> list[dict]:
    return [
        _ask(
            "start",
            _("Message"),
            _("Nobody is here right now. Leave us your question, and we write back as soon as we can."),
            save="var.question",
        ),
        _ask(
            "email",
            _("Email"),
            _("Where can we answer you?"),
            asks="email",
            answer="email",
            save="contact.email",
        ),
        {**_hand_over(), "to": "nobody", "text": _("Thank you. We will write to you there.")},
    ]


def _knowledge(people: list[str]) -> list[dict]:
    return [
        {
            "id": "start",
            "kind": "knowledge",
            "name": _("Search the articles"),
            "prompt": _("Hello! What would you like to know?"),
            "to_yes": "done",
            "to_no": "person",
            "next": "done",
        },
        _hand_over(),
        _end(_("Glad to help. Write here whenever a question comes up.")),
    ]


def _blank(people: list[str]) -> list[dict]:
    return [_ask("start", _("Welcome"), _("Hello! How can we help?"), next="person"), _hand_over()]


TEMPLATES: dict[str, Template] = {
    one.key: one
    for one in (
        Template(
            "welcome",
            FlowKind.LIVE,
            gettext_lazy("Live chat"),
            gettext_lazy("A greeting, and a person of your team answers."),
            "chat",
            channels=(WEBSITE,),
        ),
        Template(
            "instant",
            FlowKind.LIVE,
            gettext_lazy("Instant reply"),
            gettext_lazy("One message at once, then a person of your team answers."),
            "messenger",
            channels=(MESSENGER,),
        ),
        Template(
            "qualify",
            FlowKind.BOT,
            gettext_lazy("Qualify leads"),
            gettext_lazy("Asks what brings them here, for company, size and email, and hands over."),
            "users",
            _qualify,
        ),
        Template(
            "meeting",
            FlowKind.BOT,
            gettext_lazy("Book a meeting"),
            gettext_lazy("Shows free times of your team and sends the invitation."),
            "calendar",
            _meeting,
        ),
        Template(
            "support",
            FlowKind.BOT,
            gettext_lazy("Support"),
            gettext_lazy("Asks what it is about before somebody of the team takes over."),
            "ticket",
            _support,
        ),
        Template(
            "offline",
            FlowKind.BOT,
            gettext_lazy("When nobody is there"),
            gettext_lazy("Takes the question and the email address."),
            "moon",
            _offline,
        ),
        Template(
            "knowledge",
            FlowKind.BOT,
            gettext_lazy("Search the articles"),
            gettext_lazy("Answers with your articles first; a person is one click away."),
            "book",
            _knowledge,
        ),
        Template(
            "blank",
            FlowKind.BOT,
            gettext_lazy("Blank bot"),
            gettext_lazy("One question and the hand-over: build the rest yourself."),
            "plus",
            _blank,
        ),
    )
}


def for_channel(kind: str) -> list[Template]:
    return [one for one in TEMPLATES.values() if kind in one.channels]


def made_from(template: str, language: str, by: Member | None = None) -> tuple[str, dict]:
    """(kind, parts of the first draft), its texts in the language of the chatflow. Raises KeyError."""
    one = TEMPLATES[template]
    parts: dict[str, Any] = {"targeting": {}, "display": {}, "options": one.options or {}}
    if one.steps is not None:
        with translation.override(language):
            steps = one.steps([f"member:{by.pk}"] if by else [])
            raw = {"format": definition.FORMAT, "start": steps[0]["id"], "steps": steps}
            parts["definition"] = definition.read(raw).to_json()
    return one.kind, parts
