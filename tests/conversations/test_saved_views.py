"""Views that members make (VW-3): who sees them, their numbers, and what the page costs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.actions import set_label
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


def test_the_inbox_asks_a_fixed_dozen_of_queries_with_fifty_rows_and_twelve_views(client_of, acme, ben):
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
    assert len(asked) <= 12, "\n".join(asked)


def test_a_view_is_made_changed_and_deleted(client_of, acme, ben):
    """VW-3."""
    client = client_of(ben)
    posted = {"name": "Ours", "c-0-0-field": "status", "c-0-0-op": "is", "c-0-0-value": "open", "save": "1"}
    assert client.get(path("saved_new")).status_code == 200
    made = client.post(path("saved_new"), posted | {"sharing": "private"})
    with acme.scope():
        view = SavedView.objects.get()
    assert made.url == path("inbox", view.key)
    assert client.get(made.url).status_code == 200
    client.post(path("saved_view", view.pk), posted | {"name": "Mine now"})
    assert "Mine now" in client.get(path("saved_views")).content.decode()
    client.post(path("saved_delete", view.pk))
    assert client.get(made.url).status_code == 404


def test_who_sees_a_view(acme, ada, ben):
    """VW-3: private, a team, everyone."""
    with acme.scope():
        team = Team.objects.create(name="Desk")
        private = save_view(None, name="Private", conditions=OPEN, by=ada)
        save_view(None, name="Team", conditions=OPEN, by=ada, sharing=Sharing.TEAM, team=team)
        save_view(None, name="All", conditions=OPEN, by=ada, sharing=Sharing.EVERYONE)
        assert [view.name for view in saved_for(ben)] == ["All"]
        team.members.add(ben, through_defaults={"workspace_id": acme.workspace.pk})
        assert [view.name for view in saved_for(ben)] == ["Team", "All"]
        with pytest.raises(Http404):
            find_view(private.key, ben)


def test_the_order_is_each_members_own(acme, ada, ben):
    with acme.scope():
        for name in ("One", "Two"):
            save_view(None, name=name, conditions=OPEN, by=ada, sharing=Sharing.EVERYONE)
        put_at(saved_for(ben)[1], 0, by=ben)
        assert [view.name for view in saved_for(ben)] == ["Two", "One"]
        assert [view.name for view in saved_for(ada)] == ["One", "Two"]


def test_numbers_and_rows_of_a_view_stay_within_rights(acme, ada, ben):
    """VW-4, T011."""
    with acme.scope():
        view = save_view(None, name="All", conditions=OPEN, by=ada, sharing=Sharing.EVERYONE)
        hidden = make_conversation(acme)
        Conversation.objects.filter(pk=hidden.pk).update(inbox=create_inbox(name="Sales", members=[ada]))
        assert how_many(ada, [view])[view.key] == 1
        assert how_many(ben, [view])[view.key] == 0
        assert page_of(find_view(view.key, ben), ben).theirs == []


def test_nothing_typed_becomes_a_column(acme, ben):
    bad = [{}, {"any": []}, {"any": [{"all": [{"field": "inbox__name", "op": "is", "value": ["x"]}]}]}]
    bad.append({"any": [{"all": [{"field": "inbox", "op": "is", "value": ["1 or 1=1"]}]}]})
    with acme.scope():
        for conditions in bad:
            with pytest.raises(ValidationError):
                save_view(None, name="Bad", conditions=conditions, by=ben)


@pytest.mark.parametrize("sort", ["newest", "oldest", "waiting"])
def test_pages_of_every_order_never_repeat_nor_skip(acme, ben, monkeypatch, sort):
    """UI-2."""
    monkeypatch.setattr("conversations.queries.lists.PAGE", 3)
    with acme.scope():
        made = [make_conversation(acme, external_id=f"<{n}@x>") for n in range(8)]
        Conversation.objects.filter(pk__in=[row.pk for row in made[:3]]).update(waiting_since=None)
        seen, after = [], ""
        while True:
            page = page_of(find_view("open", ben), ben, after=after, sort=sort)
            seen += [row.pk for row in page.yours + page.theirs]
            after = page.next
            if not after:
                break
    assert sorted(seen) == sorted(row.pk for row in made) and len(seen) == 8


def test_the_choice_of_inbox_and_order_is_remembered(client_of, acme, ben):
    client = client_of(ben)
    client.post(path("list_choice"), {"sort": "waiting", "density": "compact", "inbox": acme.inbox.pk})
    page = client.get(path("inbox", "open")).content.decode()
    assert 'data-density="compact"' in page and "Longest waiting first" in page
    assert f'data-inbox="{acme.inbox.pk}"' in page


def test_another_order_leaves_open_what_was_open(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme, external_id="<one@x>")
    client, shown = client_of(ben), path("show", "open", conversation.pk)
    client.get(path("inbox", "open"))
    for referer, led in (
        (f"http://testserver{shown}", shown),
        ("http://testserver/w/acme/inbox/open/", path("inbox", "open")),
        ("https://elsewhere.example/[", path("inbox", "open")),
        ("", path("inbox", "open")),
    ):
        answer = client.post(path("list_choice"), {"sort": "oldest"}, headers={"Referer": referer})
        assert (answer.status_code, answer.url) == (302, led)


def test_a_role_without_work_makes_no_view(client_of, acme, ben):
    ben.role = Role.REPORTER
    ben.save()
    assert client_of(ben).get(path("saved_new")).status_code == 404
