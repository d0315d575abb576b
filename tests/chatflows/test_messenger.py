"""Chatflows on Messenger, by posts as Meta makes them: the instant reply, bots, links (FM-2, FM-3, FM-6)."""

import threading
from functools import wraps

import pytest
from django.db import connections
from django.utils import timezone

from channels_app.tasks import understand_mail
from chatflows import actions
from chatflows.messenger import find_named
from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowSession, FlowStatus
from chatflows.session import speak
from conversations.actions import assign
from conversations.models import Conversation
from events import dispatch, tasks
from events.models import Event, ReactionDue
from events.record import record
from events.types import CHANNEL_CONNECTED, CONVERSATION_STARTED, MESSENGER_REFERRED
from inboxes.models import RoutingMode
from inboxes.routing import set_rule
from tests.channels_app.messenger.conftest import knocks, meta
from tests.channels_app.messenger.posts import PAGE, post, post_of, text
from workspaces.models import Availability, Member

__all__ = ["knocks", "meta"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

PERSON = "600700800"
ASK = {
    "id": "ask",
    "kind": "question",
    "bubbles": ["What is it about?"],
    "replies": [
        {"label": "Something does not work", "value": "broken", "to": "number"},
        {"label": "A person", "value": "human", "to": "hand"},
    ],
    "next": "hand",
}
NUMBER = {"id": "number", "kind": "question", "bubbles": ["Which order?"], "save": "var.order"}
END = {"id": "end", "kind": "end", "bubbles": ['We look at {{ var.order | "it" }}.']}
HAND = {"id": "hand", "kind": "handover", "text": "One moment", "to": "nobody"}


@pytest.fixture
def page(acme, knocks):
    """A page that was connected just now, its reaction run."""
    with acme.scope():
        record(CHANNEL_CONNECTED, channel=acme.messenger.pk, kind="messenger", way="oauth")
    settle(acme, knocks)
    return knocks


def make_bot(house, *steps) -> ChatflowVersion:
    """A live one on the page. Inside the scope."""
    flow = Chatflow.objects.create(
        channel=house.messenger, name="Helper", kind=FlowKind.BOT, language="en", position=2
    )
    version = ChatflowVersion.objects.create(
        chatflow=flow,
        number=1,
        definition={"steps": list(steps or (ASK, NUMBER, END, HAND))},
        options={"typing_delay_ms": 500},
        published_at=timezone.now(),
    )
    flow.published, flow.status = version, FlowStatus.LIVE
    flow.save()
    return version


def settle(house, simulator) -> None:
    for _round in range(4):
        simulator.hooks.wait()
        understand_mail()
        with house.scope():
            ReactionDue.objects.update(run_at=timezone.now())
        tasks.run_reactions()


def said(simulator) -> list[tuple[str, list[str]]]:
    """What the page wrote, as Meta took it: the words and the titles of the quick replies."""
    told = [one["message"] for one in simulator.world.taken]
    return [(one["text"], [reply["title"] for reply in one.get("quick_replies", [])]) for one in told]


def test_a_connected_page_answers_at_once(acme, page):
    """FM-2: the chatflow is made, enabled and primary; it says one message, once, and the team goes on."""
    with acme.scope():
        flow = Chatflow.objects.get(channel=acme.messenger)
        assert (flow.kind, flow.template, flow.status, flow.is_primary) == ("live", "instant", "live", True)
    customer = page.customer(PAGE, PERSON)
    customer.say("Do you ship to Belgium?")
    settle(acme, page)
    customer.say("And to Spain?")
    settle(acme, page)
    with acme.scope():
        event = Event.objects.get(type=CONVERSATION_STARTED)
        ReactionDue.objects.create(event=event, name="chatflows.reactions.meet")
    settle(acme, page)
    assert len(said(page)) == 1
    with acme.scope():
        conversation = Conversation.objects.get()
        reply = conversation.messages.get(direction="out")
        assert reply.author_kind == "bot"
        assert reply.delivery in ("sent", "delivered")
        assert conversation.waiting_since is not None, "they still wait for a person"


def test_a_bot_talks_by_quick_replies(acme, ben, page):
    """FM-2 and RT-10: the primary one has it before anybody is given it; buttons come back as answers."""
    with acme.scope():
        actions.make_primary(make_bot(acme).chatflow)
        set_rule(acme.messenger, mode=RoutingMode.PEOPLE, members=[ben])
        Member.objects.filter(pk=ben.pk).update(availability=Availability.AVAILABLE)
    customer = page.customer(PAGE, PERSON)
    customer.say("Hello")
    settle(acme, page)
    assert said(page) == [("What is it about?", ["Something does not…", "A person"])]
    with acme.scope():
        conversation = Conversation.objects.get()
        assert conversation.bot_since is not None
        assert conversation.assignee_id is None
    quick = page.world.taken[0]["message"]["quick_replies"]
    assert [one["payload"] for one in quick] == ["broken", "human"]
    customer.say("Something does not…", payload="broken")
    settle(acme, page)
    customer.say("4711")
    settle(acme, page)
    assert [words for words, _titles in said(page)[1:]] == ["Which order?", "We look at 4711."]
    with acme.scope():
        assert FlowSession.objects.get().outcome == "completed"


def test_a_link_chooses_the_chatflow(acme, page):
    """FM-3: by whichever of its versions the link was made; what it does not know leads to the primary one."""
    with acme.scope():
        version = make_bot(acme)
        ref = str(version.public_id)
        actions.draft_of(version.chatflow, by=None)
        actions.publish(version.chatflow, by=None)
        assert find_named(acme.messenger, ref).number == 2
        assert find_named(acme.messenger, "summer") is None
        assert find_named(acme.chat, ref) is None
    page.customer(PAGE, PERSON).start(ref=ref)
    settle(acme, page)
    assert [words for words, _titles in said(page)] == ["What is it about?"]
    page.customer(PAGE, "600700801").start(ref="summer")
    settle(acme, page)
    assert len(said(page)) == 2
    with acme.scope():
        assert FlowSession.objects.get().version.number == 2
        actions.pause(version.chatflow)
        assert find_named(acme.messenger, ref) is None


def test_a_link_in_a_thread_that_stands(acme, ada, page):
    """FM-3: the bot opens by itself and answers what is written next; not where a person has them (BE-9)."""
    with acme.scope():
        ref = str(make_bot(acme).public_id)
    customer = page.customer(PAGE, PERSON)
    customer.say("Hello")
    settle(acme, page)
    come = {"referral": {"ref": ref, "source": "SHORTLINK"}}
    page.hooks.tell(customer.page, customer.person, **come)
    settle(acme, page)
    customer.say("A person")
    settle(acme, page)
    assert [words for words, _titles in said(page)[1:]] == ["What is it about?", "One moment"]
    with acme.scope():
        event = Event.objects.get(type=MESSENGER_REFERRED)
        ReactionDue.objects.create(event=event, name="chatflows.reactions.refer")
        assign(Conversation.objects.get(), to=ada, by=ada)
    page.hooks.tell(customer.page, customer.person, **come)
    settle(acme, page)
    with acme.scope():
        assert FlowSession.objects.count() == 1
    assert len(said(page)) == 3


def test_no_machine_speaks_after_a_day(acme, page):
    """FM-6: what reaches us late is left to people."""
    with acme.scope():
        actions.make_primary(make_bot(acme).chatflow)
    late = int((timezone.now().timestamp() - 25 * 3600) * 1000)
    post(post_of(text("Hello", at=late)))
    settle(acme, page)
    assert said(page) == []
    with acme.scope():
        assert not FlowSession.objects.exists()
        assert Conversation.objects.get().bot_since is None


def test_a_bot_with_more_to_say_is_seen_typing(acme, ada, page, client_of):
    """BE-5. And the page of its options shows the link that leads to it."""
    with acme.scope():
        version = make_bot(acme, ASK | {"bubbles": ["Hello", "What is it about?"]}, NUMBER, END, HAND)
        flow = actions.make_primary(version.chatflow)
    customer = page.customer(PAGE, PERSON)
    customer.say("Good morning")
    settle(acme, page)
    with acme.scope():
        FlowSession.objects.exclude(due_at=None).update(due_at=timezone.now())
        walk = FlowSession.objects.get()
        for one in walk.waiting:
            one["at"] = timezone.now().isoformat()
        walk.save()
        speak(walk.pk)
    settle(acme, page)
    told = [one.get("action") or one["text"] for one in customer.person.said if one["by"] == "page"]
    assert told == ["Hello", "typing_on", "What is it about?"]
    shown = client_of(ada).get(f"/w/acme/chatflows/{flow.pk}/options/", follow=True).content.decode()
    assert f"https://m.me/{PAGE}?ref={version.public_id}" in shown


def test_two_workers_keep_to_the_order(acme, ben, page, monkeypatch):
    """RT-10: whoever gives out waits in the data until the bot has met it, in whichever worker that is."""
    with acme.scope():
        actions.make_primary(make_bot(acme).chatflow)
        set_rule(acme.messenger, mode=RoutingMode.PEOPLE, members=[ben])
        Member.objects.filter(pk=ben.pk).update(availability=Availability.AVAILABLE)
    page.customer(PAGE, PERSON).say("Hello")
    page.hooks.wait()
    begun, go_on, real = threading.Event(), threading.Event(), dispatch._functions[actions.MEET]

    @wraps(real)
    def slow(event):
        begun.set()
        assert go_on.wait(20)
        real(event)

    monkeypatch.setitem(dispatch._functions, actions.MEET, slow)
    understand_mail()
    first = threading.Thread(target=worker_turn)
    first.start()
    assert begun.wait(20)
    tasks.run_reactions()  # the other worker, meanwhile
    with acme.scope():
        conversation = Conversation.objects.get()
        assert not conversation.decisions.exists()
        assert "conversations.routing.route_started" in ReactionDue.objects.values_list("name", flat=True)
    go_on.set()
    first.join(20)
    settle(acme, page)
    with acme.scope():
        conversation.refresh_from_db()
        assert conversation.bot_since is not None
        assert conversation.assignee_id is None
        assert conversation.detail.flow_version == FlowSession.objects.get().version_id


def worker_turn() -> None:
    try:
        tasks.run_reactions()
    finally:
        connections.close_all()
