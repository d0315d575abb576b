"""A customer's own look at their ticket: by a signed link alone, and nothing internal on it."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from conversations.actions import comment, send_reply, set_status
from conversations.models import Conversation, Message, Status
from tests.factories import make_conversation, make_ticket
from tickets import actions
from tickets.models import MadeBy, Pipeline, Stage, TicketPass
from tickets.pipelines import default_pipeline
from tickets.portal import passes
from tickets.portal.passes import NotShown


def shown_ticket(house, by, **told):
    """A ticket of a pipeline that is shown to customers. Inside the scope."""
    pipeline = default_pipeline()
    Pipeline.objects.update(shows_customers=True)
    conversation = make_conversation(house, **told)
    send_reply(conversation, body="Which bulb is it?", by=by)
    comment(conversation, body="SECRET refund fraud", by=by)
    ticket = actions.create_from(conversation, by=by, pipeline=pipeline)
    actions.comment(ticket, "SECRET known thief", by=by)
    Stage.objects.filter(pk=ticket.stage_id).update(name="SECRET stage")
    return ticket


def url_of(one: TicketPass) -> str:
    return f"/live/tickets/{passes.sign(one)}/"


def test_what_a_customer_reads_and_writes(acme, ada, ben):
    with acme.scope():
        with pytest.raises(NotShown):
            passes.share(
                actions.create_from(make_conversation(acme, address="x@elm.example"), by=ada), by=ada
            )
        ticket = shown_ticket(acme, ben)
        other = make_conversation(acme, "SECRET of somebody else", address="nora@elm.example")
        actions.link(ticket, other, by=ben)
        one = passes.share(ticket, by=ben)
        assert passes.share(ticket, by=ada).pk == one.pk, "one link a person"
        conversation = Conversation.objects.get(ticket_tie__ticket=ticket, contact=ticket.contact)
        set_status(conversation, Status.CLOSED, by=ben)
        Contact.objects.filter(pk=ticket.contact_id).update(time_zone="Pacific/Kiritimati")
    browser = Client(enforce_csrf_checks=True)  # as browsers meet it: no cookie reaches these pages
    page = browser.get(url_of(one))
    words = page.content.decode()
    assert "The dimmer flickers." in words and "Which bulb is it?" in words and f"#{ticket.number}" in words
    assert "+14:00" in words, "hours are those of who reads them"
    assert "Received" in words and "SECRET" not in words and "ben@" not in words
    assert page["Cache-Control"].startswith("max-age=0") and page["Referrer-Policy"] == "same-origin"
    key = words.partition('name="key" value="')[2].partition('"')[0]
    for _twice in range(2):
        sent = browser.post(url_of(one), {"body": "The large <b>one</b>", "key": key})
        assert sent.status_code == 303
    assert browser.post(url_of(one), {"body": "  "}).status_code == 422
    with acme.scope():
        message = Message.objects.get(body="The large <b>one</b>")
        assert message.conversation_id == conversation.pk and message.contact_id == ticket.contact_id
        assert not Conversation.objects.get(pk=conversation.pk).is_closed(), "an answer opens it again"
    assert "The large &lt;b&gt;one" in browser.get(sent["Location"].partition("#")[0]).content.decode()
    with acme.scope():
        kept = make_ticket(acme, "Kept", contact=ticket.contact)
        actions.merge(kept, ticket, by=ada)
    assert f"#{kept.number}" in browser.get(url_of(one)).content.decode(), "the link outlives a merge"


def test_links_that_open_nothing(acme, globex, ben, cleo):
    """Forged, counted up, another tenant's: one answer for all of them; so it is when the ticket is theirs no more."""
    with globex.scope():
        theirs = passes.share(shown_ticket(globex, cleo), by=cleo)
    with acme.scope():
        ticket = shown_ticket(acme, ben)
        one = passes.share(ticket, by=ben)
    bare, mac = f"{one.workspace_id}.{one.pk}", passes.sign(one).rpartition(":")[2]
    forged = [
        bare,
        f"{bare}:{mac[:-2]}xx",
        f"{one.workspace_id}.{one.pk + 1}:{mac}",
        f"{theirs.workspace_id}.{one.pk}:{mac}",
        signing.Signer(salt="parley.survey").sign(bare),
        signing.Signer(key="guessed", salt=passes.SALT).sign(bare),
        signing.Signer(salt=passes.SALT).sign(f"{globex.workspace.pk}.{theirs.pk + 10**6}"),
        "y" * 300,
    ]
    browser = Client()
    got = [browser.get(f"/live/tickets/{signed}/") for signed in forged]
    assert {(one.status_code, one.content) for one in got} == {(410, got[0].content)}
    assert {browser.post(f"/live/tickets/{signed}/", {"body": "x"}).status_code for signed in forged[:3]} == {
        410
    }

    def opens() -> bool:
        return browser.get(url_of(one)).status_code == 200

    assert opens()
    with acme.scope():
        Contact.objects.filter(pk=one.contact_id).update(blocked_at=timezone.now())
    assert not opens()
    with acme.scope():
        Contact.objects.filter(pk=one.contact_id).update(blocked_at=None)
        Pipeline.objects.update(shows_customers=False)
    assert not opens()
    with acme.scope():
        Pipeline.objects.update(shows_customers=True)
        TicketPass.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not opens()
    with acme.scope():
        assert passes.share(ticket, by=ben).pk == one.pk
    assert opens(), "good for its whole time again"
    with acme.scope():
        actions.edit(ticket, by=ben, contact=Contact.objects.create(name="Somebody else"))
    assert not opens(), "it is another person's now"
    with acme.scope():
        actions.edit(ticket, by=ben, contact=one.contact)
        assert passes.revoke(ticket) == 1
    assert not opens()
    with acme.scope():
        renewed = passes.share(ticket, by=ben)
        actions.delete(ticket, by=ben)
    assert browser.get(url_of(renewed)).status_code == 410 and renewed.pk != one.pk


def test_the_team_makes_and_takes_back_the_link(acme, ada, ben, client_of):
    with acme.scope():
        ticket = shown_ticket(acme, ben)
        lonely = make_ticket(acme, made_by=MadeBy.HAND)
    client, page = client_of(ben), f"/w/acme/tickets/{ticket.number}/"
    assert "For the customer" in client.get(page).content.decode()
    client.post(f"{page}share/", {"on": "1"})
    with acme.scope():
        one = TicketPass.objects.get()
        assert one.made_by == ben
    assert url_of(one) in client.get(page).content.decode()
    client.post(f"{page}share/", {"on": "0"})
    assert Client().get(url_of(one)).status_code == 410
    assert (
        client.post(
            f"/w/acme/tickets/{lonely.number}/share/", {"on": "1"}, headers={"HX-Request": "true"}
        ).status_code
        == 422
    )
    settings = f"/w/acme/settings/stages/{ticket.stage_id}/"
    fields = {"name": "New", "role": "new", "customer_name": "We have it"}
    assert client_of(ada).post(settings, fields).status_code == 302
    with acme.scope():
        renewed = passes.share(ticket, by=ben)
    assert "We have it" in Client().get(url_of(renewed)).content.decode()
