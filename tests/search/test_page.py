"""The page of search: rows that lead to the place, hints, a bounded number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations.actions import comment, send_reply
from conversations.models import Attachment, Message
from tests.factories import make_conversation

HERE = "/w/acme/search/"


@pytest.fixture
def lamp(acme):
    with acme.scope():
        return make_conversation(acme, "The kitchen dimmer flickers.")


def test_every_row_says_why_it_was_found(client_of, acme, ben):
    """In the subject, the name, the address, what a form asked, a file's name: wherever it stands, it is marked."""
    with acme.scope():
        made = make_conversation(acme, "We wait since Monday.", subject="Where is the delivery?")
        message = made.messages.get()
        message.extra = {
            "answers": [["Room", "Orangery"]],
            "mail": {"from": {"address": "james@pine.example"}},
        }
        message.save(update_fields=["extra"])
        with_file = send_reply(made, body="The plan.", by=ben).message_id
        file = {"name": "plan-2.pdf", "content_type": "application/pdf", "size": 1}
        Attachment.objects.create(message_id=with_file, **file)
    page = client_of(ben)
    for text, shown in {
        "delivery": "Where is the <mark>delivery</mark>?",
        "deliveries": "Where is the <mark>delivery</mark>?",  # by its stem
        "subject:deliv": "Where is the <mark>delivery</mark>?",
        "delivery monday": "since <mark>Monday</mark>",  # one in the subject, one in the words
        "whitfield": "James <mark>Whitfield</mark>",
        "from:james": "<mark>James</mark> Whitfield",
        "orangery": "<mark>Orangery</mark>",
        "james@pine.example": "<mark>james@pine.example</mark>",
        "plan-2": "<mark>plan-2.pdf</mark>",
        "-chair wait": "<mark>wait</mark> since",
    }.items():
        said = page.get(HERE, {"q": text}).content.decode()
        assert shown in said, text
    said = page.get(HERE, {"q": "wait"}).content.decode()
    assert said.count("<mark>") == 1 and "James Whitfield" in said


def test_what_is_marked_stays_text(client_of, acme, ben):
    with acme.scope():
        make_conversation(acme, "<b>bold</b>", name="<i>Ann</i> Oak", subject="<script>bold</script> move")
    said = client_of(ben).get(HERE, {"q": "bold"}).content.decode()
    assert "&lt;script&gt;<mark>bold</mark>&lt;/script&gt;" in said
    assert "<script>bold" not in said and "<i>Ann" not in said and "<b>" not in said


def test_a_row_shows_why_and_leads_to_the_message(client_of, acme, ben, lamp):
    page = client_of(ben).get(HERE, {"q": "kitchen"}).content.decode()
    assert "<mark>kitchen</mark>" in page and "James Whitfield" in page
    link = re.search(rf'id="row-{lamp.pk}" href="([^"#]+)#(message-\d+)"', page)
    assert link
    opened = client_of(ben).get(link[1], follow=True)
    assert f'id="{link[2]}"' in opened.content.decode()


def test_a_message_far_up_is_on_the_page_that_the_row_leads_to(client_of, acme, ben, lamp):
    with acme.scope():
        for _ in range(220):
            send_reply(lamp, body="ping", by=ben)
    page = client_of(ben).get(HERE, {"q": "kitchen"}).content.decode()
    link = re.search(rf'id="row-{lamp.pk}" href="([^"#]+)#(message-\d+)"', page)
    assert f'id="{link[2]}"' in client_of(ben).get(link[1].replace("&amp;", "&")).content.decode()


def test_without_a_question_the_page_says_what_can_be_typed(client_of, ben, lamp):
    page = client_of(ben).get(HERE).content.decode()
    assert "has:attachment" in page and "Nothing matches" not in page


def test_nothing_found_says_what_to_try(client_of, ben, lamp):
    page = client_of(ben).get(HERE, {"q": "is:closed kitchen"}).content.decode()
    assert "Nothing matches" in page and "without one of the operators" in page


def test_a_mistyped_operator_is_told_gently(client_of, ben, lamp):
    page = client_of(ben).get(HERE, {"q": "form:james"}).content.decode()
    assert "“form:” is no operator here" in page
    for text in ("is:opne", "has:money", "before:soon"):
        assert "search__hint" in client_of(ben).get(HERE, {"q": text}).content.decode()


def test_while_typing_only_the_results_come(client_of, ben, lamp):
    page = client_of(ben).get(HERE, {"q": "kit"}, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith("<section") and 'id="results"' in page and "<html" not in page


def test_what_was_typed_stays_text(client_of, ben, lamp):
    page = client_of(ben).get(HERE, {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_a_stranger_finds_nothing(client_of, cleo, lamp):
    """T009."""
    assert client_of(cleo).get(HERE, {"q": "kitchen"}).status_code == 404
    page = client_of(cleo).get("/w/globex/search/", {"q": "kitchen"}).content.decode()
    assert "<mark>" not in page and "Nothing matches" in page


def test_a_bad_page_mark_begins_anew(client_of, ben, lamp):
    for bad in ("x", "2026-01-01T00:00:00_1_1", "2026-01-01T00:00:00+00:00_x_1", "_", "9" * 400):
        for text in ("kitchen", "is:open"):
            assert client_of(ben).get(HERE, {"q": text, "after": bad}).status_code == 200


def test_the_list_has_the_field(client_of, ben, lamp):
    page = client_of(ben).get(reverse("conversations:inbox", args=["acme", "open"])).content.decode()
    assert f'action="{HERE}"' in page and 'id="find"' in page


@pytest.mark.parametrize(
    "text", ["dimmer", "is:open", "dimmer from:james subject:flickers -chair is:open label:x"]
)
def test_the_number_of_queries_does_not_follow_what_was_found(client_of, acme, ben, lamp, text):
    """As many for thirty conversations as for one."""
    client = client_of(ben)
    client.get(HERE, {"q": text})
    with CaptureQueriesContext(connection) as one:
        client.get(HERE, {"q": text})
    with acme.scope():
        for number in range(29):
            extra = make_conversation(acme, "Another dimmer.", external_id=f"<{number}@x>")
            comment(extra, body="dimmer again", by=ben)
    with CaptureQueriesContext(connection) as many:
        client.get(HERE, {"q": text})
    assert len(many) == len(one) <= 25


def test_a_message_that_went_meanwhile_leaves_its_conversation_findable(client_of, acme, ben, lamp):
    with acme.scope():
        Message.objects.filter(conversation=lamp).delete()
    assert client_of(ben).get(HERE, {"q": "flickers"}).status_code == 200
