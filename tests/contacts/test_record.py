"""The page of one contact: everything that happened, their addresses, their history; and what they may ask to be given."""

import json

import pytest
from django.urls import reverse

from chatflows.models import ConsentProof
from contacts import timeline
from contacts.actions import add_address, create_contact, find_or_create_contact, set_property
from contacts.merge import merge
from contacts.models import Contact, PropertyChange, Visitor
from conversations.actions import comment
from conversations.models import Conversation
from conversations.receive import Inbound, receive
from tests.factories import make_conversation, make_ticket, make_visitor
from workspaces.models.audit import AuditEntry


def path(name: str, *args) -> str:
    return reverse(name, args=["acme", *args])


@pytest.fixture
def james(acme, in_acme, ben):
    conversation = make_conversation(acme)
    comment(conversation, body="He is in a hurry", by=ben)
    visitor = make_visitor(acme)
    Visitor.objects.filter(pk=visitor.pk).update(contact=conversation.contact, page_url="/lamps")
    ConsentProof.objects.create(
        visitor=visitor, kind="processing", accepted=True, text="We keep it", address_hash="x"
    )
    set_property(conversation.contact, "city", "Lyon")
    return Contact.objects.get(pk=conversation.contact_id)


def test_everything_is_on_one_line_of_time(client_of, ben, james, django_assert_max_num_queries):
    client = client_of(ben)
    client.get(path("contacts:show", james.pk))
    with django_assert_max_num_queries(38):
        page = client.get(path("contacts:show", james.pk)).content.decode()
    for words in (
        "Dimmer flickers",
        "left a comment",
        "/lamps",
        "Agreed",
        "We keep it",
        "Lyon",
        "Became a contact",
    ):
        assert words in page, words
    # A ticket of theirs is made from here; whom the member may not see is nobody.
    link = f"{path('tickets:new')}?contact={james.pk}"
    assert link in page and james.email in client.get(link).text
    assert james.email not in client.get(f"{path('tickets:new')}?contact=999{james.pk}").text
    only = client.get(path("contacts:show", james.pk), {"only": "notes"}).content.decode()
    assert "He is in a hurry" in only and "We keep it" not in only


def test_the_line_goes_on_page_by_page(ben, james):
    for n in range(40):
        set_property(james, "city", f"City {n}")
    first = timeline.page_of(james, ben)
    second = timeline.page_of(james, ben, before=first.before)
    keys = [one.key for one in first.items + second.items]
    assert len(first.items) == timeline.PAGE and not second.before
    assert len(keys) == len(set(keys)) == 41 + 5
    times = [one.at for one in first.items + second.items]
    assert times == sorted(times, reverse=True)
    assert timeline.page_of(james, ben, before="nonsense").items == first.items


def test_what_happened_at_one_moment_is_neither_lost_nor_doubled_at_the_edge_of_a_page(acme, ben, james):
    """A page may end between two things of the same moment: also when they are of different kinds."""
    ticket = make_ticket(acme, contact=james)
    PropertyChange.objects.bulk_create(
        PropertyChange(
            workspace_id=james.workspace_id,
            contact=james,
            key="city",
            after=f"City {n}",
            at=ticket.created_at,
        )
        for n in range(70)
    )
    keys, before = [], ""
    while not keys or before:
        page = timeline.page_of(james, ben, before=before)
        keys, before = keys + [one.key for one in page.items], page.before
    assert len(keys) == len(set(keys)) == 70 + 1 + 6 and f"ticket-{ticket.pk}" in keys
    assert [one.key for one in timeline.page_of(james, ben, only="tickets").items] == [f"ticket-{ticket.pk}"]
    set_property(james, "city", "Nice", how="bot")
    assert "a bot" in timeline.page_of(james, None, only="changes").items[0].text


def test_who_does_not_see_a_conversation_reads_nothing_of_it_here(client_of, acme, james, ben):
    Conversation.objects.update(spam_at=None)
    acme.inbox.open_to_everyone = False
    acme.inbox.save()
    page = client_of(ben).get(path("contacts:show", james.pk))
    assert page.status_code == 200
    assert "Dimmer flickers" not in page.content.decode() and "hurry" not in page.content.decode()


def test_another_workspace_has_no_such_person(client_of, cleo, james):
    assert client_of(cleo).get(path("contacts:show", james.pk)).status_code == 404


def test_a_change_says_what_it_was_and_who_did_it(client_of, ben, james):
    client_of(ben).post(path("contacts:property", james.pk, "job_title"), {"value": "Architect"})
    client_of(ben).post(path("contacts:property", james.pk, "job_title"), {"value": "Architect"})
    row = PropertyChange.objects.get(key="job_title")
    assert (row.before, row.after, row.by) == ("", "Architect", ben)
    set_property(james, "job_title", "", how="form")
    last = PropertyChange.objects.filter(key="job_title").latest("pk")
    assert (last.before, last.by, last.how) == ("Architect", None, "form")


def test_the_address_that_comes_first_and_what_is_proven(client_of, ben, james):
    """TR-6: what was only typed proves nothing; who writes from it proves it."""
    typed = add_address(james, kind="email", value="jim@home.example")
    assert typed.proven_at is None and james.addresses.get(value="james@pine.example").proven_at
    client = client_of(ben)
    assert "Not proven" in client.get(path("contacts:show", james.pk)).content.decode()
    client.post(path("contacts:prefer_address", james.pk, typed.pk))
    james.refresh_from_db()
    assert james.email == "jim@home.example"
    find_or_create_contact(kind="email", address="jim@home.example", proven=True)
    typed.refresh_from_db()
    assert typed.proven_at


def test_a_merge_brings_history_and_numbers_along(ben, james):
    other = create_contact(name="Jim", phone="+33 1 99 00 12 47")
    set_property(other, "job_title", "Cook")
    merge(james, other, by=ben)
    james.refresh_from_db()
    assert (james.phone_key, james.job_title) == ("33199001247", "Cook")
    assert PropertyChange.objects.filter(contact=james, after="Cook").exists()


def test_what_is_known_of_somebody_is_given_as_one_file(client_of, ada, ben, james):
    assert client_of(ben).post(path("records:person", james.pk)).status_code == 404  # may not export
    answer = client_of(ada).post(path("records:person", james.pk))
    told = json.loads(answer.content)
    assert told["contact"]["email"] == "james@pine.example" and told["contact"]["created_at"]
    assert told["conversations"][0]["messages"][0]["text"] == "The dimmer flickers."
    assert {"contacts.ContactAddress", "contacts.PropertyChange", "contacts.Visitor"} <= set(told["related"])
    assert "token_hash" not in answer.content.decode() and "in a hurry" not in answer.content.decode()
    assert AuditEntry.objects.filter(action="person.exported").count() == 1


def test_a_contact_by_hand_never_doubles_an_address(client_of, ben, james):
    """SB-2."""
    refused = client_of(ben).post(path("contacts:new"), {"name": "J", "email": "JAMES@pine.example"})
    assert refused.status_code == 422 and path("contacts:show", james.pk) in refused.content.decode()
    made = client_of(ben).post(path("contacts:new"), {"name": "New", "email": "new@pine.example"})
    assert made.status_code == 302 and Contact.objects.count() == 2


def test_a_chat_makes_nobody_and_a_claimed_address_merges_nothing(acme, in_acme, james):
    """TR-3, TR-6, T064: the visitor stays one; the contact whose address they typed hears nothing of it."""
    visitor = make_visitor(acme)
    receive(Inbound(channel=acme.chat, body="Hello", visitor=visitor))
    Visitor.objects.filter(pk=visitor.pk).update(claimed_email="james@pine.example")
    visitor.refresh_from_db()
    receive(Inbound(channel=acme.chat, body="It is me, James", visitor=visitor))
    assert visitor.contact is None and Contact.objects.count() == 1
    assert Conversation.objects.filter(contact=james).count() == 1


def test_who_becomes_known_brings_their_chats_along(acme, in_acme, ben, james):
    """TR-4, TR-7: the thread moves to the contact, and the browser's next ones are theirs."""
    from conversations.actions.contact import set_contact

    visitor = make_visitor(acme)
    appended = receive(Inbound(channel=acme.chat, body="Hello", visitor=visitor))
    chat = Conversation.objects.get(pk=appended.conversation_id)
    set_contact(chat, james, by=ben)
    visitor.refresh_from_db()
    assert visitor.contact == james
    assert Conversation.objects.filter(contact=james).count() == 2
