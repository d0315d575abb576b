"""What one connected tab is told, and what becomes of one that does not read."""

import asyncio
import json

import pytest

from chatflows.widget.news import Guest
from realtime.peers import BUFFER, MemberPeer, Peer, Skipped, VisitorPeer


class Transport:
    """A socket's `send`: backed up while `open` is cleared, as a server's is."""

    def __init__(self):
        self.sent: list[dict] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: dict) -> None:
        await self.open.wait()
        self.sent.append(message)

    @property
    def frames(self) -> list[dict]:
        return [json.loads(message["text"]) for message in self.sent if "text" in message]


def standing(here: bool, **fields) -> dict:
    agent = {"name": "Nora", "here": here}
    return {"conversation": "c", "head": 2, "closed": False, "agent": agent, "messages": []} | fields


def told(*standings: dict) -> list[dict]:
    """What a tab that knows the first of these is told by heartbeats that find the others."""

    async def beat():
        transport = Transport()

        async def look(_peer, _conversation):
            return 1, standings[0]

        peer = VisitorPeer(transport.send, None, Guest(7, 1), look)
        peer.seq = 2
        await peer.catch_up(kind="ready")
        for one in standings[1:]:
            peer.beat(one)
        return transport.frames[1:]

    return asyncio.run(beat())


def test_somebody_who_went_away_is_not_shown_as_here():
    """PR-1: no bell rings for a visitor when a member's state changes; the heartbeat notices."""
    frames = told(standing(True), standing(True), standing(False), standing(False))
    assert [frame["t"] for frame in frames] == ["ping", "ping", "messages", "ping"]
    assert frames[2]["agent"]["here"] is False


def test_a_heartbeat_leaves_missed_messages_to_be_asked_for():
    frames = told(standing(True), standing(True, head=3))
    assert [frame["t"] for frame in frames] == ["ping"]
    assert frames[0]["head"] == 3


def test_two_looks_at_once_tell_a_message_once():
    async def story():
        transport, left = Transport(), [[{"seq": 3}], []]

        async def look(_peer, _conversation):
            await asyncio.sleep(0.01)
            return 1, standing(True, head=3, messages=left.pop(0))

        peer = VisitorPeer(transport.send, None, Guest(7, 1), look)
        await asyncio.gather(peer.catch_up(), peer.catch_up())
        return transport.frames

    assert [len(frame["messages"]) for frame in asyncio.run(story())] == [1]


def test_who_reads_is_written_to_at_once_and_in_order():
    async def story():
        transport = Transport()
        peer = Peer(transport.send)
        peer.push({"n": 0})
        assert transport.frames == [{"n": 0}]  # without a turn of the loop, without a task
        transport.open.clear()
        for n in range(1, 6):
            peer.push({"n": n})
        assert len(transport.sent) == 1
        transport.open.set()
        await asyncio.sleep(0.01)
        peer.push({"n": 6})
        return transport.frames

    assert asyncio.run(story()) == [{"n": n} for n in range(7)]


def test_who_never_reads_is_closed_and_what_waited_is_dropped():
    """T140: the line is bounded."""

    async def story():
        transport = Transport()
        peer = Peer(transport.send)
        transport.open.clear()
        for n in range(BUFFER * 3):
            peer.push({"n": n})
        assert peer.closing
        transport.open.set()
        await asyncio.sleep(0.01)
        return transport.sent

    first, last = asyncio.run(story())
    assert json.loads(first["text"]) == {"n": 0} and last == {"type": "websocket.close", "code": 1013}


@pytest.mark.parametrize("backed_up", [False, True])
def test_who_is_gone_is_noticed_and_harms_nobody(backed_up):
    async def story():
        transport = Transport()

        async def send(message):
            await transport.open.wait()
            raise ConnectionResetError

        if backed_up:
            transport.open.clear()
        peer = Peer(send)
        peer.push({"n": 1})
        peer.push({"n": 2})
        transport.open.set()
        await asyncio.sleep(0.01)
        return peer.closing

    assert asyncio.run(story())


def test_what_was_told_in_short_is_remembered_from_its_first_event():
    skipped = Skipped(most=3)
    for conversation, event in [(1, 10), (2, 11), (1, 12), (3, 13)]:
        skipped.note(conversation, event)
    assert [skipped.take(1), skipped.take(1)] == [10, 0]
    skipped.note(4, 14)
    skipped.note(5, 15)  # no room: the oldest, 2 since event 11, is forgotten, and so may be any
    assert len(skipped.first) == 3
    assert [skipped.take(5), skipped.take(2), skipped.take(99)] == [11, 11, 11]


def test_a_tab_costs_no_dictionary():
    """Thousands of them stand idle."""
    assert not hasattr(VisitorPeer(None, None, None, None), "__dict__")
    assert not hasattr(MemberPeer(None, None), "__dict__")


@pytest.mark.parametrize(
    ("bell", "lacks"),
    [((5, 3), False), ((5, 4), True), ((5, 0), True), ((6, 9), False)],
    ids=["its own", "a later one", "no message", "another conversation"],
)
def test_a_tab_looks_only_for_what_it_lacks(bell, lacks):
    peer = VisitorPeer(None, None, None, None)
    assert peer.lacks(*bell)  # nothing on screen yet: it may be the first
    peer.conversation, peer.conversation_id, peer.seq = "c", 5, 2
    assert peer.sent(5, {"conversation": "c", "seq": 3})
    assert peer.lacks(*bell) is lacks
