"""Answers written on the conversation and on the ticket that is made of a submission (FO-5, FO-6, TK-5)."""

from dataclasses import replace

import pytest
from django.urls import reverse

from channels_app.email import payloads
from channels_app.form.definition import Condition, Field
from channels_app.models import InboundPayload
from contacts.custom import archive, define
from contacts.models import About
from conversations.aside import not_spam
from conversations.models import ConversationDetail
from tests.channels_app.form.conftest import FORM, publish
from tests.tickets.test_by_itself import settle
from tickets.actions import create_from
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(acme) -> dict:
    """Properties that Acme made for itself, by label."""
    with acme.scope():
        return {
            label: define(about=about, sort=sort, label=label, options=options)
            for label, about, sort, options in (
                ("Invoice", About.TICKET, "number", []),
                ("Lamps", About.TICKET, "many", ["Desk", "Floor"]),
                ("Warranty", About.TICKET, "check", []),
                ("Shop", About.CONVERSATION, "choice", ["Lyon", "Lille"]),
            )
        }


@pytest.fixture
def mapped(acme, ada, own):
    """A form whose answers say nearly everything about a ticket."""
    fields = (
        *(one for one in FORM.fields if one.key in ("name", "email")),
        Field("what", "text", "In a word", maps_to="ticket.name"),
        Field("message", "long", "Your message", required=True, maps_to="ticket.description"),
        Field(
            "haste", "choice", "How urgent?", options=("Basse", "Urgent", "Soon"), maps_to="ticket.priority"
        ),
        Field("topic", "hidden", "Topic", value="Lamps", maps_to="ticket.category"),
        Field("number", "number", "Invoice", maps_to=own["Invoice"].key),
        Field("lamps", "many", "Which lamps?", options=("Desk", "Floor", "Both"), maps_to=own["Lamps"].key),
        Field("warranty", "check", "Under warranty", maps_to=own["Warranty"].key),
        Field("shop", "choice", "Shop", options=("Lyon", "Paris"), maps_to=own["Shop"].key),
        Field("other", "text", "Other shop", shown_if=Condition("shop", "empty"), maps_to=own["Shop"].key),
    )
    publish(acme, ada, replace(FORM, fields=fields))
    return own


def sent(acme, page, **given):
    """The conversation's own properties, and the ticket, if one was made."""
    page.send({"name": "James Whitfield", "email": "james@pine.example", "message": "It flickers.", **given})
    with acme.scope():
        waiting = list(InboundPayload.objects.filter(processed_at=None).values_list("pk", flat=True))
    payloads.understand_many(acme.workspace.pk, waiting)
    with acme.scope():
        detail = ConversationDetail.objects.select_related("conversation").order_by("-pk").first()
        settle()
        return detail, Ticket.objects.select_related("contact").filter(
            ties__conversation=detail.conversation
        ).first()


def test_answers_stand_on_the_ticket_and_the_conversation(acme, mapped, page):
    own = {label: one.key for label, one in mapped.items()}
    given = {"what": "A dimmer", "haste": "Basse", "number": "1 200,5", "lamps": ["Desk", "Floor"]}
    detail, ticket = sent(acme, page, **given, warranty="yes", shop="Lyon")
    assert (ticket.name, ticket.description, ticket.source) == ("A dimmer", "It flickers.", "form")
    assert (ticket.priority, ticket.category, ticket.contact.name) == ("low", "Lamps", "James Whitfield")
    assert ticket.custom == {own["Invoice"]: 1200.5, own["Lamps"]: ["Desk", "Floor"], own["Warranty"]: True}
    assert detail.custom == {own["Shop"]: "Lyon"}


def test_what_a_property_does_not_take_stays_an_answer(acme, mapped, page):
    """The channel's preset stands where nothing usable was answered."""
    with acme.scope():
        preset = {"on": True, "priority": "high", "custom": {mapped["Warranty"].key: True}}
        acme.form.refresh_from_db()
        acme.form.config |= {"ticket": preset}
        acme.form.save()
    detail, ticket = sent(acme, page, haste="Soon", lamps=["Both"], shop="Paris")
    assert (ticket.name, ticket.priority) == ("Write to us", "high")
    assert ticket.custom == {mapped["Warranty"].key: True} and detail.custom == {}
    with acme.scope():
        answers = dict(detail.conversation.messages.get().extra["answers"])
    assert (answers["How urgent?"], answers["Shop"]) == ("Soon", "Paris")


def test_off_until_somebody_makes_it_by_hand_and_after_a_rescue(acme, ada, ben, mapped, page, client_of):
    """TK-5's switch, set where the form is; TK-6."""
    client, url = client_of(ada), reverse("tickets:preset", args=["acme", acme.form.pk])
    assert url in client.get(reverse("channels:form", args=["acme", acme.form.pk])).content.decode()
    shown = client.get(url).context["form"]
    assert shown.initial["on"] and not shown.fields[mapped["Lamps"].key].required
    assert client.post(url, {"priority": "medium"}).status_code == 302
    detail, ticket = sent(acme, page, haste="Urgent")
    assert ticket is None
    with acme.scope():
        made = create_from(detail.conversation, by=ben)
    assert (made.priority, made.description) == ("urgent", "It flickers.")
    client.post(url, {"on": "on", "priority": "medium", mapped["Lamps"].key: ["Desk"]})
    detail, ticket = sent(acme, page, website="spam.example", haste="Urgent")
    assert ticket is None and detail.conversation.spam_at
    with acme.scope():
        not_spam(detail.conversation, by=ben)
        settle()
        rescued = Ticket.objects.get(ties__conversation=detail.conversation)
    assert (rescued.priority, rescued.custom) == ("urgent", {mapped["Lamps"].key: ["Desk"]})


def test_the_builder_offers_what_there_is(acme, ada, own, client_of):
    publish(acme, ada)
    client, url = client_of(ada), reverse("channels:form_field", args=["acme", acme.form.pk, "topic"])
    groups = dict(client.get(url).context["asked"].fields["maps_to"].choices[1:])
    assert dict(groups["Conversation"]) == {own["Shop"].key: "Shop"}
    assert {"ticket.priority", own["Invoice"].key} <= set(dict(groups["Ticket"]))
    typed = {"label": "Topic", "key": "topic", "options": "A lamp\nAn invoice"}
    assert client.post(url, {**typed, "maps_to": "owner"}).status_code == 422
    assert client.post(url, {**typed, "maps_to": "ticket.category"}).status_code == 302


def test_the_list_of_fields_says_where_each_answer_goes(
    acme, ada, mapped, client_of, django_assert_max_num_queries
):
    """FO-5: contact, conversation or ticket; by as many queries as for a form without."""
    client, url = client_of(ada), reverse("channels:form", args=["acme", acme.form.pk])
    with django_assert_max_num_queries(26):
        answer = client.get(url)
    said = {row["one"].key: row["written"] for row in answer.context["rows"]}
    assert said["name"] == "Contact: Name" and said["email"] == "Contact: Email, and where answers go"
    assert (said["haste"], said["number"]) == ("Ticket: Priority", "Ticket: Invoice")
    assert said["shop"] == "Conversation: Shop"
    assert "written down as <bdi>Ticket: Invoice</bdi>" in answer.text
    with acme.scope():
        archive(mapped["Shop"], True)
    assert "in the conversation only" in client.get(url).text
    # Tickets, on this page, leads back to it.
    preset = reverse("tickets:preset", args=["acme", acme.form.pk])
    assert f"{preset}?next={url}" in answer.text
    assert client.post(preset, {"on": "on", "priority": "medium", "next": url}).url == url
