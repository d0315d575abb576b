"""How a widget looks and what it says: the channel's own settings over our defaults, in the visitor's language."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inboxes.colours import ACCENT, colour, readable_on
from inboxes.models import Channel
from inboxes.queries import people_in
from workspaces.models import Member
from workspaces.permissions import Permission

MOST_FACES, MOST_ASKED = 3, 200


def spoken(asked: str) -> str:
    """The language of ours that a tag like `fr-CA` names, or nothing."""
    code = _tag(asked).split("-")[0]
    return code if code in dict(settings.LANGUAGES) else ""


def _tag(asked: str) -> str:
    """`pt-br` of `pt_BR`, or of a browser's whole list of languages: its first."""
    found = re.match(r"[a-z]+(-[a-z0-9]+)*", asked.strip().replace("_", "-").lower())
    return found[0] if found else ""


def choose_language(channel: Channel, asked: str) -> str:
    """The language asked for when we speak it, else the inbox's, else English."""
    return spoken(asked) or spoken(channel.inbox.language) or settings.LANGUAGE_CODE


def choose_tongue(channel: Channel, asked: str, own: str, translations: object) -> str:
    """The language that a chatflow speaks to whom asks for this one: what it was given is more than what we speak ourselves.

    `own`: the one it is written in. Our own words around it are in `choose_language`.
    """
    return find_tongue(asked, own, translations) or choose_language(channel, asked)


def find_tongue(asked: str, own: str, translations: object) -> str:
    """The language of a chatflow that fits, or nothing."""
    tag = _tag(asked)
    given = translations if isinstance(translations, dict) else {}
    written = {own, *(code for code, words in given.items() if words)}
    return next((code for code in (tag, tag.split("-")[0]) if code and code in written), "")


def appearance_of(channel: Channel) -> dict:
    """Colours, side and theme. A colour we cannot read is replaced: it would become part of a style."""
    config = channel.config
    accent = colour(config.get("accent")) or ACCENT
    position, theme = config.get("position"), config.get("theme")
    return {
        "accent": accent,
        "on": colour(config.get("on")) or readable_on(accent),
        "position": position if position in ("left", "right") else "right",
        "theme": theme if theme in ("light", "dark", "auto") else "auto",
    }


def texts_of(channel: Channel, language: str) -> dict[str, str]:
    """The sentences a workspace may reword: heading, greeting, reply_time, away, name."""
    with translation.override(language):
        texts = {
            "name": channel.workspace.name,
            "heading": _("Hello. What can we do for you?"),
            "greeting": _("Hello. Ask us anything, a person reads it."),
            "reply_time": _("Usually answers in a few minutes"),
            "away": _("Away now. We answer here as soon as we are back"),
        }
    own = channel.config.get("texts", {})
    for source in (channel.config, own.get(language, {}) if isinstance(own, dict) else {}):
        texts |= {
            name: str(source[name])[:500]
            for name in texts
            if isinstance(source.get(name), str) and source[name]
        }
    return texts


def welcome_of(channel: Channel, language: str) -> tuple[str, str] | None:
    """The greeting as (text, name), to be kept as the first message of a conversation; None when it is switched off."""
    if channel.config.get("greets") is False:
        return None
    texts = texts_of(channel, choose_language(channel, language))
    return texts["greeting"], texts["name"]


def people_of(channel: Channel) -> dict:
    """Who would answer: a few faces, and how many of them are here."""
    workers = [member for member in people_in(channel.inbox)[:MOST_ASKED] if member.may(Permission.WORK)]
    here = [member for member in workers if member.is_available()]
    shown = (here + [member for member in workers if not member.is_available()])[:MOST_FACES]
    faces = [face_of(member) for member in shown]
    return {"faces": faces, "here": len(here)}


def face_of(member: Member) -> dict:
    told = {"initials": member.initials, "hue": member.hue, "here": member.is_available()}
    return told | {"picture": member.picture} if member.avatar else told


def launcher_words() -> dict[str, str]:
    """What the launcher and the greeting of a team say, in the active language; the script fills in `{n}`."""
    return {
        "open": _("Open chat"),
        "openUnread": _("Open chat, unread messages: {n}"),
        "close": _("Close chat"),
        "chatWith": _("Chat with {name}"),
        "messageFrom": _("Message from {name}"),
        "dismiss": _("Dismiss"),
        "unavailable": _("Chat is not available just now."),
    }


def worded(words: dict[str, str], written: Mapping[str, str], name: str = "") -> dict[str, str]:
    """Sentences of ours, or what a chatflow says instead of them; `name` is whose chat it is."""
    found = {key: written.get(key) or text for key, text in words.items()}
    return {key: text.replace("{name}", name) for key, text in found.items()} if name else found


def ask_note(here: int) -> str:
    """Below the first question: who would read it."""
    if not here:
        return _("We will answer here")
    return ngettext("{n} of us is here now", "{n} of us are here now", here).format(n=here)


def panel_labels() -> dict[str, str]:
    """What stands in the panel's page itself, on its buttons and for those who hear it, in the active language."""
    return {
        "chatWith": _("Chat with {name}"),
        "withoutScript": _("Chat without JavaScript"),
        "back": _("Back"),
        "more": _("More"),
        "close": _("Close chat"),
        "ask": _("Ask a question"),
        "search": _("Search our answers"),
        "messages": _("Messages"),
        "below": _("New messages"),
        "suggested": _("Suggested answers"),
        "anew": _("Start a new chat"),
        "attach": _("Attach a file"),
        "yourMessage": _("Your message"),
        "write": _("Write a message…"),
        "sendThese": _("Send"),
        "previews": _("We see what you write as you write it."),
        "sound": _("Sound for new answers"),
        "saveChat": _("Save the chat as text"),
        "own": _("Open in a page of its own"),
        "agree": _("I agree"),
        "keepNot": _("No, only for now"),
        "keep": _("Yes, remember it"),
        "save": _("Save"),
        "notNow": _("Not now"),
        "poor": _("poor"),
        "excellent": _("excellent"),
        "why": _("Would you tell us why? (optional)"),
        # Of the chat's own page, where no script runs.
        "lookAgain": _("Look for new answers"),
        "tooMany": _("That was a lot at once. Please wait a minute, then send it again."),
        "agreeFirst": _("Please agree first."),
        "writeFirst": _("Write something first."),
        "tryLater": _("It was not sent. Please try again."),
    }


def panel_words() -> dict[str, str]:
    """What the panel says, in the active language; `{…}` is filled in by the script."""
    return {
        "earlier": _("Earlier"),
        "requests": _("Your requests"),
        "unread": _("Unread"),
        "untitled": _("Chat"),
        "meet": _("Book a meeting"),
        "you": _("You"),
        "sending": _("Sending…"),
        "waiting": _("Waiting for the connection"),
        "slow": _("This takes longer than usual. We keep trying."),
        "sent": _("Sent"),
        "seen": _("Seen"),
        "notSent": _("Not sent."),
        "tryAgain": _("Try again"),
        "discard": _("Discard"),
        "tooLong": _("Too long: at most {n} characters."),
        "slowDown": _("Too many messages at once. This one is sent in {n} s."),
        "offline": _("You are offline. What you write is kept and sent later."),
        "reconnecting": _("Connecting again…"),
        "online": _("Connected again."),
        "notKept": _("This browser keeps nothing: leave this page open until you have your answer."),
        "joined": _("{name} joined."),
        "joinedRead": _("{name} joined. Everything above has been read."),
        "closed": _("This chat was closed. Write to open it again."),
        "typing": _("{name} is typing"),
        "says": _("{name}: {text}"),
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "gone": _("This chat is no longer here. You can start a new one."),
        "files": _("Files to send"),
        "removeFile": _("Remove {name}"),
        "fileBusy": _("A file is still on its way."),
        "fileLarge": _("This file is too large. At most 10 MB."),
        "fileKind": _("This kind of file is not accepted here."),
        "fileMany": _("Too many files."),
        "fileWait": _("Too many files at once. Try again in {n} min."),
        "fileFailed": _("It was not attached. Try again."),
        "unavailable": _("Chat is not available just now."),
        "sendThese": _("Send"),
        "date": _("Date"),
        "badEmail": _("This is not an email address."),
        "nothingFound": _("We found nothing on this. Just ask us."),
        "thanks": _("Thank you for your answer."),
    }
