"""The socket of a visitor: what they say is kept once, and what they hear is their own conversation alone."""

import uuid

import pytest

from conversations.actions import assign, comment, send_reply
from conversations.models import Conversation, Message

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_conversation_both_ways(visitor_line, agent_line, session, acme, ben):
    visitor, token = session
    with visitor_line(token) as theirs, agent_line(ben) as ours:
        assert theirs.hear("ready")["conversation"] is None
        ours.hear("ready")
        theirs.say(t="send", client_id=str(uuid.uuid4()), body="Do you ship to Berlin?", conversation=None)
        ack = theirs.hear("ack")
        while "Do you ship to Berlin?" not in (frame := ours.hear("event"))["row"]:
            pass
        with acme.scope():
            conversation = Conversation.objects.get(pk=frame["conversation"])
            send_reply(conversation, body="Yes, within three days.", by=ben)
        news = theirs.hear("messages")
        while not any(message["from"] == "agent" for message in news["messages"]):
            news = theirs.hear("messages")
    assert news["conversation"] == ack["conversation"]
    assert news["messages"][-1]["body"] == "Yes, within three days."
    assert news["agent"]["name"] == "Ben Agent"


def test_the_same_message_sent_again_is_acknowledged_again_and_stands_once(visitor_line, session, acme):
    """P6, T134: the answer was lost, the widget asks again."""
    client_id = str(uuid.uuid4())
    acks = []
    for _ in range(3):
        with visitor_line(session[1]) as line:
            line.hear("ready")
            line.say(t="send", client_id=client_id, body="Hello", conversation=None)
            acks.append(line.hear("ack"))
    assert len({ack["seq"] for ack in acks}) == 1
    with acme.scope():
        assert Message.objects.filter(direction="in").count() == 1


def test_a_visitor_resumes_by_sequence(visitor_line, session, acme, ben):
    """P5: exactly what is missing, in order."""
    visitor, token = session
    with visitor_line(token) as line:
        line.hear("ready")
        line.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        ack = line.hear("ack")
    with acme.scope():
        conversation = Conversation.objects.get()
        for number in range(3):
            send_reply(conversation, body=f"Answer {number}", by=ben)
    with visitor_line(token, after=ack["seq"], conversation=ack["conversation"]) as line:
        ready = line.hear("ready")
    assert [m["body"] for m in ready["messages"]] == ["Answer 0", "Answer 1", "Answer 2"]
    assert [m["seq"] for m in ready["messages"]] == [ack["seq"] + n for n in (1, 2, 3)]


def test_comments_never_reach_the_visitor(visitor_line, session, acme, ada, ben):
    """T069: everything that is heard until the next answer, to the letter."""
    with visitor_line(session[1]) as line:
        line.hear("ready")
        line.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        line.hear("ack")
        with acme.scope():
            conversation = Conversation.objects.get()
            comment(conversation, body="SECRET-NOTE", by=ada)
            assign(conversation, to=ben, by=ada)
            send_reply(conversation, body="The answer", by=ben)
        heard = ""
        while "The answer" not in heard:
            heard += str(line.hear())
    assert "SECRET-NOTE" not in heard


def test_another_visitors_conversation_is_not_there(visitor_line, session, acme):
    """T065."""
    with visitor_line(session[1]) as line:
        line.hear("ready")
        line.say(t="send", client_id=str(uuid.uuid4()), body="Mine", conversation=None)
        mine = line.hear("ack")["conversation"]
    from chatflows.widget import chat

    with acme.scope():
        _other, token = chat.open_session(acme.chat, language="en", user_agent="", page_url="")
    with visitor_line(token, conversation=mine) as line:
        line.say(t="send", client_id=str(uuid.uuid4()), body="Intruding", conversation=mine)
        refused = line.hear("refused")
        assert (refused["status"], refused["reason"]) == (422, "conversation")


@pytest.mark.parametrize("token", ["", "x" * 43, None, 5])
def test_a_bad_token_is_told_so(visitor_line, token):
    with visitor_line(token) as line:
        assert line.code_when_closed() == 4401


def test_a_token_is_of_one_widget(visitor_line, session, globex):
    """T063: another channel's key makes it nothing."""
    with visitor_line(session[1], key="globex-chat") as line:
        assert line.code_when_closed() == 4401


def test_a_revoked_session_is_closed_within_two_seconds(looks_often, visitor_line, session, acme):
    visitor, token = session
    with visitor_line(token) as line:
        line.hear("ready")
        with acme.scope():
            type(visitor).objects.filter(pk=visitor.pk).update(revoked_at=visitor.created_at)
        assert line.code_when_closed() == 4401


def test_receipts_move_the_ticks_that_agents_see(visitor_line, agent_line, session, acme, ben):
    with visitor_line(session[1]) as theirs, agent_line(ben) as ours:
        theirs.hear("ready"), ours.hear("ready")
        theirs.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        ack = theirs.hear("ack")
        with acme.scope():
            conversation = Conversation.objects.get()
            sent = send_reply(conversation, body="Hi", by=ben)
        ours.say(t="see", conversation=conversation.pk)
        while theirs.hear("messages")["head"] < sent.seq:
            pass
        theirs.say(t="receipt", conversation=ack["conversation"], delivered=sent.seq, seen=sent.seq)
        while (frame := ours.hear("event"))["type"] != "message.delivery_changed" or "item" not in frame:
            pass
        assert f'id="message-{sent.message_id}"' in frame["item"] and "Seen" in frame["item"]


def test_typing_is_passed_on_both_ways(visitor_line, agent_line, session, acme, ben):
    with visitor_line(session[1]) as theirs, agent_line(ben) as ours:
        theirs.hear("ready"), ours.hear("ready")
        theirs.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        theirs.hear("ack")
        theirs.say(t="typing", on=True)
        typing = ours.hear("typing")
        ours.say(t="typing", conversation=typing["conversation"], on=True)
        assert theirs.hear("typing")["name"] == "Ben Agent"
