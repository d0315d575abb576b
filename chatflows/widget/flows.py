"""A chatflow as a visitor's page meets it: who speaks, what is said first, and what begins with their first message."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chatflows import sentences
from chatflows.met import remember
from chatflows.models import ChatflowVersion, ConsentKind, ConsentProof, FlowKind
from chatflows.settings_of import options_of, text_of
from chatflows.widget.bots import asks_of, face_of_bot
from chatflows.widget.config import choose_tongue, face_of, texts_of, welcome_of
from contacts.models import Visitor
from inboxes.models import Channel
from inboxes.queries import people_in
from workspaces.models import Member, hue_of, initials_of
from workspaces.permissions import Permission

FACES = 3


@dataclass(frozen=True)
class Shown:
    """One version of a chatflow, in one language, as the panel of a channel shows it."""

    version: ChatflowVersion
    channel: Channel
    language: str

    @property
    def options(self) -> dict:
        return options_of(self.version.options)

    def is_bot(self) -> bool:
        return self.version.chatflow.kind == FlowKind.BOT

    def text(self, name: str, default: str = "") -> str:
        return text_of(self.version.options, self.version.translations, name, self.language, default)

    def written(self) -> dict[str, str]:
        """What somebody wrote instead of our own sentences."""
        return sentences.written(self.version.translations, self.version.chatflow.language, self.language)

    def say(self, name: str) -> str:
        """A sentence that no option words, in the active language where nobody wrote it."""
        return sentences.say(self.written(), name)

    def asked(self, name: str) -> str:
        """The text of an option, else ours."""
        return self.text(name, str(sentences.ASKED[name]))

    def name(self) -> str:
        """LC-1: who the visitor is met by; a bot may have a name of its own."""
        team = texts_of(self.channel, self.language)["name"]
        named = self.is_bot() or self.options["heading"] == "custom"
        return self.text("custom_name", team) if named else team

    def opening(self) -> list[dict]:
        """What stands before the visitor's first word: [{name, body, asks}]."""
        if self.is_bot():
            from chatflows import session

            said = session.opening_of(self.version, self.language)
            return [
                {"name": self.name(), "body": one["body"], "asks": asks_of(one.get("flow"))} for one in said
            ]
        welcome = welcome_of(self.channel, self.language)
        words = self.text("welcome", welcome[0] if welcome else "")
        return [{"name": self.name(), "body": words}] if words else []


def find_shown(channel: Channel, named: str, language: str) -> Shown | None:
    """The flow that a page says it shows; None for one that is not this channel's, or is no longer met by visitors."""
    if not named:
        return None
    from chatflows import serving

    version = serving.version_of(channel, named)
    return shown_in(version, channel, language) if version else None


def shown_in(version: ChatflowVersion, channel: Channel, asked: str) -> Shown:
    tongue = choose_tongue(channel, asked, version.chatflow.language, version.translations)
    return Shown(version, channel, tongue)


# ── The first message ──


@dataclass(frozen=True)
class First:
    """`words`: what of an Inbound tells what stood before it. `begin`: called with the new conversation's id."""

    words: dict
    begin: Callable[[int], object]


def first_of(visitor: Visitor, channel: Channel, *, flow: str, facts: dict) -> First:
    """`facts`: page_url, referrer, zone and country, as their page tells them."""
    shown = find_shown(channel, flow, visitor.language)
    if shown is None:
        return First({"greeting": welcome_of(channel, visitor.language)}, lambda _conversation: None)
    if shown.options["consent"] == "explicit" and not has_agreed(visitor):
        raise NotAgreed
    if not shown.is_bot():
        said = [(one["body"], one["name"]) for one in shown.opening()]
        return First({"greeting": said[0] if said else None}, partial(remember, version=shown.version))
    from chatflows import serving, session

    facts = facts | {"language": visitor.language, "device": serving.device_of(visitor.user_agent)}
    opening = tuple(session.opening_of(shown.version, shown.language))
    begin = partial(session.begin, version=shown.version, visitor=visitor, facts=facts)
    return First({"opening": opening, "greeting": None}, begin)


class NotAgreed(Exception):
    """They have not agreed to what this flow asks them to agree to first (OP-4)."""


def has_agreed(visitor: Visitor) -> bool:
    """Their last word on it counts."""
    words = ConsentProof.objects.filter(visitor=visitor, kind=ConsentKind.PROCESSING).order_by("-pk")
    return words.values_list("accepted", flat=True).first() is True


# ── Faces (LC-1) ──


def faces_of(shown: Shown | None, channel: Channel, usual: list[dict]) -> list[dict]:
    """Who stands in the head: three of those chosen at random, a name of one's own, or whoever the inbox has."""
    if shown is None:
        return usual
    options = shown.options
    name = shown.name()
    if shown.is_bot():
        return [face_of_bot(name)]
    if options["heading"] == "custom":
        return [{"initials": initials_of(name), "hue": hue_of(name), "here": True}]
    if options["heading"] != "people":
        return usual
    chosen = [member for member in people_in(channel.inbox) if _is_chosen(member, options)]
    return [face_of(member) for member in random.sample(chosen, min(FACES, len(chosen)))] or usual


def owner_of(visitor: Visitor | None, heading: str) -> dict | None:
    """Who looks after somebody whom the site named; an address that was only typed tells nobody who that is (TR-6)."""
    if heading != "owner" or visitor is None or visitor.identified_at is None or visitor.contact is None:
        return None
    owner = visitor.contact.owner
    if owner is None or owner.deactivated_at is not None:
        return None
    return face_of(owner) | {"name": owner.display_name}


def _is_chosen(member: Member, options: dict) -> bool:
    if not member.may(Permission.WORK):
        return False
    if member.pk in options["people"]:
        return True
    return bool(options["teams"]) and member.teams.filter(pk__in=options["teams"]).exists()
