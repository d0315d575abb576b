"""Reads shaped for the inbox: the list, its counts, and one thread."""

from conversations.queries.lists import VIEWS, Page, Row, View, counts_for, get_view, page_of, rows_for
from conversations.queries.thread import Thread, header_of, thread_of

__all__ = [
    "VIEWS",
    "Page",
    "Row",
    "Thread",
    "View",
    "counts_for",
    "get_view",
    "header_of",
    "page_of",
    "rows_for",
    "thread_of",
]
