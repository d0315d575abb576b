"""Spam and filtered: out of everybody's way, and back again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.models import InboundPayload
from channels_app.tasks import purge_aside
from contacts.models import Contact
from conversations.aside import SPAM_STAYS, TRASH_STAYS, mark_spam, not_spam, reason_of
from conversations.models import Conversation, Message
from conversations.queries import counts_for, get_view, page_of
from conversations.tasks import fold_counters
from inboxes.filters import rules_for
from tests.factories import make_conversation


def shown(member, key: str) -> list[int]:
    page = page_of(get_view(key), member)
    return [row.pk for row in (*page.yours, *page.theirs)]


def filtered(house) -> Conversation:
    return make_conversation(
        house,
        aside="filtered",
        aside_reason="auto_reply",
        is_automatic=True,
        extra={"mail": {"from": {"name": "", "address": "james@pine.example"}}},
    )


def test_filtered_mail_stands_in_its_view_alone(in_acme, ben):
    """SP-5, SP-7: no contact, nobody waits, nothing is unread; the reason is there."""
    conversation = filtered(in_acme)
    assert (shown(ben, "filtered"), shown(ben, "open"), shown(ben, "spam")) == ([conversation.pk], [], [])
    assert counts_for(ben)["filtered"] == 1
    assert conversation.waiting_since is None and conversation.last_inbound_seq == 0
    assert Contact.objects.count() == 0 and reason_of(conversation)


def test_marking_as_spam_takes_it_out_of_the_way(in_acme, ben):
    """SP-7: with deny, the sender's next mails too."""
    conversation = make_conversation(in_acme)
    mark_spam(conversation, by=ben, deny=True)
    mark_spam(conversation, by=ben)
    assert (shown(ben, "spam"), shown(ben, "open")) == ([conversation.pk], [])
    assert rules_for("james@pine.example").entries == {"james@pine.example": frozenset({"deny"})}


def test_not_spam_is_as_if_it_had_just_come_in(in_acme, ben):
    """SP-7: unread, waiting, with its contact."""
    conversation = not_spam(filtered(in_acme), by=ben, allow=True)
    conversation.refresh_from_db()
    assert shown(ben, "unassigned") == [conversation.pk]
    assert conversation.waiting_since and conversation.last_inbound_seq == 1
    assert conversation.contact.email == "james@pine.example"
    assert rules_for("james@pine.example").entries["james@pine.example"] == frozenset({"allow"})


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_spam_is_deleted_after_ninety_days_and_the_trash_after_thirty(acme, ben):
    """SP-6, VW-2: with the mail it came from; what is younger, or was brought back, stays."""
    long_ago = timezone.now() - SPAM_STAYS - timedelta(hours=1)
    with acme.scope():
        old, young = filtered(acme), make_conversation(acme)
        mark_spam(old, by=ben)
        mark_spam(young, by=ben)
        Conversation.objects.filter(pk=old.pk).update(spam_at=long_ago)
        message = Message.objects.get(conversation=old)
        InboundPayload.objects.create(channel=acme.email, external_id="x", body=b"x", message=message)
        thrown_away = timezone.now() - TRASH_STAYS - timedelta(hours=1)
        Conversation.objects.filter(pk=make_conversation(acme).pk).update(trashed_at=thrown_away)
    assert purge_aside() == 2
    with acme.scope():
        assert list(Conversation.objects.values_list("pk", flat=True)) == [young.pk]
        assert InboundPayload.objects.count() == 0
    fold_counters()
