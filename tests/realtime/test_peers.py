"""What one connected tab is told."""

import asyncio
import json

from realtime.peers import VisitorPeer


def standing(here: bool, **fields) -> dict:
    agent = {"name": "Nora", "here": here}
    return {"conversation": "c", "head": 2, "closed": False, "agent": agent, "messages": []} | fields


def told(*standings: dict) -> list[dict]:
    """What a tab that knows the first of these is told by heartbeats that find the others."""
    left = list(standings)

    async def beat():
        peer = VisitorPeer(None, 7, lambda *_asked: left.pop(0))
        await peer.catch_up(kind="ready")
        for _ in standings[1:]:
            await peer.ping()
        return [json.loads(peer.queue.get_nowait()["text"]) for _ in range(peer.queue.qsize())][1:]

    return asyncio.run(beat())


def test_somebody_who_went_away_is_not_shown_as_here():
    """PR-1: no bell rings for a visitor when a member's state changes; the heartbeat notices."""
    frames = told(standing(True), standing(True), standing(False), standing(False))
    assert [frame["t"] for frame in frames] == ["ping", "ping", "messages", "ping"]
    assert frames[2]["agent"]["here"] is False


def test_a_heartbeat_leaves_missed_messages_to_be_asked_for():
    frames = told(standing(True), standing(True, head=3, messages=[{"seq": 3}]))
    assert [frame["t"] for frame in frames] == ["ping"]
    assert frames[0]["head"] == 3
