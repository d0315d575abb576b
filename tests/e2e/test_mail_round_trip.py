"""A mail's whole way: in by SMTP, onto the agent's open page, out by SMTP, and the customer's answer home again.

Real servers at both ends; the worker's turns are taken here, so that each step is seen by itself.
"""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from channels_app.email.listener import Listen
from channels_app.tasks import understand_mail
from conversations.models import Conversation, Message
from conversations.tasks import send_due
from events.tasks import run_reactions
from tests.channels_app.mails import mail
from tests.channels_app.test_listener import listening, send
from tests.e2e.visitor import wait_for
from tests.postoffice import Post, post_office

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "maintenance"]),
]

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.pine.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.pine.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"
MIME-Version: 1.0

--dsn
Content-Type: text/plain

This is the mail system at host mx.pine.example.
--dsn
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.pine.example

Final-Recipient: rfc822; james@pine.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 <james@pine.example>: Mailbox full
--dsn
Content-Type: message/rfc822

Message-ID: {about}
Subject: Re: Dimmer flickers

--dsn--
"""


@pytest.fixture
def door():
    with listening(Listen("127.0.0.1", 0)) as port:
        yield port


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


def work() -> None:
    """What the worker does in its next second."""
    understand_mail()
    send_due()
    run_reactions()


def answer(desk, house, post: Post, words: str) -> tuple[EmailMessage, Message]:
    """The agent writes in the editor; returns the letter as it arrived at the customer's server."""
    before = len(post.letters)
    desk.send(words)
    wait_for(lambda: bodies(house)[-1], words)
    work()
    assert len(post.letters) == before + 1
    with house.scope():
        return post.read[-1], Message.objects.get(body=words)


def bodies(house) -> list[str]:
    with house.scope():
        return list(Message.objects.order_by("pk").values_list("body", flat=True))


def only_conversation(house) -> Conversation:
    with house.scope():
        return Conversation.objects.get()


def test_a_mail_goes_round(acme, desk, door, post):
    """EM-8, DM-3, SP-1; UI: nothing is reloaded from the first mail to the last."""
    desk.open("unassigned").ready()
    desk.page.evaluate("window.never_reloaded = true")

    # In.
    send(door, mail(message_id="<first@pine.example>"), ["support@acme.example"])
    work()
    conversation = only_conversation(acme)
    desk.page.get_by_role("button", name="1 new").click()
    expect(desk.row(conversation.pk)).to_contain_text("Dimmer flickers")
    desk.row(conversation.pk).click()
    expect(desk.item("The dimmer flickers.")).to_be_visible()

    # Out.
    letter, _message = answer(desk, acme, post, "Try another bulb.")
    assert "Try another bulb." in letter.get_body(("plain",)).get_content()
    assert (letter["In-Reply-To"], letter["References"]) == ("<first@pine.example>", "<first@pine.example>")
    assert letter["From"].addresses[0].addr_spec == "support@acme.example"
    assert post.envelopes[-1][1] == ["james@pine.example"]
    home = letter["Reply-To"].addresses[0].addr_spec
    assert re.fullmatch(r"reply\+[\w-]{20,}@\S+", home)

    # Home again, by the address alone: this program keeps no thread.
    send(door, mail("It works now.", to=home, subject="Hello"), [home])
    work()
    expect(desk.item("It works now.")).to_be_visible()
    assert only_conversation(acme).pk == conversation.pk

    # Come back: what was sent is shown as failed, in the words of their server.
    letter, lost = answer(desk, acme, post, "Good to hear.")
    sender = post.envelopes[-1][0]
    report = REPORT.format(to=sender, about=letter["Message-ID"]).replace("\n", "\r\n")
    send(door, report.encode(), [sender], sender="")
    work()
    with acme.scope():
        assert Message.objects.get(pk=lost.pk).delivery == "failed"
    expect(desk.page.locator(f"#message-{lost.pk}")).to_contain_text("Mailbox full")

    # A machine's word from somebody else is set aside: no row, nobody's turn.
    away = mail(
        "I am away.", sender="rosa@oak.example", subject="Out of office", Auto_Submitted="auto-replied"
    )
    send(door, away, ["support@acme.example"], sender="rosa@oak.example")
    work()
    with acme.scope():
        aside = Conversation.objects.exclude(pk=conversation.pk).get()
        assert (aside.aside_reason != "", aside.contact) == (True, None)
    expect(desk.row(aside.pk)).to_have_count(0)
    assert desk.page.evaluate("window.never_reloaded")
