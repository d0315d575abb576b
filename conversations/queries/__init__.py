"""Reads shaped for the inbox: the list, its counts, and one thread."""

from conversations.queries.counts import counts_for
from conversations.queries.lists import Page, Row, page_of, rows_for
from conversations.queries.thread import Thread, header_of, thread_of
from conversations.queries.views import VIEWS, View, all_views, get_view

__all__ = [
    "VIEWS",
    "Page",
    "Row",
    "Thread",
    "View",
    "all_views",
    "counts_for",
    "get_view",
    "header_of",
    "page_of",
    "rows_for",
    "thread_of",
]
