"""NO-4, NO-7: one mail a minute and thread, with the words and a way in; not for what was read; at most a thousand a day."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import assign, mark_read
from conversations.models import Message
from conversations.receive import receive
from notifications import letters
from notifications.models import MailCount, Notification
from notifications.topics import Topic, Way
from notifications.wishes import wishes_for
from tests.factories import make_conversation, make_mail
from workspaces.scope import workspace_scope


@pytest.fixture
def conversation(acme, ben, react):
    with acme.scope():
        conversation = make_conversation(acme)
        assign(conversation, to=ben, by=None)
        react()
        Notification.objects.update(mail_due_at=None)
    return conversation


@pytest.fixture
def customer_writes(acme, conversation, react):
    def write(body: str) -> None:
        with acme.scope():
            first = Message.objects.filter(conversation=conversation).order_by("seq").first()
            receive(make_mail(acme, body, in_reply_to=(first.external_id,)))
            react()

    return write


@pytest.fixture
def a_minute_later(acme, ben, conversation):
    """Run what is due when the minute is over. Returns whether a mail left."""

    def run() -> bool:
        with acme.scope():
            due = Notification.objects.exclude(mail_due_at=None)
            for row in due:
                assert row.mail_due_at - row.created_at >= timedelta(seconds=60)
            due.update(mail_due_at=timezone.now())
        return letters.send((acme.workspace.pk, ben.pk, conversation.pk))

    return run


def test_several_messages_of_a_minute_are_one_mail(
    customer_writes, a_minute_later, conversation, mailoutbox, settings
):
    """NO-7: the message, the contact, a link to it."""
    customer_writes("It flickers again.")
    customer_writes("Now it is dark.")
    assert a_minute_later()
    [mail] = mailoutbox
    assert mail.to == ["ben@acme.example"]
    assert mail.subject == "James Whitfield wrote: Dimmer flickers"
    assert "> It flickers again." in mail.body and "> Now it is dark." in mail.body
    assert "James Whitfield · Dimmer flickers" in mail.body
    assert f"{settings.SITE_URL}/w/acme/notifications/" in mail.body
    assert not a_minute_later()
    assert len(mailoutbox) == 1


def test_what_was_read_meanwhile_is_not_mailed(
    acme, ben, customer_writes, a_minute_later, conversation, mailoutbox
):
    customer_writes("It flickers again.")
    with acme.scope():
        mark_read(conversation, by=ben)
    assert not a_minute_later()
    assert mailoutbox == []


def test_whoever_is_given_a_conversation_reads_what_was_asked(
    acme, ada, yann, conversation, react, mailoutbox
):
    """NO-7."""
    with acme.scope():
        assign(conversation, to=yann, by=ada)
        react()
        Notification.objects.filter(member=yann).update(mail_due_at=timezone.now())
    assert letters.send((acme.workspace.pk, yann.pk, conversation.pk))
    assert "Ada Owner gave you the conversation" in mailoutbox[0].subject
    assert "> The dimmer flickers." in mailoutbox[0].body


def test_before_the_minute_is_over_nothing_leaves(acme, ben, customer_writes, conversation, mailoutbox):
    customer_writes("It flickers again.")
    assert not letters.send((acme.workspace.pk, ben.pk, conversation.pk))
    assert mailoutbox == []


def test_access_that_is_gone_is_not_mailed(acme, ada, ben, customer_writes, a_minute_later, mailoutbox):
    from inboxes.actions import set_access

    customer_writes("It flickers again.")
    with acme.scope():
        set_access(acme.inbox, everyone=False, members=[ada])
    assert not a_minute_later()
    assert mailoutbox == []


def test_the_thousand_and_first_mail_of_a_day_is_dropped_and_counted(
    acme, ben, customer_writes, a_minute_later, mailoutbox
):
    """NO-4."""
    with acme.scope():
        MailCount.objects.create(member=ben, topic=Topic.MESSAGE, day=timezone.now().date(), sent=1000)
    customer_writes("One too many.")
    assert not a_minute_later()
    assert mailoutbox == []
    with acme.scope():
        count = MailCount.objects.get(member=ben, topic=Topic.MESSAGE)
    assert (count.sent, count.dropped) == (1000, 1)


def test_a_mail_server_that_is_away_is_asked_again(
    acme, customer_writes, a_minute_later, mailoutbox, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    customer_writes("It flickers again.")
    assert not a_minute_later()
    with acme.scope():
        assert Notification.objects.exclude(mail_due_at=None).get().mail_tries == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with acme.scope():
        Notification.objects.exclude(mail_due_at=None).update(mail_due_at=timezone.now())
        pair = Notification.objects.exclude(mail_due_at=None).values_list("member", "conversation").get()
    assert letters.send((acme.workspace.pk, *pair))
    assert len(mailoutbox) == 1
    with acme.scope():
        assert MailCount.objects.get(topic=Topic.MESSAGE).sent == 1


def test_a_link_in_a_customers_words_is_not_drawn_as_ours(customer_writes, a_minute_later, mailoutbox):
    customer_writes("Look:\n\nhttps://evil.example/sign-in\n\nThanks")
    assert a_minute_later()
    [html] = [part for part, kind in mailoutbox[0].alternatives if kind == "text/html"]
    assert 'href="https://evil.example' not in html


def test_it_is_written_in_the_readers_language(acme, ben, customer_writes, a_minute_later, mailoutbox):
    ben.user.language = "fr"
    ben.user.save()
    customer_writes("Il clignote.")
    assert a_minute_later()
    assert mailoutbox[0].subject != ""


# ── The way out (RFC 8058) ──


@pytest.fixture
def stop_link(customer_writes, a_minute_later, mailoutbox) -> str:
    customer_writes("It flickers again.")
    assert a_minute_later()
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.fullmatch(r"<https?://[^/]+(/notifications/stop/[^>]+)>", headers["List-Unsubscribe"])[1]


def test_one_click_stops_mails_of_this_topic(acme, ben, stop_link):
    from django.test import Client

    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(stop_link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with workspace_scope(acme.workspace):
        assert Way.EMAIL not in wishes_for(ben).ways(Topic.MESSAGE)
        assert Way.EMAIL in wishes_for(ben).ways(Topic.MENTION)


def test_looking_at_the_link_stops_nothing(acme, ben, stop_link, client):
    answer = client.get(stop_link)
    assert answer.status_code == 200 and b"<form" in answer.content
    with workspace_scope(acme.workspace):
        assert Way.EMAIL in wishes_for(ben).ways(Topic.MESSAGE)


def test_a_link_that_we_did_not_sign_is_not_there(stop_link, client):
    assert client.post(stop_link[:-3] + "xx/").status_code == 404
