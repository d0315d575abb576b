import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.actions import assign, save_draft, send_reply
from conversations.models import Conversation, Status
from conversations.saved_views import save_view
from inboxes.actions import create_inbox
from tests.factories import make_conversation, make_visitor
from workspaces.permissions import Role


def path(name: str, *args) -> str:
    return reverse(f"conversations:{name}", args=["acme", *args])


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(acme)


def test_the_first_page_is_unassigned_for_those_who_take_work(client_of, ben):
    """VW-5."""
    assert client_of(ben).get(path("home")).url == path("inbox", "unassigned")


def test_a_list_shows_who_waits_and_what_they_said(client_of, ben, conversation):
    """UI-3."""
    page = client_of(ben).get(path("inbox", "unassigned")).content.decode()
    assert "James Whitfield" in page and "The dimmer flickers." in page
    assert f'id="row-{conversation.pk}"' in page and "data-unread" in page


def test_opening_marks_it_read_for_me_alone(client_of, ada, ben, conversation):
    """UI-4: unread is per person."""
    client_of(ben).get(path("show", "unassigned", conversation.pk))
    assert "data-unread" not in client_of(ben).get(path("inbox", "unassigned")).content.decode()
    assert "data-unread" in client_of(ada).get(path("inbox", "unassigned")).content.decode()


def test_whose_turn_it_is_groups_the_list(client_of, acme, ben, conversation):
    with acme.scope():
        answered = make_conversation(acme, external_id="<2@x>")
        send_reply(answered, body="Done", by=ben)
    page = client_of(ben).get(path("inbox", "open")).content.decode()
    yours, theirs = page.split('id="rows-theirs"')
    assert f"row-{conversation.pk}" in yours and f"row-{answered.pk}" in theirs


def test_a_draft_shows_in_the_list_of_its_writer(client_of, acme, ada, ben, conversation):
    with acme.scope():
        save_draft(conversation, body="Hello James", mode="reply", by=ben)
    assert 'data-draft="Hello James"' in client_of(ben).get(path("inbox", "open")).content.decode()
    assert "Hello James" not in client_of(ada).get(path("inbox", "open")).content.decode()


def test_pages_of_a_list_never_repeat_nor_skip(client_of, acme, ben, monkeypatch):
    monkeypatch.setattr("conversations.queries.lists.PAGE", 3)
    with acme.scope():
        made = [make_conversation(acme, external_id=f"<{n}@x>").pk for n in range(8)]
    seen, url = [], path("inbox", "open")
    while url:
        page = client_of(ben).get(url).content.decode()
        seen += [int(pk) for pk in re.findall(r'id="row-(\d+)"', page)]
        found = re.search(r'id="older"><a[^>]* href="([^"]+)"', page)
        url = found and found.group(1).replace("&amp;", "&")
    assert seen == made[::-1]


def test_a_bad_page_mark_begins_anew(client_of, ben, conversation):
    for bad in ("x", "2026-13-45T00:00:00_1", "2026-01-01_5", "_", "2026-01-01T00:00:00+00:00_x"):
        assert client_of(ben).get(path("inbox", "open"), {"after": bad}).status_code == 200


def questions(client, url, **headers) -> int:
    """How many statements a page asks, beside those that begin, bind and end its transaction."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url, headers=headers).status_code == 200
    frame = ("SAVEPOINT", "RELEASE", "select set_config")
    return sum(not query["sql"].startswith(frame) for query in asked.captured_queries)


def test_the_list_asks_the_same_number_of_queries_whatever_its_length(client_of, acme, ben):
    """Session, user, member, saved views, inboxes, rows, counts, and what stands around: eight, and one when somebody
    made views."""
    client, url = client_of(ben), path("inbox", "mine")
    client.get(url)
    assert questions(client, url) == 8
    with acme.scope():
        for number in range(30):
            assign(make_conversation(acme, external_id=f"<{number}@x>"), to=ben, by=ben)
        condition = {"field": "status", "op": "is", "value": ["open"]}
        save_view(None, name="Open ones", conditions={"any": [{"all": [condition]}]}, by=ben)
    assert questions(client, url) == 9


def test_a_thread_asks_the_same_number_of_queries_whatever_its_length(client_of, acme, ben, conversation):
    with acme.scope():
        send_reply(conversation, body="First", by=ben)
    client, url = client_of(ben), path("show", "open", conversation.pk)
    client.get(url)  # the first time it is read, that is noted
    assert questions(client, url, hx_request="true") == 16
    with acme.scope():
        for number in range(30):
            send_reply(conversation, body=f"Line {number}", by=ben)
        assign(conversation, to=ben, by=ben)
    client.get(url)
    assert questions(client, url, hx_request="true") == 16
    assert questions(client, url) == 21


def test_a_reply_without_script_comes_back_to_the_thread(client_of, ben, conversation):
    client = client_of(ben)
    answer = client.post(path("reply", conversation.pk), {"body": "On its way"}, follow=True)
    assert "On its way" in answer.content.decode()


def test_an_empty_reply_keeps_the_page_and_says_why(client_of, ben, conversation):
    answer = client_of(ben).post(path("reply", conversation.pk), {"body": "  "})
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()


def test_with_htmx_a_reply_is_one_message(client_of, ben, conversation):
    answer = client_of(ben).post(
        path("reply", conversation.pk), {"body": "<b>Hi</b>"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert html.startswith("<li") and "&lt;b&gt;Hi&lt;/b&gt;" in html


def test_send_and_close(client_of, acme, ben, conversation):
    """CR-9."""
    client_of(ben).post(path("reply", conversation.pk), {"body": "Bye", "then": "close"})
    with acme.scope():
        assert Conversation.objects.get().is_closed()


def test_assigning_by_hand(client_of, acme, ada, ben, conversation):
    client_of(ada).post(path("assignment", conversation.pk), {"assignee": f"member:{ben.pk}"})
    with acme.scope():
        assert Conversation.objects.get().assignee == ben
    client_of(ada).post(path("assignment", conversation.pk), {"assignee": ""})
    with acme.scope():
        assert Conversation.objects.get().assignee is None


@pytest.mark.parametrize("value", ["member:0", "member:999999", "team:1", "x", "member:", "member:1e3"])
def test_nobody_unknown_is_assigned(client_of, acme, ben, conversation, value):
    answer = client_of(ben).post(path("assignment", conversation.pk), {"assignee": value})
    assert answer.status_code == 422
    with acme.scope():
        assert Conversation.objects.get().assignee is None


def test_a_member_of_another_workspace_cannot_be_assigned(client_of, acme, ben, cleo, conversation):
    """T003."""
    answer = client_of(ben).post(path("assignment", conversation.pk), {"assignee": f"member:{cleo.pk}"})
    assert answer.status_code == 422


def test_an_admin_who_is_not_a_member_reads_but_does_not_act(client_of, acme, ada, ben, conversation):
    """AC-1."""
    with acme.scope():
        Conversation.objects.update(inbox=create_inbox(name="Sales", members=[ben]))
    page = client_of(ada).get(path("show", "open", conversation.pk)).content.decode()
    assert "The dimmer flickers." in page and "<textarea" not in page
    for verb, data in (
        ("reply", {"body": "x"}),
        ("comment", {"body": "x"}),
        ("status", {"status": "closed"}),
    ):
        assert client_of(ada).post(path(verb, conversation.pk), data).status_code == 404
    with acme.scope():
        assert Conversation.objects.get().status == Status.OPEN


def test_a_visitors_claim_is_shown_as_a_claim(client_of, acme, ben):
    """TR-6."""
    from conversations.receive import Inbound, receive

    with acme.scope():
        visitor = make_visitor(acme)
        visitor.claimed_email = "boss@acme.example"
        visitor.save()
        pk = receive(Inbound(channel=acme.chat, visitor=visitor, body="Hi")).conversation_id
    page = client_of(ben).get(path("show", "open", pk)).content.decode()
    assert "Claims the address" in page and "Visitor, not identified" in page


def test_drafts_are_saved_and_empty_ones_dropped(client_of, ben, conversation):
    client = client_of(ben)
    assert client.post(path("draft", conversation.pk), {"mode": "reply", "body": "Dear"}).status_code == 204
    assert "Dear</textarea>" in client.get(path("show", "open", conversation.pk)).content.decode()
    client.post(path("draft", conversation.pk), {"mode": "reply", "body": ""})
    assert "Dear</textarea>" not in client.get(path("show", "open", conversation.pk)).content.decode()


def test_signed_out_fragments_send_the_whole_page_to_sign_in(client, acme, conversation):
    url = path("show", "open", conversation.pk)
    assert client.get(url).url.startswith("/account/login/")
    answer = client.get(url, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/account/login/")


def test_pages_of_a_person_are_never_cached(client_of, ben, conversation):
    """T015."""
    for url in (path("inbox", "open"), path("show", "open", conversation.pk), path("show", "open", 0)):
        answer = client_of(ben).get(url)
        assert answer["Cache-Control"] == "private, no-store"
        assert "Cookie" in answer["Vary"] and "HX-Request" in answer["Vary"]


def test_a_reporter_sees_no_conversation(client_of, ben, conversation):
    ben.role = Role.REPORTER
    ben.save()
    assert client_of(ben).get(path("show", "open", conversation.pk)).status_code == 404
