"""EM-2b: what left through a mailbox lies in its folder of sent mail too, and a copy that fails harms nothing."""

import pytest

from channels_app.models import Mailbox
from conversations.actions import send_reply
from conversations.models import Message
from events import tasks
from tests.channels_app.mailbox.conftest import account, make_mailbox
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def mailbox(acme, imap, smtp) -> Mailbox:
    imap.folders["Sent"] = []
    fields = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "sent_folder": "Sent"}
    return make_mailbox(acme, imap.port, **fields)


def reply(acme, ben) -> Message:
    with acme.scope():
        made = send_reply(make_conversation(acme), body="Two left.", by=ben)
    tasks.run_reactions()
    with acme.scope():
        return Message.objects.get(pk=made.message_id)


def test_a_copy_of_what_was_sent_lies_in_its_folder(acme, ben, imap, smtp, mailbox):
    sent = reply(acme, ben)
    assert sent.delivery == "sent"
    [(_sender, _to, raw)], [copy] = smtp.received, imap.folders["Sent"]
    assert sent.external_id.encode() in raw and sent.external_id.encode() in copy
    assert b"Two left." in copy
    [append] = [line for line in imap.commands if line.startswith("APPEND")]
    assert r"(\Seen)" in append


def test_a_copy_that_cannot_be_kept_leaves_the_mail_sent(acme, ben, imap, smtp, mailbox):
    imap.folders.pop("Sent")
    assert reply(acme, ben).delivery == "sent"
    imap.stop()
    assert reply(acme, ben).delivery == "sent"
    assert len(smtp.received) == 2


@pytest.mark.parametrize("fields", [{"sent_folder": ""}, {"provider": "google"}])
def test_no_copy_where_none_is_asked_for_or_the_server_keeps_one(acme, mailbox, fields):
    with acme.scope():
        Mailbox.objects.update(**fields)
    assert account(acme, mailbox).sent_folder == ""
