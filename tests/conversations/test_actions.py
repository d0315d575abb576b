import uuid

import pytest

from conversations import actions
from conversations.models import Comment, ConversationDetail, Delivery, Draft, Message, ReadMark, Status
from events.models import Event
from tests.factories import make_conversation
from workspaces.models import Team


@pytest.fixture
def conversation(in_acme):
    return make_conversation(in_acme)


def test_answering_what_is_unassigned_makes_it_mine(conversation, ben):
    """RT-2."""
    actions.send_reply(conversation, body="On its way", by=ben)
    conversation.refresh_from_db()
    assert conversation.assignee == ben
    assert not conversation.waits_for_us()


def test_answering_what_is_somebody_elses_leaves_it_theirs(conversation, ada, ben):
    """RT-2."""
    actions.assign(conversation, to=ada, by=ada)
    actions.send_reply(conversation, body="On its way", by=ben)
    conversation.refresh_from_db()
    assert conversation.assignee == ada


def test_a_double_click_is_one_message(conversation, ben):
    """P6, T134."""
    client_id = uuid.uuid4()
    first = actions.send_reply(conversation, body="Yes", by=ben, client_id=client_id)
    again = actions.send_reply(conversation, body="Yes", by=ben, client_id=client_id)
    assert first.message_id == again.message_id
    assert Message.objects.filter(direction="out").count() == 1


def test_answering_a_closed_conversation_opens_it(conversation, ben):
    """ST-3."""
    actions.set_status(conversation, Status.CLOSED, by=ben)
    actions.send_reply(conversation, body="One more thing", by=ben)
    conversation.refresh_from_db()
    assert conversation.is_open()


def test_the_first_response_is_noted_once(conversation, ben):
    """AN-5."""
    first = actions.send_reply(conversation, body="One", by=ben)
    actions.send_reply(conversation, body="Two", by=ben)
    assert ConversationDetail.objects.get().first_response_at == first.created_at


def test_a_comment_is_not_a_message_and_opens_nothing(conversation, ben):
    """CO-1, ST-2, T069."""
    actions.set_status(conversation, Status.CLOSED, by=ben)
    actions.comment(conversation, body="Careful with this one", by=ben)
    conversation.refresh_from_db()
    assert conversation.is_closed()
    assert Message.objects.count() == 1
    assert (conversation.preview, conversation.preview_kind) == ("Careful with this one", "comment")
    assert Event.objects.get(type="comment.added").audience == "team"


def test_a_comment_sent_twice_stands_once(conversation, ben):
    client_id = uuid.uuid4()
    for _ in range(2):
        actions.comment(conversation, body="Once", by=ben, client_id=client_id)
    assert Comment.objects.count() == 1


def test_assigning_twice_records_once(conversation, ada, ben):
    actions.assign(conversation, to=ben, by=ada)
    actions.assign(conversation, to=ben, by=ada)
    assert Event.objects.filter(type="conversation.assigned").count() == 1


def test_a_team_takes_it_from_a_person(conversation, ada, ben):
    """RT-4: a conversation of a team has no user owner."""
    team = Team.objects.create(name="Lyon desk")
    actions.assign(conversation, to=ben, by=ada)
    conversation = actions.assign(conversation, to=team, by=ada)
    assert (conversation.assignee, conversation.team) == (None, team)


def test_closing_twice_records_once(conversation, ben):
    for _ in range(2):
        actions.set_status(conversation, Status.CLOSED, by=ben)
    assert Event.objects.filter(type="conversation.closed").count() == 1


def test_delivery_only_moves_forward(conversation, ben):
    """Receipts out of order are harmless."""
    sent = actions.send_reply(conversation, body="Hello", by=ben)
    assert actions.mark_delivery(sent.message_id, Delivery.READ)
    assert not actions.mark_delivery(sent.message_id, Delivery.SENT)
    assert Message.objects.get(pk=sent.message_id).delivery == Delivery.READ


def test_a_failure_keeps_its_reason_and_can_be_tried_again(conversation, ben):
    """DM-3."""
    sent = actions.send_reply(conversation, body="Hello", by=ben)
    actions.mark_delivery(sent.message_id, Delivery.FAILED, error="550 no such user")
    message = Message.objects.get(pk=sent.message_id)
    assert message.delivery_error == "550 no such user"
    actions.try_again(message, by=ben)
    message.refresh_from_db()
    assert (message.delivery, message.delivery_error) == (Delivery.QUEUED, "")
    assert Event.objects.filter(type="message.sent").count() == 2


def test_drafts_are_kept_per_person_and_paper_and_go_when_sent(conversation, ada, ben):
    """CR-6: two drafts a conversation."""
    actions.save_draft(conversation, body="Dear", mode="reply", by=ben)
    actions.save_draft(conversation, body="Note", mode="comment", by=ben)
    actions.save_draft(conversation, body="Mine", mode="reply", by=ada)
    actions.send_reply(conversation, body="Dear James", by=ben)
    assert sorted(Draft.objects.values_list("body", flat=True)) == ["Mine", "Note"]


def test_reading_never_goes_back(conversation, ben):
    actions.mark_read(conversation, by=ben, seq=5)
    actions.mark_read(conversation, by=ben, seq=3)
    assert ReadMark.objects.get().seq == 5


def test_what_the_visitor_has_seen_moves_the_ticks(conversation, ben):
    """DM-3."""
    one = actions.send_reply(conversation, body="One", by=ben)
    two = actions.send_reply(conversation, body="Two", by=ben)
    conversation.refresh_from_db()
    actions.mark_seen_by_visitor(conversation, delivered=two.seq, seen=one.seq)
    states = dict(Message.objects.filter(direction="out").values_list("seq", "delivery"))
    assert states == {one.seq: "read", two.seq: "delivered"}
