"""What the panel's page brings along: how it looks, what it says first, and what it asks before and after a chat."""

from django.templatetags.static import static

from chatflows import sentences
from chatflows.models import Article
from chatflows.settings_of import text_of
from chatflows.widget import chat, requests
from chatflows.widget.attachments import allowed_in
from chatflows.widget.config import (
    appearance_of,
    ask_note,
    panel_labels,
    panel_words,
    people_of,
    texts_of,
    welcome_of,
    worded,
)
from chatflows.widget.flows import Shown, faces_of, find_shown
from chatflows.widget.opening import Standing, standing_of
from inboxes.models import Channel


def panel_of(channel: Channel, language: str, sites: list[str], asked) -> dict:
    """In the active language. `asked`: the query of the page: which flow the launcher shows, the visitor's clock, files or not."""
    return panel_with(
        channel,
        language,
        sites,
        asked,
        find_shown(channel, asked.get("flow", "")[:36], asked.get("lang") or language),
    )


def panel_with(channel: Channel, language: str, sites: list[str], asked, shown: Shown | None) -> dict:
    """The same with a version at hand: the builder's preview shows one that no visitor meets yet."""
    people = people_of(channel)
    standing = standing_of(channel, people["here"], asked.get("tz", "")[:64])
    here = people["here"] if standing.open else 0
    is_bot = bool(shown and shown.is_bot())
    faces = faces_of(shown, channel, people["faces"])
    if not standing.open:  # outside the hours nobody is there, whoever works late (CT-8)
        faces = [face | {"here": False} for face in faces]
    chosen = set(asked.get("set", "")[:300].split(","))  # of window.ParleySettings, what is on
    written = shown.written() if shown else {}
    texts = _texts(channel, language, standing, shown)
    files = allowed_in(channel) and asked.get("files") != "no" and "disableAttachment" not in chosen
    return appearance_of(channel) | {
        "key": channel.identifier,
        "flow": str(shown.version.public_id) if shown else "",
        # The chat's own page counts itself, for where no script of ours runs.
        "counted": bool(shown) and asked.get("own") != "1",
        "zone": asked.get("tz", "")[:64],
        # What the chatflow speaks, which may be more than we do; the page says in which language our own words are.
        "language": shown.language if shown else language,
        "sites": sites,
        "texts": texts,
        "opening": _opening(channel, language, shown),
        "heading": shown.options["heading"] if shown else "channel",
        "faces": faces,
        # Open around the clock counts as somebody, outside the hours nobody does (CT-8); a bot is always there (CT-9).
        "here": max(here, 1) if standing.open or is_bot else 0,
        "ask_note": shown.say("at_once") if shown and is_bot else ask_note(here),
        "labels": worded(panel_labels(), written, texts["name"]),
        "longest": chat.LONGEST_BODY,
        "previews": channel.config.get("typing_preview") is True,
        "extras": static("dist/extras.js"),
        "files": files and (shown is None or shown.options["attachments"]),
        "words": worded(panel_words(), written),
        "care": _with_requests(_care(shown, standing, chosen)),
        "still": "disableInitialInputFocus" in chosen,
        "one": "hideNewThreadLink" in chosen,
        # A rule asks who comes: the page's signature is turned into a pass, whether or not somebody opens the chat.
        "who": asked.get("who") == "1",
        "more": static("dist/care.js"),
    }


def _texts(channel: Channel, language: str, standing: Standing, shown: Shown | None) -> dict:
    texts = texts_of(channel, language)
    if shown:
        texts["name"] = shown.name()
        # The option of this name says whose faces stand above it; as a text it is in the translations alone.
        texts["heading"] = text_of(None, shown.version.translations, "heading", language, texts["heading"])
        texts["away"] = shown.text("away", texts["away"])
    if shown and shown.is_bot():
        texts["reply_time"] = shown.say("at_once")
    elif standing.words is not None:
        texts["reply_time" if standing.open else "away"] = standing.words
    return texts


def _opening(channel: Channel, language: str, shown: Shown | None) -> list[dict]:
    if shown:
        return shown.opening()
    welcome = welcome_of(channel, language)
    return [{"body": welcome[0], "name": welcome[1]}] if welcome else []


def _care(shown: Shown | None, standing: Standing, chosen: set[str]) -> dict | None:
    """What is asked around a chat; None when there is nothing, so that nothing more is fetched. `chosen`: settings of the page."""
    banner = "enableWidgetCookieBanner" in chosen
    if shown is None:
        return _cookies(chosen, None) if banner else None
    options = shown.options
    care: dict = {}
    if options["consent"] != "none":
        care["consent"] = {"explicit": options["consent"] == "explicit", "text": shown.asked("consent_text")}
    if options["cookies_consent"] or banner:
        care |= _cookies(chosen, shown)
    if capture := _capture(shown, options, standing):
        care["capture"] = capture
    if options["survey"]:
        care["survey"] = shown.asked("survey_text")
    if options["knowledge"] and Article.objects.published().exists():
        care["knowledge"] = True
    if options["heading"] == "owner" and not shown.is_bot():
        care["owner"] = True
    return care or None


def _with_requests(care: dict | None) -> dict | None:
    return (care or {}) | {"requests": static("dist/requests.js")} if requests.are_shown() else care


def _cookies(chosen: set[str], shown: Shown | None) -> dict:
    """OP-3. `late`: not before the visitor is about to leave."""
    words = sentences.say(shown and shown.written(), "cookies")
    return {"cookies": words} | ({"late": True} if "ON_EXIT_INTENT" in chosen else {})


def _capture(shown: Shown, options: dict, standing: Standing) -> dict | None:
    """LC-5; a bot asks by itself. While nobody is there the built-in words take the place of one's own (CT-7)."""
    when = options["email_capture"]
    if when == "never" or shown.is_bot() or (when == "away" and standing.open):
        return None
    words = shown.asked("email_text") if standing.open else shown.say("email_away")
    minutes = options["email_after_minutes"] if when == "later" and standing.open else 0
    return {"after": minutes * 60, "required": options["email_required"], "text": words}
