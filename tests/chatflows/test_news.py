"""What many tabs have not seen, asked together: each hears its own and nothing of the others."""

import uuid

import pytest
from django.utils import timezone

from chatflows.widget import chat, limits
from chatflows.widget.batch import post_many
from chatflows.widget.news import SESSION_LASTS, Ask, Guest, guests_of, news_of
from contacts.models import Visitor


def post(body: str = "Hello", **fields) -> chat.Post:
    return chat.Post(**({"client_id": uuid.uuid4(), "body": body} | fields))


@pytest.fixture
def talking(in_acme):
    """Three visitors in a conversation of two messages each: (guest, token, public id)."""

    def begin(number):
        visitor, token = chat.open_session(in_acme.chat, language="en", user_agent="", page_url="")
        public = chat.post(visitor, post(f"From {number}"))["conversation"]
        return Guest(visitor.pk, visitor.channel_id), token, public

    return [begin(number) for number in range(3)]


def test_each_token_is_its_own_visitor_and_no_other(in_acme, talking):
    """T063, T065: what is unknown, revoked, too old or another channel's is nobody, and harms no other."""
    channel = in_acme.chat.pk
    (one, first, _), (two, second, _), (three, third, _) = talking
    Visitor.objects.filter(pk=two.pk).update(revoked_at=timezone.now())
    Visitor.objects.filter(pk=three.pk).update(last_seen_at=timezone.now() - SESSION_LASTS)
    asked = [(channel, first), (channel, second), (channel, third), (in_acme.form.pk, first), (channel, "")]
    assert guests_of([*asked, (channel, "x" * 5000), (channel, first)]) == [one, *[None] * 5, one]


def test_many_tabs_are_answered_in_a_few_queries(talking, django_assert_max_num_queries):
    asks = [Ask(guest, public, after) for guest, _token, public in talking for after in (0, 1, 2)]
    with django_assert_max_num_queries(5):
        answers = news_of(asks)
    assert [len(news["messages"]) for _pk, news in answers] == [2, 1, 0] * 3
    assert [news["conversation"] for _pk, news in answers] == [ask.conversation for ask in asks]
    bodies = [news["messages"][-1]["body"] for _pk, news in answers[::3]]
    assert bodies == ["From 0", "From 1", "From 2"]


def test_a_tab_that_lacks_nothing_costs_no_messages(talking, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        news_of([Ask(guest, public, 2) for guest, _token, public in talking])
        # the conversations, and how far the team has read


def test_what_is_named_must_be_theirs(talking):
    """T065: by public id and by row id, beside somebody whose it is."""
    (one, _, mine), (two, _, _), _third = talking
    [(row, _news)] = news_of([Ask(one, mine)])
    asks = [Ask(two, mine), Ask(one, mine), Ask(two, conversation_id=row), Ask(one, conversation_id=row)]
    theirs, ours, by_row, ours_by_row = news_of(asks)
    assert (theirs, by_row) == (None, None)
    assert ours == ours_by_row and ours[0] == row
    assert news_of([Ask(one, "not-an-id"), Ask(one, str(uuid.uuid4()))]) == [None, None]


def test_unnamed_it_is_the_latest_or_nothing_yet(in_acme, talking):
    guest, _token, first = talking[0]
    visitor = Visitor.objects.get(pk=guest.pk)
    second = chat.post(visitor, post("Another matter", starts_new=True))["conversation"]
    stranger, _token = chat.open_session(in_acme.chat, language="en", user_agent="", page_url="")
    (_, latest), (pk, nothing) = news_of([Ask(guest), Ask(stranger)])
    assert latest["conversation"] == second != first
    assert (pk, nothing["conversation"], nothing["messages"], nothing["head"]) == (None, None, [], 0)


def test_heads_alone_carry_no_messages(talking):
    guest, _token, public = talking[0]
    [(_pk, news)] = news_of([Ask(guest, public, 0, heads_only=True)])
    assert (news["head"], news["messages"]) == (2, [])


def test_tokens_are_taken_in_order_for_many_at_once():
    """Together they pay what each would pay alone."""
    rate = limits.Rate("test-together", 60, 60, 2)
    waits = limits.ask(rate, ["a", "b", "a", "a", "b"])
    assert [wait > 0 for wait in waits] == [False, False, False, True, False]
    with pytest.raises(limits.Limited):
        limits.take(rate, "b")
    assert limits.ask(rate, []) == []


def test_whose_session_ended_meanwhile_begins_nothing(in_acme, talking):
    guest, _token, _public = talking[0]
    Visitor.objects.filter(pk=guest.pk).update(revoked_at=timezone.now())
    assert post_many([(guest, post("A first one", starts_new=True))])[0].reason == "gone"
