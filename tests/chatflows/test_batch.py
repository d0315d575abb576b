"""Many visitors' messages in one statement: the same outcomes as one by one."""

import uuid

import pytest

from chatflows.widget import chat
from chatflows.widget.batch import post_many
from conversations.actions import set_status
from conversations.models import Conversation, Message, Status
from tests.factories import make_visitor


def post(body: str = "Hello", **fields) -> chat.Post:
    return chat.Post(**({"client_id": uuid.uuid4(), "body": body} | fields))


@pytest.fixture
def talking(in_acme):
    """Three visitors, each in a conversation: (visitor, public id)."""

    def begin():
        visitor = make_visitor(in_acme)
        return visitor, chat.post(visitor, post("First"))["conversation"]

    return [begin() for _ in range(3)]


def test_each_is_acknowledged_in_its_conversation(talking):
    done = post_many([(visitor, post("Second", conversation=public)) for visitor, public in talking])
    assert [outcome.ack["conversation"] for outcome in done] == [public for _visitor, public in talking]
    assert {outcome.ack["seq"] for outcome in done} == {3}  # greeting, first, second


def test_one_statement_writes_them_all(talking, django_assert_max_num_queries):
    posts = [
        (visitor, post(f"Line {n}", conversation=public)) for n in range(7) for visitor, public in talking
    ]
    with django_assert_max_num_queries(5):
        post_many(posts)


def test_order_is_kept_within_a_conversation(talking):
    visitor, public = talking[0]
    post_many([(visitor, post(str(n), conversation=public)) for n in range(5)])
    bodies = Message.objects.filter(conversation__visitor=visitor, seq__gt=2).order_by("seq")
    assert list(bodies.values_list("body", flat=True)) == ["0", "1", "2", "3", "4"]


def test_a_copy_gets_the_first_acknowledgement(talking):
    """P6."""
    visitor, public = talking[0]
    once = post("Once", conversation=public)
    [first] = post_many([(visitor, once)])
    again, other = post_many([(visitor, once), (visitor, post("Other", conversation=public))])
    assert again.ack == first.ack
    assert other.ack["seq"] == first.ack["seq"] + 1


def test_a_copy_that_says_something_else_is_refused(talking):
    """P6: against what stands, within one batch, and one by one; what stands stays."""
    visitor, public = talking[0]
    once = post("Once", conversation=public)
    twice = post("Twice", conversation=public, client_id=once.client_id)
    [first] = post_many([(visitor, once)])
    assert post_many([(visitor, twice)])[0].reason == "conflict"
    with pytest.raises(chat.Refused, match="conflict"):
        chat.post(visitor, twice)
    fresh = post("Fresh", conversation=public)
    other = post("Other", conversation=public, client_id=fresh.client_id)
    taken, refused, again = post_many([(visitor, fresh), (visitor, other), (visitor, fresh)])
    assert (taken.ack["seq"], refused.reason, again.ack) == (first.ack["seq"] + 1, "conflict", taken.ack)
    said = Message.objects.filter(
        conversation__visitor=visitor, client_id__in=[once.client_id, fresh.client_id]
    )
    assert set(said.values_list("body", flat=True)) == {"Once", "Fresh"}


def test_a_bad_one_harms_no_other(talking):
    (one, mine), (two, theirs), _third = talking
    done = post_many(
        [
            (one, post("", conversation=mine)),
            (one, post("Good", conversation=mine)),
            (one, post("Intruding", conversation=theirs)),
            (two, post("x" * 10_001, conversation=theirs)),
            (two, post("Also good", conversation=theirs)),
            (two, post("Nowhere", conversation="not-an-id")),
        ]
    )
    assert [outcome.reason for outcome in done] == ["empty", "", "gone", "too_long", "", "gone"]


def test_a_first_and_a_closed_conversation_take_the_long_way(in_acme, talking, ada):
    visitor, public = talking[0]
    set_status(Conversation.objects.get(visitor=visitor), Status.CLOSED, by=ada)
    new = make_visitor(in_acme)
    closed, first = post_many([(visitor, post("Still there?", conversation=public)), (new, post("Hi"))])
    assert closed.ack["seq"] == 3 and Conversation.objects.get(visitor=visitor).is_open()
    assert first.ack["seq"] == 2 and first.conversation_id


def test_when_the_statement_fails_each_goes_alone(talking, monkeypatch):
    from django.db import IntegrityError

    def fails(messages):
        raise IntegrityError("a copy committed at this moment")

    monkeypatch.setattr("chatflows.widget.batch.append", fails)
    done = post_many([(visitor, post("Second", conversation=public)) for visitor, public in talking])
    assert [outcome.ack["seq"] for outcome in done] == [3, 3, 3]


def test_a_flood_is_told_to_wait(talking):
    """10 at once, then 20 a minute."""
    visitor, public = talking[0]
    done = post_many([(visitor, post(str(n), conversation=public)) for n in range(15)])
    assert [outcome.reason for outcome in done].count("limited") >= 4
    assert done[-1].retry_after >= 1
