"""Views that members make (VW-3): who sees them, their numbers, and what the page costs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.actions import assign, set_label
from conversations.models import Conversation, Label, SavedView, Sharing
from conversations.queries import page_of
from conversations.saved_views import find_view, how_many, put_at, save_view, saved_for
from inboxes.actions import create_inbox
from tests.factories import make_conversation
from workspaces.models import Team
from workspaces.permissions import Role

OPEN = {"any": [{"all": [{"field": "status", "op": "is", "value": ["open"]}]}]}


def path(name: str, *args) -> str:
    return reverse(f"conversations:{name}", args=["acme", *args])


def reads(captured) -> list[str]:
    """Queries without the bookkeeping of transactions and of the scope."""
    quiet = ("SAVEPOINT", "RELEASE", "ROLLBACK", "select set_config")
    return [query["sql"] for query in captured if not query["sql"].startswith(quiet)]


def test_the_inbox_asks_ten_queries_with_fifty_rows_and_twelve_views(client_of, acme, ben):
    with acme.scope():
        label = Label.objects.create(name="Warranty")
        for number in range(50):
            set_label(make_conversation(acme, external_id=f"<{number}@x>"), label, True, by=ben)
        for number in range(12):
            save_view(None, name=f"View {number}", conditions=OPEN, by=ben)
    client = client_of(ben)
    client.get(path("inbox", "open"))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(path("inbox", "open")).content.decode()
    asked = reads(captured)
    assert page.count('class="crow"') == 50 and "View 11" in page
    assert len(asked) <= 10, "\n".join(asked)
