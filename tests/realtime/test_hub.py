"""The hub and its Valkey: emptied, silent, slow to subscribe. Nothing is lost, and little is late."""

import asyncio
import os
import signal
import uuid
from types import SimpleNamespace

import pytest
from redis.asyncio.client import PubSub

from conversations.models import Message
from events import dispatch
from events.dispatch import valkey
from realtime import hub as its_module
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_valkey_without_memory_of_us_loses_nothing(visitor_line, session, acme):
    """P3: flushed in between, the message is there all the same."""
    with visitor_line(session[1]) as line:
        line.hear("ready")
        valkey().flushall()
        line.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        assert line.hear("ack")["seq"] >= 1
    with acme.scope():
        assert Message.objects.filter(direction="in").count() == 1


def test_while_valkey_sleeps_the_heartbeat_carries_what_happens(visitor_line, agent_line, session, acme, ben):
    """P3: a blackhole, not a closed door; chat goes on within five seconds."""
    with visitor_line(session[1]) as theirs, agent_line(ben) as ours:
        theirs.hear("ready"), ours.hear("ready")
        theirs.say(t="send", client_id=str(uuid.uuid4()), body="Before", conversation=None)
        conversation = theirs.hear("ack")["conversation"]
        pid = valkey().info("server")["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            theirs.say(t="send", client_id=str(uuid.uuid4()), body="Meanwhile", conversation=conversation)
            assert theirs.hear("ack")["seq"] == 3
            head = ours.hear("ping")["head"]
            ours.say(t="sync", after=head - 1)
            while "Meanwhile" not in (frame := ours.hear("event")).get("item", ""):
                pass
        finally:
            os.kill(pid, signal.SIGCONT)
            dispatch._silent_until = 0.0
        assert frame["unread"]


@pytest.mark.parametrize(
    ("previews", "sent", "heard"),
    [
        (False, "I wonder", ""),
        (True, "I  wonder\x00", "I wonder"),
        (True, "x" * 900, "x" * 500),
        (True, {"a": 1}, ""),
        ("yes", "I wonder", ""),
    ],
)
def test_what_is_being_written_is_relayed_only_where_the_channel_says_so(
    visitor_line, agent_line, session, acme, ben, previews, sent, heard
):
    """T069 the other way round: a panel that sends it unasked is not listened to."""
    with acme.scope():
        acme.chat.config = {"typing_preview": previews}
        acme.chat.save()
    with agent_line(ben) as ours, visitor_line(session[1]) as theirs:
        ours.hear("ready"), theirs.hear("ready")
        theirs.say(t="send", client_id=str(uuid.uuid4()), body="Hello", conversation=None)
        theirs.hear("ack")
        theirs.say(t="typing", on=True, text=sent)
        assert ours.hear("typing")["text"] == heard


def test_a_slow_first_subscription_is_made_once(visitor_line, agent_line, session, acme, ben, monkeypatch):
    """Two at once would make two connections and listen to one: the room would be deaf until the heartbeat."""
    subscribe = PubSub.subscribe

    async def slowly(self, *channels, **named):
        if self.connection is None:
            await asyncio.sleep(0.2)
        return await subscribe(self, *channels, **named)

    monkeypatch.setattr(PubSub, "subscribe", slowly)
    with agent_line(ben) as ours:
        ours.hear("ready")
        with acme.scope():
            make_conversation(acme)
        assert ours.hear("event")


def test_it_stops_when_what_it_awaits_swallows_the_cancellation(monkeypatch):
    """wait_for of Python 3.11 does, in the client too; a loop is cancelled once, so the process would never end."""
    monkeypatch.setattr(its_module, "RECHECK", 0.01)
    monkeypatch.setattr(its_module, "PING", 0.01)
    swallows = True

    async def swallow(**_named):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if not swallows:
                raise

    async def held_up() -> set[str]:
        nonlocal swallows
        hub = its_module.Hub()
        hub.start()
        hub.client = SimpleNamespace(ping=swallow)
        hub.pubsub = SimpleNamespace(subscribed=True, get_message=swallow)
        hub._ping_once = swallow
        await asyncio.sleep(0.2)
        for task in hub.tasks:
            task.cancel()
        _done, left = await asyncio.wait(hub.tasks, timeout=20)
        swallows = False  # so that this test ends in any case
        return {task.get_coro().__name__ for task in left}

    assert asyncio.run(held_up()) == set()
