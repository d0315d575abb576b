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

_rows: OrderedDict[tuple, SafeString] = OrderedDict()
_lock = Lock()
KEPT = 20_000


def rows_html(rows: list[Row]) -> list[Row]:
    """Give each row its markup, from memory when this version was drawn before (PERFORMANCE D, P1)."""
    for row in rows:
        row.html = _remembered(row)
    return rows


def _remembered(row: Row) -> SafeString:
    # A row shows clock times and, after midnight, days: both belong to the key.
    labels = tuple((label["name"], label["color"]) for label in row.labels)
    key = (
        row.url,
        row.version,
        labels,
        get_language(),
        timezone.get_current_timezone_name(),
        timezone.localdate(),
    )
    with _lock:
        html = _rows.get(key)
        if html is not None:
            _rows.move_to_end(key)
            return html
    html = _render("conversations/_row.html", {"c": row})
    with _lock:
        _rows[key] = html
        while len(_rows) > KEPT:
            _rows.popitem(last=False)
    return html


def message_html(message: dict) -> SafeString:
    return _render("conversations/_message.html", {"m": message})


def comment_html(comment: dict) -> SafeString:
    return _render("conversations/_comment.html", {"comment": comment})


def event_html(event: dict) -> SafeString:
    return _render("conversations/_event.html", {"e": event})


def header_html(conversation: Conversation, workspace) -> SafeString:
    context = {"conversation": header_of(conversation), "workspace": workspace, "view": {}}
    return _render("conversations/_header.html", context)


def _render(name: str, context: dict) -> SafeString:
    return mark_safe(get_template(name).render(context).strip())  # noqa: S308  our own template, already escaped
