"""The contact beside the thread, as an agent changes it."""

import pytest
from django.urls import reverse

from contacts.models import Contact, ContactCard, Visitor
from conversations.models import Conversation
from conversations.receive import Inbound, receive
from tests.factories import make_conversation, make_visitor


def path(name: str, *args) -> str:
    return reverse(name, args=["acme", *args])


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def chat(acme):
    with acme.scope():
        visitor = make_visitor(acme)
        Visitor.objects.filter(pk=visitor.pk).update(claimed_email="james@pine.example", claimed_name="J")
        appended = receive(
            Inbound(channel=acme.chat, body="Hello", visitor=Visitor.objects.get(pk=visitor.pk))
        )
        return Conversation.objects.get(pk=appended.conversation_id)


def side(client, conversation) -> str:
    return client.get(path("conversations:sidebar", conversation.pk)).content.decode()


def test_a_refused_value_stays_in_the_field_with_its_reason(client_of, ben, conversation):
    url = path("contacts:property", conversation.contact_id, "phone")
    refused = client_of(ben).post(url, {"value": "call me"})
    assert refused.status_code == 422
    assert 'value="call me"' in refused.content.decode() and "not a phone number" in refused.content.decode()
    assert "+44 20 7946 0000" in client_of(ben).post(url, {"value": "+44 20 7946 0000"}).content.decode()


def test_a_visitor_becomes_a_contact_by_hand(client_of, acme, ben, chat):
    """SB-2: made by the agent; this browser's next chats are theirs."""
    url = path("conversations:contact", chat.pk)
    assert "Nobody has proven" in client_of(ben).get(url).content.decode()
    client_of(ben).post(url, {"name": "Jo", "email": "jo@pine.example"})
    with acme.scope():
        chat.refresh_from_db()
        assert chat.contact_name == "Jo" and chat.visitor.contact == chat.contact


def test_an_address_that_is_known_offers_its_owner(client_of, acme, ben, conversation, chat):
    """SB-2: linked after confirmation, never by itself (TR-6)."""
    url = path("conversations:contact", chat.pk)
    answer = client_of(ben).post(url, {"name": "J", "email": "james@pine.example"})
    assert answer.status_code == 422 and "This is James Whitfield" in answer.content.decode()
    with acme.scope():
        chat.refresh_from_db()
        assert chat.contact is None
    client_of(ben).post(url, {"contact": conversation.contact_id})
    with acme.scope():
        chat.refresh_from_db()
        assert chat.contact_id == conversation.contact_id


def test_merging_shows_what_will_happen_and_can_be_undone(client_of, acme, ben, conversation):
    with acme.scope():
        other = make_conversation(acme, address="jim@home.example", name="Jim", external_id="<2@h>").contact
    url = path("contacts:merge", conversation.contact_id, other.pk)
    assert "Jim" in client_of(ben).get(url).content.decode()
    client_of(ben).post(url)
    shown = side(client_of(ben), conversation)
    assert "Merged with Jim" in shown and "jim@home.example" in shown
    with acme.scope():
        record = conversation.contact.merges.get()
    client_of(ben).post(path("contacts:part", conversation.contact_id, record.pk))
    assert "Merged with Jim" not in side(client_of(ben), conversation)


def test_an_admin_chooses_what_the_card_shows(client_of, acme, ada, ben, conversation):
    """SB-1."""
    client_of(ada).post(
        path("contacts:card"), {"property": ["city", "email"], "at-city": "2", "at-email": "1"}
    )
    with acme.scope():
        assert ContactCard.objects.get().properties == ["email", "city"]
    shown = side(client_of(ben), conversation)
    assert "property-email" in shown and "property-phone" not in shown


def test_who_only_reads_changes_nothing(client_of, acme, conversation):
    from tests.factories import make_member
    from workspaces.permissions import Role

    reporter = make_member(acme.workspace, "rep@acme.example", "Rep", Role.REPORTER)
    url = path("contacts:property", conversation.contact_id, "name")
    assert client_of(reporter).post(url, {"value": "X"}).status_code == 404


def test_blocked_shows_and_can_be_lifted(client_of, acme, ben, conversation):
    """ST-5."""
    client_of(ben).post(path("conversations:block", conversation.pk), {"blocked": "1"})
    assert "Blocked" in side(client_of(ben), conversation)
    client_of(ben).post(path("conversations:block", conversation.pk), {"blocked": "0"})
    with acme.scope():
        assert Contact.objects.get(pk=conversation.contact_id).blocked_at is None


def test_earlier_conversations_come_page_by_page(client_of, acme, ben, conversation):
    with acme.scope():
        made = [
            make_conversation(acme, subject=f"Question {n}", external_id=f"<p{n}@x>").pk for n in range(8)
        ]
    first = side(client_of(ben), conversation)
    assert "Question 7" in first and "Question 0" not in first and "Earlier ones" in first
    rest = (
        client_of(ben).get(path("conversations:past", conversation.pk), {"before": made[2]}).content.decode()
    )
    assert "Question 0" in rest and "Question 2" not in rest
