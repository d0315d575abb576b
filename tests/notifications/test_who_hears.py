"""NO-6, NO-7: who is told of what, and who is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import (
    assign,
    comment,
    follow,
    mark_delivery,
    mark_read,
    send_reply,
    set_status,
    snooze,
)
from conversations.aside import mark_spam
from conversations.models import Message
from conversations.receive import receive
from inboxes.actions import set_access
from notifications.actions import mute, notify_mentions
from notifications.models import Notification
from notifications.reactions import notify
from notifications.topics import Topic
from tests.factories import make_conversation, make_mail, make_member
from tests.notifications.conftest import events
from workspaces.actions import create_team
from workspaces.models import TeamMember
from workspaces.permissions import Role

pytestmark = pytest.mark.usefixtures("in_acme")


def again(acme, conversation, body="And another thing."):
    first = conversation.messages.first()
    receive(make_mail(acme, body, in_reply_to=(first.external_id,)))


def test_a_new_conversation_that_nobody_has_is_told_to_those_of_its_inbox(acme, ada, ben, told):
    make_conversation(acme)
    assert told() == {("Ada", "unassigned"), ("Ben", "unassigned")}


def test_a_closed_inbox_is_told_to_those_let_in(acme, ada, ben, yann, told):
    """AC-1."""
    set_access(acme.inbox, everyone=False, members=[ben])
    make_conversation(acme)
    assert told() == {("Ben", "unassigned")}


def test_reporters_and_restricted_agents_are_not_called(acme, told):
    """AC-6."""
    make_member(acme.workspace, "r@acme.example", "Rita", Role.REPORTER)
    make_member(acme.workspace, "x@acme.example", "Xenia", Role.RESTRICTED)
    make_conversation(acme)
    assert told() == set()


def test_a_new_chat_is_a_topic_of_its_own(a_chat, ben, told):
    a_chat()
    assert told() == {("Ben", "chat")}


def test_a_chat_that_is_taken_calls_nobody_any_more(a_chat, ben, yann, told):
    chat = a_chat()
    told()
    assign(chat, to=ben, by=ben)
    told()
    assert not Notification.objects.unread().exists()


def test_what_is_closed_meanwhile_calls_nobody_any_more(acme, ben, yann, told):
    conversation = make_conversation(acme)
    told()
    set_status(conversation, "closed", by=yann)
    told()
    assert not Notification.objects.unread().exists()


def test_whom_it_is_given_to_hears_and_the_giver_does_not(acme, ada, ben, told):
    """NO-7."""
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ada)
    assert ("Ben", "assigned") in told()
    assign(conversation, to=ada, by=ada)
    assert ("Ada", "assigned") not in told()


def test_a_team_hears_of_what_is_given_to_it(acme, ada, ben, yann, told):
    team = create_team(name="Desk")
    TeamMember.objects.create(team=team, member=yann)
    conversation = make_conversation(acme)
    assign(conversation, to=team, by=ada)
    assert {pair for pair in told() if pair[1] == "assigned"} == {("Yann", "assigned")}


def test_the_owner_hears_of_an_answer_and_followers_too(acme, ada, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    follow(conversation, by=yann)
    again(acme, conversation)
    heard = {pair for pair in told() if pair[1] in ("message", "reply")}
    assert heard == {("Ben", "message"), ("Yann", "reply")}


def test_whoever_took_part_hears_of_a_colleagues_answer(acme, ada, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    comment(conversation, body="I know her.", by=yann)
    send_reply(conversation, body="Sorted.", by=ada)
    assert {pair for pair in told() if pair[1] == "reply"} == {("Ben", "reply"), ("Yann", "reply")}


def test_a_comment_is_told_to_the_owner_not_to_its_author(acme, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    comment(conversation, body="Careful.", by=yann)
    assert {pair for pair in told() if pair[1] == "comment"} == {("Ben", "comment")}


def test_the_first_message_is_told_once_with_its_conversation(acme, ben, told):
    make_conversation(acme)
    told()
    assert Notification.objects.filter(member=ben).count() == 1
    assert Notification.objects.get(member=ben).message.body == "The dimmer flickers."


def test_running_a_reaction_twice_tells_once(acme, ben, told):
    make_conversation(acme)
    told()
    for event in events("conversation.started") + events("message.received"):
        notify(event)
    assert Notification.objects.filter(member=ben).count() == 1


def test_a_failed_answer_is_told_to_its_author(acme, ben, told):
    conversation = make_conversation(acme)
    send_reply(conversation, body="Hello", by=ben)
    mark_delivery(Message.objects.get(direction="out").pk, "failed", error="No such mailbox")
    assert ("Ben", "failed") in told()


def test_a_muted_conversation_is_silent_except_for_what_is_personal(acme, ada, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    told()
    mute(conversation, by=ben, on=True)
    again(acme, conversation)
    said = comment(conversation, body="@Ben look", by=yann)
    assert told() == {("Yann", "reply")}
    notify_mentions(said, [ben])
    assert ("Ben", "mention") in told()


def test_a_snoozed_conversation_is_silent(acme, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    snooze(conversation, until=timezone.now() + timedelta(days=1), by=ben)
    comment(conversation, body="Later, then.", by=yann)
    assert ("Ben", "comment") not in told()


def test_spam_is_not_told(acme, ben, told):
    """SP-5."""
    conversation = make_conversation(acme)
    mark_spam(conversation, by=None)
    assert told() == set()


def test_access_that_is_gone_takes_the_words_along(acme, ada, ben, told):
    make_conversation(acme)
    told()
    assert Notification.objects.of(ben).exists()
    set_access(acme.inbox, everyone=False, members=[ada])
    assert not Notification.objects.of(ben).exists()


def test_opening_the_conversation_reads_what_was_told_of_it(acme, ben, told):
    conversation = make_conversation(acme)
    told()
    mark_read(conversation, by=ben)
    assert not Notification.objects.of(ben).unread().exists()


# ── Mentions (NO-5) ──


@pytest.fixture
def said(acme, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    row = comment(conversation, body="@Ben @Yann, look.", by=yann)
    told()
    return row


def test_a_mention_takes_the_place_of_the_comment(said, ben, told):
    notify_mentions(said, [ben])
    mine = Notification.objects.filter(member=ben, comment=said)
    assert [row.topic for row in mine] == [Topic.MENTION]


def test_whoever_a_comment_names_hears_that_they_are_named(acme, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    comment(conversation, body="@Ben Agent, look.", by=yann)
    assert {pair for pair in told() if pair[1] in ("comment", "mention")} == {("Ben", "mention")}


def test_a_mention_before_the_reaction_is_told_once(acme, ben, yann, told):
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    row = comment(conversation, body="@Ben, look.", by=yann)
    notify_mentions(row, [ben])
    told()
    assert [one.topic for one in Notification.objects.filter(member=ben, comment=row)] == [Topic.MENTION]


def test_oneself_is_not_mentioned(said, yann):
    notify_mentions(said, [yann])
    assert not Notification.objects.filter(member=yann, topic=Topic.MENTION).exists()


def test_a_second_mention_in_the_same_comment_is_no_news(said, ben):
    notify_mentions(said, [ben])
    Notification.objects.update(read_at=timezone.now())
    notify_mentions(said, [ben])
    assert not Notification.objects.filter(member=ben, topic=Topic.MENTION, read_at=None).exists()


def test_somebody_who_may_not_see_it_is_not_told(acme, said, ben, ada):
    """CO-2."""
    set_access(acme.inbox, everyone=False, members=[ada])
    Notification.objects.all().delete()
    notify_mentions(said, [ben])
    assert not Notification.objects.exists()


def test_a_snooze_that_ends_is_told_to_whoever_has_it(acme, ada, ben, told):
    """CO-6: by the clock; opened by hand it is news to nobody."""
    conversation = make_conversation(acme)
    assign(conversation, to=ben, by=ben)
    Notification.objects.all().delete()
    for reason, heard in (("", set()), ("woken", {("Ben", "assigned")})):
        snooze(conversation, until=timezone.now() + timedelta(hours=1), by=ben)
        set_status(conversation, "open", by=None, reason=reason)
        assert told() == heard


def test_the_menu_of_a_thread_mutes_it_and_says_so(acme, ben, client_of):
    """NO-7."""
    conversation = make_conversation(acme)
    client, url = client_of(ben), f"/w/acme/conversations/{conversation.pk}/mute/"
    assert 'value="1"' in client.get(f"{url}choice/").content.decode()
    answer = client.post(url, {"on": "1"}, headers={"HX-Request": "true"})
    assert "X-Parley-Done" in answer.headers
    assert 'value="0"' in client.get(f"{url}choice/").content.decode()
