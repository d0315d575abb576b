"""Mail of the days before a mailbox was connected (EM-2b): it is there to be read, and disturbs nobody."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from channels_app.email.payloads import understand_many
from channels_app.models import InboundPayload
from contacts.models import Contact
from conversations.models import Conversation, Message, Participant
from events.models import Event, ReactionDue
from tests.channels_app.mails import bring, mail
from tests.channels_app.test_batches import keep_all

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

LONG_AGO = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2, 3)]


def dated(letter, at: datetime):
    del letter["Date"]
    letter["Date"] = format_datetime(at)
    return letter


def thread() -> list:
    first = mail("It flickers.", message_id="<h1@x>", subject="Dimmer")
    second = mail("Still.", message_id="<h2@x>", subject="Re: Dimmer", In_Reply_To="<h1@x>")
    other = mail("A bill?", sender="Rosa <rosa@oak.example>", subject="Bill")
    return [dated(letter, at) for letter, at in zip((first, second, other), LONG_AGO, strict=True)]


def test_older_mail_comes_in_closed_unread_by_nobody_and_tells_nobody(acme, client_of, ben):
    understand_many(acme.workspace.pk, keep_all(acme, thread(), backfill=True))
    with acme.scope():
        dimmer = Conversation.objects.get(subject="Dimmer")
        assert Conversation.objects.count() == 2 and Contact.objects.count() == 2
        for one in Conversation.objects.all():
            assert one.is_closed() and one.waiting_since is None and one.last_inbound_seq == 0
            assert one.assignee is None and one.team is None
        assert (dimmer.last_seq, dimmer.preview, dimmer.last_activity_at) == (2, "Still.", LONG_AGO[1])
        assert dimmer.created_at == LONG_AGO[0]
        assert not ReactionDue.objects.exists()
        assert not Event.objects.filter(type__startswith="conversation.").exists()
        assert not InboundPayload.objects.filter(processed_at=None).exists()


def test_older_mail_opens_nothing_and_a_new_answer_does(acme, ben):
    """EM-9: it joins what it belongs to; who writes now takes part as before."""
    first, second, _ = thread()
    understand_many(acme.workspace.pk, keep_all(acme, [first], backfill=True))
    understand_many(acme.workspace.pk, keep_all(acme, [second], backfill=True))
    with acme.scope():
        [dimmer] = Conversation.objects.all()
        assert dimmer.is_closed() and dimmer.last_seq == 2
        assert Participant.objects.get().address == "james@pine.example"
    answer = bring(acme, mail("And now?", subject="Re: Dimmer", In_Reply_To="<h2@x>"))
    with acme.scope():
        dimmer.refresh_from_db()
        assert answer.conversation_id == dimmer.pk and dimmer.is_open()
        assert dimmer.last_inbound_seq == 3 and dimmer.waiting_since


def test_an_older_answer_changes_nothing_in_what_is_open(acme):
    fresh = bring(acme, mail("It flickers.", message_id="<h1@x>", subject="Dimmer"))
    with acme.scope():
        before = Conversation.objects.get(pk=fresh.conversation_id)
    understand_many(acme.workspace.pk, keep_all(acme, thread()[1:2], backfill=True))
    with acme.scope():
        after = Conversation.objects.get(pk=fresh.conversation_id)
        assert Message.objects.filter(conversation=after).count() == 2
        assert (after.preview, after.last_activity_at) == (before.preview, before.last_activity_at)
        assert after.is_open() and after.last_inbound_seq == before.last_inbound_seq
