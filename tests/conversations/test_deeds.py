"""What macros and rules do to a conversation (conversations/deeds/)."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from conversations import deeds
from conversations.actions import take_back
from conversations.deeds import form
from conversations.models import (
    Comment,
    Conversation,
    ConversationLabel,
    Draft,
    Label,
    Message,
    ScheduledReply,
    Snippet,
)
from conversations.receive import Inbound, receive
from events.cause import Cause
from events.models import Event
from inboxes.models import Inbox
from inboxes.timetables import save_hours, usual
from tests.factories import make_conversation, make_visitor

RULE = Cause("rule", 7, "Night shift", (3,))


@pytest.fixture
def conversation(in_acme) -> Conversation:
    return make_conversation(in_acme)


def do(conversation, *raw, by=None, **told):
    told = {"cause": RULE, "key": str(uuid.uuid4())} | told
    found = deeds.apply(conversation, deeds.clean(list(raw), by=by), actor=by, **told)
    conversation.refresh_from_db()
    return found


def chat(acme) -> Conversation:
    visitor = make_visitor(acme)
    appended = receive(Inbound(channel=acme.chat, body="Hello?", visitor=visitor, name="Rosa Pine"))
    return Conversation.objects.get(pk=appended.conversation_id)


# ── Keeping ──


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "close",
        [{"do": "format_disk"}],
        [{"do": "assign", "value": "member:999999"}],
        [{"do": "assign", "value": "member:x"}],
        [{"do": "label", "value": "999999"}],
        [{"do": "snooze", "value": "minutes:0"}],
        [{"do": "snooze", "value": "minutes:99999999"}],
        [{"do": "priority", "value": "panic"}],
        [{"do": "move", "value": "999999"}],
        [{"do": "comment", "text": " "}],
        [{"do": "reply", "value": "999999"}],
        [{"do": "reply", "text": "{{ contact.shoe_size }}"}],
        [{"do": "reply", "text": "one"}, {"do": "reply", "text": "two"}],
        [{"do": "close"}] * 21,
    ],
)
def test_what_cannot_be_done_is_not_kept(in_acme, raw):
    with pytest.raises(ValidationError):
        deeds.clean(raw)


def test_another_workspaces_rows_are_not_there(acme, globex, cleo):
    """SECURITY root cause 1: ids of another tenant name nothing."""
    with globex.scope():
        label = Label.objects.create(name="Theirs")
    with acme.scope():
        for deed in (
            {"do": "label", "value": str(label.pk)},
            {"do": "assign", "value": f"member:{cleo.pk}"},
            {"do": "move", "value": str(globex.inbox.pk)},
        ):
            with pytest.raises(ValidationError):
                deeds.clean([deed])


def test_an_agent_chooses_only_what_they_may(in_acme, ada, ben):
    """AC-1: an inbox one does not work in and a colleague's own text cannot be chosen."""
    closed = Inbox.objects.create(name="Board", open_to_everyone=False)
    hers = Snippet.objects.create(name="Hers", body="x", owner=ada)
    for deed in ({"do": "move", "value": str(closed.pk)}, {"do": "reply", "value": str(hers.pk)}):
        with pytest.raises(ValidationError):
            deeds.clean([deed], by=ben)


def test_only_what_a_kind_has_is_kept(in_acme):
    assert deeds.clean([{"do": "close", "value": "x", "text": "y", "evil": 1}]) == [{"do": "close"}]


def test_every_deed_says_what_it_does(in_acme, ben):
    label = Label.objects.create(name="VIP")
    text = Snippet.objects.create(name="Thanks", body="Thanks")
    told = [
        {"do": "assign", "value": f"member:{ben.pk}"},
        {"do": "label", "value": str(label.pk)},
        {"do": "snooze", "value": "minutes:60"},
        {"do": "priority", "value": "urgent"},
        {"do": "move", "value": str(in_acme.inbox.pk)},
        {"do": "reply", "value": str(text.pk)},
        {"do": "close"},
    ]
    assert [deeds.describe(deed) for deed in deeds.clean(told)] == [
        "Give it to Ben Agent",
        "Put the label “VIP” on",
        "Snooze for 1 hour",
        "Priority: Urgent",
        "Move it to Support",
        "Answer with “Thanks”",
        "Close it",
    ]


# ── Doing ──


def test_deeds_are_done_in_one_go_and_name_their_cause(in_acme, conversation, ben):
    label = Label.objects.create(name="VIP")
    found = do(
        conversation,
        {"do": "assign", "value": f"member:{ben.pk}"},
        {"do": "label", "value": str(label.pk)},
        {"do": "priority", "value": "high"},
        {"do": "comment", "text": "Look at {{ contact.name }}"},
        {"do": "close"},
    )
    assert all(outcome.done for outcome in found)
    assert (conversation.assignee, conversation.priority, conversation.status) == (ben, "high", "closed")
    assert ConversationLabel.objects.filter(conversation=conversation, label=label).exists()
    comment = Comment.objects.get()
    assert (comment.body, comment.author_name) == ("Look at James Whitfield", "Night shift")
    mine = [event for event in Event.objects.order_by("pk") if "cause" in event.payload]
    assert {event.type for event in mine} == {
        "conversation.assigned",
        "conversation.labelled",
        "conversation.priority_changed",
        "comment.added",
        "conversation.closed",
    }
    assert all(event.payload["cause"] == {"kind": "rule", "id": 7, "chain": [3]} for event in mine)


def test_one_refusal_never_stops_the_others(in_acme, conversation, ben):
    closed = Inbox.objects.create(name="Board", open_to_everyone=False)
    conversation.inbox = closed
    conversation.save()
    first, second = do(
        conversation, {"do": "assign", "value": f"member:{ben.pk}"}, {"do": "priority", "value": "low"}
    )
    assert (first.done, first.why) == (False, "Ben Agent does not work in this inbox.")
    assert second.done and conversation.priority == "low"


def test_a_label_that_went_is_refused_in_words(in_acme, conversation):
    label = Label.objects.create(name="VIP")
    kept = deeds.clean([{"do": "label", "value": str(label.pk)}])
    label.delete()
    [outcome] = deeds.apply(conversation, kept, actor=None, cause=RULE, key="a")
    assert outcome.why == "This label is not here any more."
    assert deeds.describe(kept[0]) == "Put the label “a label that was removed” on"


def test_a_rule_answers_as_a_machine(in_acme):
    """SP-8, DM-5: it belongs to nobody, whoever waited still waits, and the same run answers once."""
    here = chat(in_acme)
    for _n in range(2):
        do(here, {"do": "reply", "text": 'Hello {{ contact.first_name | "you" }}'}, key="rule:1")
    message = Message.objects.get(direction="out")
    assert (message.body, message.author_kind, message.author_name) == ("Hello Rosa", "bot", "Night shift")
    assert here.assignee is None and here.waiting_since is not None
    sent = Event.objects.get(type="message.sent")
    assert sent.payload["cause"]["id"] == 7


def test_a_rules_mail_is_marked_as_automatic(in_acme, conversation):
    """SP-8, RFC 3834: another machine does not answer it."""
    from channels_app.email.adapter import _letter

    do(conversation, {"do": "reply", "text": "We read this tomorrow."})
    letter = _letter(Message.objects.get(direction="out"))
    assert letter.is_automatic and letter.to[0].address == "james@pine.example"


def test_what_was_set_aside_is_answered_by_no_rule(in_acme, conversation):
    """SP-8"""
    conversation.spam_at = datetime.now(UTC)
    conversation.save()
    [outcome] = do(conversation, {"do": "reply", "text": "Hello"})
    assert not outcome.done and not Message.objects.filter(direction="out").exists()


def test_an_answer_that_cannot_be_sent_keeps_it_in_sight(in_acme, conversation, ben):
    """CR-10: a place that nothing is known for does not leave; nor is the conversation closed over it."""
    answer, closing, label = do(
        conversation,
        {"do": "reply", "text": "For {{ contact.company }}"},
        {"do": "close"},
        {"do": "priority", "value": "high"},
        by=ben,
    )
    assert answer.why == "Nothing is known for {{ contact.company }}."
    assert not closing.done and label.done
    assert (conversation.status, conversation.priority) == ("open", "high")


def test_a_letter_waits_and_the_conversation_closes_when_it_left(in_acme, conversation, ben):
    """CR-6: undo send holds for what a macro sends too."""
    answer, closing = do(conversation, {"do": "reply", "text": "Done."}, {"do": "close"}, by=ben, hold=10)
    held = ScheduledReply.objects.get()
    assert (answer.held, held.then, conversation.status) == (held.pk, "close", "open")
    assert closing.done
    take_back(held, by=ben)
    assert Draft.objects.get(member=ben).body == "Done."


def test_a_chat_is_answered_and_closed_at_once(in_acme, ben):
    """RT-2: answering takes it; closing comes after, wherever it stands in the list."""
    here = chat(in_acme)
    do(here, {"do": "close"}, {"do": "reply", "text": "Bye"}, by=ben, hold=10)
    assert Message.objects.get(direction="out").member == ben
    assert (here.status, here.assignee) == ("closed", ben)


def test_the_next_working_morning_is_no_weekend(in_acme, conversation):
    """CO-6: from a Friday it is Monday, by the clock of the workspace."""
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    do(conversation, {"do": "snooze", "value": "morning"}, now=friday)
    until = conversation.snoozed_until
    assert until.weekday() == 0 and until.date().isoformat() == "2026-11-23"


def test_the_next_working_morning_is_when_the_workspace_opens(in_acme, conversation):
    """CO-6, CT-3: ten on Tuesday when Monday is closed, by the clock of the hours."""
    week = [[], [[600, 1080]], [[600, 1080]], [], [], [], []]
    save_hours(**usual("Europe/Paris") | {"weekly": week})
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    do(conversation, {"do": "snooze", "value": "morning"}, now=friday)
    assert conversation.snoozed_until == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_many_deeds_are_said_with_a_query_for_each_kind(in_acme, django_assert_num_queries):
    labels = [Label.objects.create(name=f"L{n}") for n in range(5)]
    lists = [[{"do": "label", "value": str(label.pk)}, {"do": "close"}] for label in labels]
    lists.append([{"do": "move", "value": str(in_acme.inbox.pk)}, {"do": "label", "value": "999"}])
    with django_assert_num_queries(2):
        said = deeds.describe_all(lists)
    assert said[0][0] == "Put the label “L0” on"
    assert said[-1] == ["Move it to Support", "Put the label “a label that was removed” on"]


def test_me_is_nobody_for_a_rule(in_acme, conversation, ben):
    [refused] = do(conversation, {"do": "assign", "value": "me"})
    assert not refused.done
    do(conversation, {"do": "assign", "value": "me"}, by=ben)
    assert conversation.assignee == ben


# ── The editor ──


def test_the_editor_adds_removes_and_moves_without_script(in_acme, ben):
    posted = QueryDict(
        "deed-0-do=close&deed-0-was=close&deed-2-do=priority&deed-2-was=priority&deed-2-value=high&do=deed-up-1"
    )
    raw = form.raw_from(posted)
    assert [deed["do"] for deed in raw] == ["priority", "close"]
    assert form.is_pressed(posted)
    assert len(form.raw_from(QueryDict("deed-0-do=close&do=deed-less-0"))) == 0
    assert len(form.raw_from(QueryDict("deed-0-do=close&do=deed-add"))) == 2


def test_another_kind_forgets_what_was_chosen_for_the_old_one(in_acme, ben):
    raw = form.raw_from(QueryDict("deed-0-do=label&deed-0-was=priority&deed-0-value=high"))
    assert raw[0]["value"] == ""
    [line] = form.editor_of(raw, ben)["deed_lines"]
    assert line["do"] == "label" and line["options"] == []
