"""A form is answered by mail, from the address that its settings name; an answer from there proves whose it was."""

import json
from dataclasses import replace

import pytest

from automation.engine import matching
from automation.models import Rule
from channels_app.email import payloads
from channels_app.email.digest import acknowledge
from channels_app.form.people import prove
from channels_app.models import InboundPayload
from channels_app.reactions import deliver
from contacts.models import Contact, ContactAddress
from conversations.actions import send_reply
from conversations.envelope import default_envelope
from conversations.models import Conversation, Delivery, Message
from conversations.receive import receive
from events.models import Event
from inboxes.actions import connect_channel
from inboxes.models import Channel
from tests.channels_app.form.conftest import GOOD, publish
from tests.factories import make_mail
from tests.postoffice import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


def submitted(acme, page, given: dict) -> Conversation:
    page.send(given)
    with acme.scope():
        waiting = list(InboundPayload.objects.filter(processed_at=None).values_list("pk", flat=True))
    payloads.understand_many(acme.workspace.pk, waiting)
    with acme.scope():
        return Conversation.objects.select_related("visitor", "contact").order_by("-pk").first()


def known(acme) -> Contact:
    contact = Contact.objects.create(name="The real James", email="james@pine.example")
    ContactAddress.objects.create(contact=contact, kind="email", value="james@pine.example")
    return contact


def test_the_reply_leaves_by_the_chosen_address(acme, ada, ben, page, post):
    """FO-2."""
    with acme.scope():
        sales = connect_channel(acme.inbox, kind="email", name="Sales", identifier="sales@acme.example")
    publish(acme, ada, reply_from=sales.pk)
    conversation = submitted(acme, page, GOOD)
    with acme.scope():
        send_reply(conversation, body="Two left.", by=ben)
        sent = Event.objects.get(type="message.sent")
    deliver(sent)
    letter = post.only()
    assert "sales@acme.example" in letter["From"] and "james@pine.example" in letter["To"]
    assert letter["Reply-To"].startswith("reply+") or "<reply+" in letter["Reply-To"]
    assert letter["Subject"].endswith("Write to us")
    with acme.scope():
        assert Message.objects.get(direction="out").delivery == Delivery.SENT


def test_a_claimed_address_is_written_to_as_well(acme, form, page):
    """It is a label, and still whom an answer goes to."""
    with acme.scope():
        known(acme)
    conversation = submitted(acme, page, GOOD)
    with acme.scope():
        assert [person.address for person in default_envelope(conversation).to] == ["james@pine.example"]


@pytest.mark.parametrize(("verdict", "proves"), [("pass", True), ("unknown", True), ("fail", False)])
def test_an_answer_from_the_address_proves_it(acme, form, page, ben, verdict, proves):
    """TR-6: a label until answered; then what the form said is written on the contact."""
    with acme.scope():
        contact = known(acme)
    conversation = submitted(acme, page, {**GOOD, "phone": "+33 4 00 00 12 47"})
    with acme.scope():
        send_reply(conversation, body="Two left.", by=ben)
        mail = {"from": {"name": "James", "address": "james@pine.example"}, "auth": {"verdict": verdict}}
        answer = make_mail(
            acme,
            "Thanks.",
            token_conversation=conversation.pk,
            token_address="james@pine.example",
            extra={"mail": mail},
        )
        appended = receive(answer)
        assert appended.conversation_id == conversation.pk
        told = Event.objects.get(type="message.received", payload__message=appended.message_id)
    prove(told)
    with acme.scope():
        conversation.refresh_from_db()
        contact.refresh_from_db()
        assert (conversation.contact_id == contact.pk) is proves
        assert (contact.phone == "+33 4 00 00 12 47") is proves


def test_somebody_else_proves_nothing(acme, form, page):
    with acme.scope():
        known(acme)
    conversation = submitted(acme, page, GOOD)
    with acme.scope():
        answer = make_mail(acme, "It is me.", address="eve@other.example", token_conversation=conversation.pk)
        mail = {"from": {"name": "", "address": "eve@other.example"}}
        appended = receive(replace(answer, token_address="james@pine.example", extra={"mail": mail}))
        told = Event.objects.get(type="message.received", payload__message=appended.message_id)
    prove(told)
    with acme.scope():
        conversation.refresh_from_db()
        assert conversation.contact_id is None


def test_the_acknowledgement_is_fixed_words_and_once_a_day(acme, ada, page):
    """T090: nothing typed travels; one address gets one in 24 hours."""
    publish(acme, ada, acknowledge=True)
    for n in range(3):
        conversation = submitted(acme, page, {**GOOD, "name": "BUY PILLS", "message": f"pills.example {n}"})
        with acme.scope():
            started = Event.objects.get(type="conversation.started", conversation_id=conversation.pk)
        acknowledge(started)
    with acme.scope():
        letters = Event.objects.filter(type="letter.sent")
        assert letters.count() == 1
        assert "pills" not in json.dumps(letters.get().payload).lower()


def test_rules_leave_a_form_alone_that_says_so(acme, ada, page):
    """FO-6: the switch of the channel."""
    publish(acme, ada)
    rules = [Rule(pk=1, conditions={})]
    conversation = submitted(acme, page, GOOD)
    with acme.scope():
        assert matching(conversation.pk, rules) == {1: []}
        Channel.objects.filter(pk=acme.form.pk).update(config={"automation": False})
        assert matching(conversation.pk, rules) == {}
