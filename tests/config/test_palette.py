"""What the command palette finds on the server: within rights, in few queries."""

import re

import pytest

from contacts.models import Contact
from conversations.models import Snippet
from conversations.receive import receive
from inboxes.actions import create_inbox
from inboxes.models import Inbox
from tests.factories import make_conversation, make_mail, make_member
from workspaces.permissions import Role

URL = "/w/acme/palette/"


def found(client, text="") -> dict[str, list[str]]:
    asked = client.get(URL, {"q": text} if text else {}, headers={"HX-Request": "true"})
    page = asked.content.decode()
    groups = re.findall(r'data-group="(\w+)"(.*?)</section>', page, re.S)
    return {key: re.findall(r"<bdi>(.*?)</bdi>", rest) for key, rest in groups}


@pytest.fixture
def dimmer(acme):
    with acme.scope():
        return make_conversation(acme, "The dimmer in the kitchen flickers.")


def test_conversations_and_people_are_found_by_their_words(acme, ben, dimmer, client_of):
    client = client_of(ben)
    assert found(client, "kitch") == {"conversations": ["Dimmer flickers"]}
    assert found(client, "james") == {"people": ["James Whitfield"], "conversations": ["Dimmer flickers"]}
    page = client.get(URL, {"q": "kitch"}).content.decode()
    assert f'href="/w/acme/conversations/{dimmer.pk}/" data-row="{dimmer.pk}"' in page


def test_nobody_finds_what_they_may_not_read(acme, globex, ada, ben, cleo, dimmer, client_of):
    """SECURITY T001: another inbox, another workspace."""
    with acme.scope():
        closed = create_inbox(name="Board")
        Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
        type(dimmer).objects.filter(pk=dimmer.pk).update(inbox=closed)
    assert "conversations" not in found(client_of(ben), "kitch")
    assert found(client_of(ada), "kitch") == {"conversations": ["Dimmer flickers"]}
    assert client_of(cleo).get(URL, {"q": "kitch"}).status_code == 404
    assert client_of(cleo).get("/w/globex/palette/", {"q": "kitch"}).content.decode().count("<a ") == 0


def test_a_reporter_finds_neither_people_nor_conversations(acme, dimmer, client_of):
    """AC-6."""
    rita = make_member(acme.workspace, "rita@acme.example", "Rita", Role.REPORTER)
    assert found(client_of(rita), "james") == {}
    assert "Team" not in found(client_of(rita))["pages"]


def test_pages_are_those_that_may_be_opened(acme, ada, ben, client_of):
    assert {"Team", "Inboxes", "Support", "Profile"} <= set(found(client_of(ada))["pages"])
    assert {"Team", "Inboxes", "Support"} & set(found(client_of(ben))["pages"]) == set()
    for member in (ada, ben):
        client = client_of(member)
        for url in re.findall(r'<a href="([^"]+)"', client.get(URL).content.decode()):
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("text", ["", "%", "a", "from:", '"', "x" * 5000, "<b>", "is:nonsense"])
def test_odd_words_find_nothing_and_break_nothing(ben, dimmer, client_of, text):
    assert client_of(ben).get(URL, {"q": text}).status_code == 200


def test_what_customers_call_themselves_is_text(acme, ben, client_of):
    with acme.scope():
        make_conversation(acme, "Hello", subject="<script>alert(1)</script> boiler", name="<b>Eve</b>")
    page = client_of(ben).get(URL, {"q": "boiler"}).content.decode()
    assert "&lt;script&gt;" in page and "<script>" not in page


def test_few_queries_whatever_is_found(acme, ben, client_of, django_assert_max_num_queries):
    with acme.scope():
        for n in range(8):
            address = f"lamp{n}@pine.example"
            receive(make_mail(acme, "lamp", subject=f"Lamp {n}", address=address, name=f"Lamp {n}"))
        assert Contact.objects.count() == 8
    client = client_of(ben)
    found(client, "lamp")
    with django_assert_max_num_queries(16):
        groups = found(client, "lamp")
    assert (len(groups["people"]), len(groups["conversations"])) == (6, 6)


def test_saved_texts_are_those_that_one_may_use(acme, ada, ben, client_of):
    with acme.scope():
        Snippet.objects.create(name="Hours", shortcut="hours", body="From nine to five.")
        Snippet.objects.create(name="Mine", shortcut="mine", body="x", owner=ada)
    assert found(client_of(ada))["snippets"] == ["Hours", "Mine"]
    assert found(client_of(ben))["snippets"] == ["Hours"]
