"""Pieces of a page that are the same for every reader: rendered once per version and language, then remembered."""

from collections import OrderedDict
from threading import Lock

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from conversations.models import Conversation
from conversations.queries.lists import Row
from conversations.queries.thread import header_of

_kept: OrderedDict[tuple, SafeString] = OrderedDict()
_lock = Lock()
MOST = 20_000


def rows_html(rows: list[Row]) -> list[Row]:
    """Give each row its markup, from memory when this version was drawn before."""
    for row in rows:
        labels = tuple((label["name"], label["color"]) for label in row.labels)
        left = (row.window.state, row.window.left) if row.window else ()
        due = (row.due.words, row.due.left) if row.due and row.due.is_shown else ()
        key = (row.url, row.version, labels, left, due, row.picture)
        row.html = _remembered(key, "conversations/_row.html", {"c": row})
    return rows


def _remembered(key: tuple, template: str, context: dict) -> SafeString:
    # What is shown holds clock times and, after midnight, days: language, zone and date belong to every key.
    key = (*key, get_language(), timezone.get_current_timezone_name(), timezone.localdate())
    with _lock:
        html = _kept.get(key)
        if html is not None:
            _kept.move_to_end(key)
            return html
    html = _render(template, context)
    with _lock:
        _kept[key] = html
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return html


def message_html(message: dict) -> SafeString:
    return _render("conversations/_message.html", {"m": message})


def comment_html(comment: dict) -> SafeString:
    return _render("conversations/_comment.html", {"comment": comment})


def event_html(event: dict) -> SafeString:
    return _render("conversations/_event.html", {"e": event})


def header_html(conversation: Conversation, workspace, labels: list[dict] | None = None) -> SafeString:
    """The head of a thread. Kept by what it shows, not by version: most messages change nothing in it."""
    header = header_of(conversation, labels)
    unseen = ("last_seq", "last_inbound_seq", "due")
    shown = (str(value) for name, value in header.items() if name not in unseen)
    due = header["due"]
    burning = (due.at, due.words) if due and due.is_shown else (due and due.at,)
    key = ("header", workspace.slug, *shown, *burning)
    context = {"conversation": header, "workspace": workspace, "view": {}}
    return _remembered(key, "conversations/_header.html", context)


def _render(name: str, context: dict) -> SafeString:
    return mark_safe(get_template(name).render(context).strip())  # noqa: S308  our own template, already escaped
