"""The two kinds of connected person, as the hub sees them: something to push frames to."""

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async

BUFFER = 256  # frames a slow reader may be behind before it is closed and starts over (SECURITY 2.5)


_latest: tuple[dict | None, dict] = (None, {})


def encoded(frame: dict) -> dict:
    """The message that carries a frame. One that is pushed to many in a row is encoded once."""
    global _latest
    if _latest[0] is not frame:
        _latest = (frame, {"type": "websocket.send", "text": json.dumps(frame, ensure_ascii=False)})
    return _latest[1]


class Peer:
    """A socket's outgoing side: bounded, written by a task of its own, so that a slow reader delays nobody."""

    def __init__(self, send: Callable) -> None:
        self.queue: asyncio.Queue[dict] = asyncio.Queue(BUFFER)
        self._send = send
        self.closing = False

    def push(self, frame: dict[str, Any]) -> None:
        if self.closing:
            return
        try:
            self.queue.put_nowait(encoded(frame))
        except asyncio.QueueFull:
            self.close(1013)

    def close(self, code: int) -> None:
        if self.closing:
            return
        self.closing = True
        # What waits is dropped: whoever comes back is told it again, and a slow reader would hear of its end last.
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait({"type": "websocket.close", "code": code})

    async def write(self) -> None:
        """Send what is pushed until the socket is closed."""
        while True:
            frame = await self.queue.get()
            try:
                await self._send(frame)
            except (RuntimeError, OSError):  # the other side went away in between
                return
            if frame["type"] == "websocket.close":
                return


class MemberPeer(Peer):
    def __init__(self, send: Callable, reader) -> None:
        super().__init__(send)
        self.reader = reader
        # Presence: which conversation this tab shows, as whom, and whom it was last told to be there too.
        self.tab = secrets.token_hex(6)
        self.reading: int | None = None
        self.person: dict = {}
        self.typed_at = 0.0
        self.company: list[dict] = []


class VisitorPeer(Peer):
    """A visitor's tab. It is behind by sequence, and catches up by it."""

    def __init__(
        self, send: Callable, visitor_id: int, since: Callable[[int | None, str | None, int], dict | None]
    ):
        super().__init__(send)
        self.visitor_id = visitor_id
        self.conversation: str | None = None
        self.conversation_id: int | None = None
        self.seq = 0
        self.state: dict = {}
        self._since = database_sync_to_async(since, thread_sensitive=False)
        self._turn = asyncio.Lock()

    def has(self, conversation_id: int, seq: int) -> bool:
        """Whether this tab holds that message already: its own sender need not be told by the bell."""
        return 0 < seq <= self.seq and conversation_id == self.conversation_id

    def sent(self, conversation_id: int, ack: dict) -> bool:
        """Note the acknowledgement of a message of this tab. False when something before it is missing here."""
        follows = ack["conversation"] == self.conversation and ack["seq"] == self.seq + 1
        if follows:
            self.conversation_id, self.seq = conversation_id, ack["seq"]
        return follows or (ack["conversation"] == self.conversation and ack["seq"] <= self.seq)

    async def catch_up(self, conversation_id: int | None = None, *, kind: str = "messages") -> None:
        """Push what is new in the conversation on screen; a first conversation that began meanwhile becomes it."""
        async with self._turn:
            news = await self._since(conversation_id, self.conversation, self.seq)
            if news is None:
                return
            self.conversation = news["conversation"]
            self.seq = max([self.seq, *(message["seq"] for message in news["messages"])])
            state = {key: value for key, value in news.items() if key != "messages"}
            if news["messages"] or kind == "ready" or state != self.state:
                self.push({"t": kind, **news})
            self.state = state

    async def ping(self) -> None:
        async with self._turn:
            news = await self._since(None, self.conversation, self.seq)
            self.push({"t": "ping", "head": news["head"] if news else 0})
            if not news or news["conversation"] != self.conversation or news["messages"]:
                return
            state = {key: value for key, value in news.items() if key != "messages"}
            if state != self.state:  # who answers went away, say: no bell rings for that here
                self.push({"t": "messages", **news})
            self.state = state
