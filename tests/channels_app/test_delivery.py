"""P7, T127: eight tries over a day, the same Message-ID at each, and an end in words. With a real server that misbehaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app import reactions
from conversations.actions import send_reply, try_again
from conversations.envelope import Envelope, Person
from conversations.models import Conversation, Delivery, Message
from events import tasks
from events.models import ReactionDue
from events.retry import Retry
from tests.factories import make_conversation
from tests.postoffice import post_office

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def post(settings):
    with post_office(settings) as post:
        yield post


@pytest.fixture
def reply(acme, ben):
    with acme.scope():
        return send_reply(make_conversation(acme), body="Two left.", by=ben)


def message_of(acme, reply) -> Message:
    with acme.scope():
        return Message.objects.get(pk=reply.message_id)


def state(acme, reply) -> tuple[str, str]:
    message = message_of(acme, reply)
    return message.delivery, message.delivery_error


def deliver_of(message_id: int) -> ReactionDue:
    return ReactionDue.objects.get(event__payload__message=message_id, name__endswith=".deliver")


def later(acme) -> None:
    with acme.scope():
        ReactionDue.objects.update(run_at=timezone.now())


def try_on(acme, times: int = 1) -> None:
    for _ in range(times):
        later(acme)
        tasks.run_reactions()


def test_the_tries_span_a_day():
    policy: Retry = reactions.deliver.retry
    assert policy.tries == 8
    assert timedelta(hours=20) < timedelta(seconds=sum(policy.delays)) < timedelta(hours=30)
    assert all(8 <= policy.delay_after(1) <= 12 for _ in range(50))


def test_it_leaves_at_once(acme, reply, post):
    tasks.run_reactions()
    assert (state(acme, reply), len(post.letters)) == (("sent", ""), 1)


def test_a_server_that_is_away_is_waited_for_with_the_same_letter(acme, reply, post, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    tasks.run_reactions()
    assert state(acme, reply)[0] == "queued" and "refused" in state(acme, reply)[1]
    tasks.run_reactions()
    settings.EMAIL_PORT = port
    before = message_of(acme, reply).external_id
    try_on(acme)
    assert state(acme, reply) == ("sent", "")
    assert post.only()["Message-ID"] == before


def test_a_passing_refusal_is_tried_eight_times_and_fails_in_the_servers_words(acme, ben, reply, post):
    post.refuse[""] = "451 4.3.0 try later, please"
    tasks.run_reactions()
    for _ in range(6):
        try_on(acme)
        assert state(acme, reply) == ("queued", "451 4.3.0 try later, please")
    try_on(acme)
    assert state(acme, reply) == ("failed", "451 4.3.0 try later, please")
    with acme.scope():
        assert not ReactionDue.objects.exists()
    post.refuse.clear()
    before = message_of(acme, reply).external_id
    with acme.scope():
        try_again(Message.objects.get(pk=reply.message_id), by=ben)
    tasks.run_reactions()
    assert state(acme, reply) == ("sent", "")
    assert post.only()["Message-ID"] == before


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_a_refusal_for_good_fails_at_once(acme, reply, post, where):
    if where == "recipient":
        post.refuse[""] = "550 5.1.1 no such person here"
    else:
        post.after_data = "550 5.1.1 no such person here"
    tasks.run_reactions()
    assert state(acme, reply) == ("failed", "550 5.1.1 no such person here")


def test_a_line_that_breaks_before_the_answer_is_tried_again(acme, reply, post):
    post.drop = "before_250"
    tasks.run_reactions()
    assert state(acme, reply)[0] == "queued"
    post.drop = ""
    try_on(acme)
    assert (state(acme, reply), len(post.letters)) == (("sent", ""), 1)


def test_what_was_taken_in_a_breaking_line_comes_twice_with_one_id(acme, reply, post):
    """The one window: the server took it and could not say so. Their side can tell the copy by its id."""
    post.drop = "after_250"
    tasks.run_reactions()
    assert state(acme, reply)[0] == "queued"
    post.drop = ""
    try_on(acme)
    assert len(post.letters) == 2
    assert len({letter["Message-ID"] for letter in post.read}) == 1


def test_a_line_that_always_breaks_ends_as_unknown(acme, reply, post):
    post.drop = "before_250"
    tasks.run_reactions()
    try_on(acme, 7)
    assert state(acme, reply)[0] == Delivery.UNKNOWN and "may have arrived" in state(acme, reply)[1]


def test_one_bad_recipient_keeps_it_from_nobody(acme, ben, post):
    people = tuple(Person("", f"{name}@pine.example") for name in ("good", "bad", "slow"))
    with acme.scope():
        reply = send_reply(make_conversation(acme), body="All", by=ben, envelope=Envelope(to=people))
    post.refuse = {"bad@pine.example": "550 no", "slow@pine.example": "450 greylisted"}
    tasks.run_reactions()
    assert state(acme, reply) == ("queued", "slow@pine.example: 450 greylisted")
    del post.refuse["slow@pine.example"]
    try_on(acme)
    assert state(acme, reply) == ("sent", "bad@pine.example: 550 no")
    assert [envelope[1] for envelope in post.envelopes] == [["good@pine.example"], ["slow@pine.example"]]


def test_two_quick_answers_leave_in_order(acme, ben, post):
    with acme.scope():
        conversation = make_conversation(acme)
        one = send_reply(conversation, body="One", by=ben)
        two = send_reply(Conversation.objects.get(pk=conversation.pk), body="Two", by=ben)
        first = deliver_of(one.message_id)
        ReactionDue.objects.filter(pk=first.pk).update(run_at=timezone.now() + timedelta(seconds=30))
    tasks.run_reactions()
    assert post.letters == [] and state(acme, two)[0] == "queued"
    with acme.scope():
        waiting = deliver_of(two.message_id)
        assert waiting.attempts == 0, "waiting is no failed try"
        ReactionDue.objects.filter(pk=first.pk).update(run_at=timezone.now())
    tasks.run_reactions()
    try_on(acme)
    assert [letter.get_body(("plain",)).get_content()[:3] for letter in post.read] == ["One", "Two"]


def test_what_kills_its_worker_each_time_ends_as_unknown(acme, reply, post):
    """T130: never queued for ever."""
    for _ in range(8):
        with acme.scope():
            assert tasks._claim(ReactionDue.objects.get(name__endswith=".deliver").pk)
        later(acme)
    tasks.run_reactions()
    assert state(acme, reply)[0] == Delivery.UNKNOWN


def test_a_server_that_falls_silent_is_left_in_time(acme, reply, post, settings):
    """T127: slow is as good as away."""
    settings.EMAIL_TIMEOUT = 1
    post.hold_at = "MAIL"
    tasks.run_reactions()
    assert state(acme, reply)[0] == "queued" and state(acme, reply)[1]
    post.hold_at = ""
    post.go_on.set()
    try_on(acme)
    assert (state(acme, reply), len(post.letters)) == (("sent", ""), 1)
