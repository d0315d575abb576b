"""What every page draws with: icons, avatars, times, and what people wrote."""

import re
import uuid
from datetime import datetime, timedelta

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.templatetags.words import words_for_scripts
from inboxes.kinds import Kind, all_kinds
from workspaces import labelled
from workspaces.models import hue_of, initials_of

register = template.Library()

# These point somewhere, so they turn around in right-to-left scripts.
POINTING = {
    "arrow-left",
    "arrow-right",
    "back",
    "external",
    "forward",
    "forward-mail",
    "logout",
    "reply",
    "send",
    "side",
    "undo",
}
UNKNOWN_KIND = Kind(key="", label="", via="", icon="chat")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One shape of the sprite, for decoration: the words beside it carry the meaning."""
    classes = " ".join(filter(None, ["icon", "icon--dir" if name in POINTING else "", css]))
    sprite = static("dist/icons.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', classes, sprite, name
    )


@register.inclusion_tag("_mark.html")
def mark():
    """The product's sign."""
    return {}


@register.simple_tag
def avatar(letters: str, hue: int = 180, size: str = "", presence: str = "", shape: str = "") -> SafeString:
    """Initials on a hue. size: xs, sm, lg, xl; presence: on, away, off; shape: org, bot."""
    classes = " ".join(filter(None, ["av", f"av--{size}" if size else "", f"av--{shape}" if shape else ""]))
    seen = format_html(' data-presence="{}"', presence) if presence else ""
    inside = icon("bot") if shape == "bot" else letters
    return format_html(
        '<span class="{}" style="--h:{}"{} aria-hidden="true">{}</span>', classes, int(hue or 0), seen, inside
    )


@register.simple_tag
def face(who, size: str = "", presence: str = "", shape: str = "") -> SafeString:
    """A person's picture, else their initials on their hue. `who`: a member, or a dict with the same names."""
    told = who.get if isinstance(who, dict) else lambda name, default="": getattr(who, name, default)
    picture = told("picture", "")
    if not picture:
        return avatar(told("initials", "?"), told("hue", 180), size, presence, shape)
    seen = format_html(' data-presence="{}"', presence) if presence else ""
    classes = " ".join(["av", "av--face", *(f"av--{word}" for word in (size, shape) if word)])
    return format_html(
        '<span class="{}"{} aria-hidden="true"><img src="{}" alt="" loading="lazy"></span>',
        classes,
        seen,
        picture,
    )


@register.filter
def hue(name) -> int:
    return hue_of(str(name))


@register.filter
def initials(name) -> str:
    return initials_of(str(name))


@register.filter
def kind(key: str) -> Kind:
    """What a channel kind can do; a kind that was removed still has an icon."""
    return next((known for known in all_kinds() if known.key == key), UNKNOWN_KIND)


@register.simple_tag
def new_id() -> str:
    """The sender's own id for what is about to be written, so that sending twice is one message."""
    return str(uuid.uuid4())


# ── Times. One zone and one clock per page: the active zone, 24 hours; time.ts follows the same rules. ──────────


def _local(value) -> datetime | None:
    moment = parse_datetime(value) if isinstance(value, str) else value
    return timezone.localtime(moment) if moment else None


@register.filter
def clock(value) -> str:
    moment = _local(value)
    return formats.date_format(moment, "H:i") if moment else ""


@register.filter
def when(value) -> str:
    """Short for a list: 14:03 today, Mon this week, 12 May this year, Mar 2023 before."""
    moment = _local(value)
    if not moment:
        return ""
    now = timezone.localtime()
    if moment.date() == now.date():
        return formats.date_format(moment, "H:i")
    if timedelta(0) <= now - moment < timedelta(days=6):
        return formats.date_format(moment, "D")
    return formats.date_format(moment, "j N" if moment.year == now.year else "N Y").replace(".", "")


@register.filter
def day(value) -> str:
    """The title of a day in a thread: Today, Yesterday, Monday 12 May."""
    date = value.date() if isinstance(value, datetime) else value
    today = timezone.localdate()
    if date == today:
        return _("Today")
    if date == today - timedelta(days=1):
        return _("Yesterday")
    return formats.date_format(date, "l j F" if date.year == today.year else "j F Y")


@register.simple_tag
def moment(value, style: str = "short") -> SafeString:
    """A time with its machine form. style: short is kept fresh in the browser; clock and still do not change."""
    local = _local(value)
    if not local:
        return mark_safe("")
    text = clock(local) if style == "clock" else when(local)
    live = mark_safe(" data-when") if style == "short" else ""
    title = formats.date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', local.isoformat(), title, live, text)


# ── What people wrote. ──────────────────────────────────────────────────────────────────────────────────────────

_LINK = re.compile(r"\bhttps?://[^\s<>\"']{3,2000}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\b")
_TRAILING = re.compile(r"[.,;:!?…»)\]}]+$")


@register.filter
def said(text, mentions=()) -> SafeString:
    """A person's plain text as HTML: escaped, addresses clickable, mentions marked; CSS keeps the line breaks."""
    parts, at = [], 0
    text = str(text or "")
    for found in _LINK.finditer(text):
        target = _without_closing(found.group())
        parts += [_mentioned(text[at : found.start()], mentions), _link(target)]
        at = found.start() + len(target)
    parts.append(_mentioned(text[at:], mentions))
    return format_html_join("", "{}", ((part,) for part in parts))


def _without_closing(target: str) -> str:
    """Punctuation that ends the sentence is not part of the address; a bracket opened inside it is."""
    bare = _TRAILING.sub("", target)
    closing = target[len(bare) : len(bare) + 1]
    return bare + ")" if closing == ")" and bare.count("(") > bare.count(")") else bare


def _link(target: str) -> SafeString:
    if "://" not in target:
        return format_html('<a href="mailto:{}">{}</a>', target, target)
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer nofollow ugc">{}</a>', target, target
    )


def _mentioned(text: str, mentions) -> SafeString:
    """Escaped text with the names of mentioned people marked."""
    if not mentions:
        return escape(text)
    names = "|".join(re.escape(f"@{name}") for name in sorted(mentions, key=len, reverse=True))
    pieces = re.split(f"({names})", text)
    marked = (
        (format_html('<span class="at">{}</span>', piece) if at % 2 else piece,)
        for at, piece in enumerate(pieces)
    )
    return format_html_join("", "{}", marked)


@register.simple_tag
def script_words() -> SafeString:
    """The translated words that scripts need, as a block of data."""
    return json_script(words_for_scripts(), "words")


@register.simple_tag
def colon() -> str:
    """Between a name and what is said of it: its spaces are the language's."""
    return labelled.colon()
