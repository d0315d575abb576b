"""The two kinds of connected person, as the hub sees them: something to push frames to."""

import asyncio
import hashlib
import json
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any

BUFFER = 256  # frames a slow reader may be behind before it is closed and starts over
GONE = (RuntimeError, OSError)  # the other side went away in between

_encode = json.JSONEncoder(ensure_ascii=False).encode
_latest: tuple[dict | None, dict] = (None, {})
_lagging: set[asyncio.Task] = set()


def encoded(frame: dict) -> dict:
    """The message that carries a frame. One that is pushed to many in a row is encoded once."""
    global _latest
    if _latest[0] is not frame:
        _latest = (frame, {"type": "websocket.send", "text": _encode(frame)})
    return _latest[1]


class Begun:
    """The rest of a coroutine whose first step was taken by hand."""

    __slots__ = ("awaited", "coroutine")

    def __init__(self, coroutine: Coroutine, awaited: Any) -> None:
        self.coroutine, self.awaited = coroutine, awaited

    def __await__(self) -> Generator:
        try:
            while True:
                yield self.awaited
                self.awaited = self.coroutine.send(None)
        except StopIteration:
            return
        finally:
            self.coroutine.close()


class Peer:
    """A socket's outgoing side. A reader that keeps up costs no task and no queue: the frame goes to the transport at
    once. While the transport is backed up, a bounded line and a task of its own stand in: a slow reader delays nobody.
    """

    __slots__ = ("_line", "_send", "closing")

    def __init__(self, send: Callable) -> None:
        self._send = send
        self._line: deque[dict] | None = None  # only while the transport is backed up
        self.closing = False

    def push(self, frame: dict[str, Any]) -> None:
        self.put(encoded(frame))

    def put(self, message: dict) -> None:
        """Push what is encoded already, for many."""
        if self.closing:
            return
        if self._line is not None:
            return self._queue(self._line, message)
        sending = self._send(message)
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except GONE:
            self.closing = True
            return
        self._line = deque()
        task = asyncio.get_running_loop().create_task(self._drain(Begun(sending, awaited)))
        _lagging.add(task)
        task.add_done_callback(_lagging.discard)

    def _queue(self, line: deque[dict], message: dict) -> None:
        if len(line) < BUFFER:
            line.append(message)
        else:
            self.close(1013)

    def close(self, code: int) -> None:
        if self.closing:
            return
        message = {"type": "websocket.close", "code": code}
        if self._line is None:
            self.put(message)
        else:
            # What waits is dropped: whoever comes back is told it again, and a slow reader would hear of its end last.
            self._line.clear()
            self._line.append(message)
        self.closing = True

    async def _drain(self, first: Begun) -> None:
        try:
            await first
            while self._line:
                await self._send(self._line.popleft())
        except GONE:
            self.closing = True
        finally:
            self._line = None


class MemberPeer(Peer):
    __slots__ = ("company", "person", "reader", "reading", "skipped", "tab", "typed_at")

    def __init__(self, send: Callable, reader) -> None:
        super().__init__(send)
        self.reader = reader
        # Presence: which conversation this tab shows, as whom, and whom it was last told to be there too.
        self.tab = secrets.token_hex(6)
        self.reading: int | None = None
        self.person: dict = {}
        self.typed_at = 0.0
        self.company: list[dict] = []
        self.skipped = Skipped()


class Skipped:
    """Of which conversations a tab was told in short, and since which event; what it shows it is told in full.

    Bounded: past `most`, the oldest are forgotten one by one, and any conversation may be among those.
    """

    __slots__ = ("first", "forgotten", "most", "shows")

    def __init__(self, most: int = 1000) -> None:
        # Stays when the tab is hidden: what it shows is still there when somebody looks again.
        self.shows: int | None = None
        self.first: dict[int, int] = {}
        self.forgotten = 0
        self.most = most

    def note(self, conversation_id: int, event_id: int) -> None:
        if conversation_id in self.first:
            return
        if len(self.first) >= self.most:
            oldest = self.first.pop(next(iter(self.first)))
            self.forgotten = min(self.forgotten or oldest, oldest)
        self.first[conversation_id] = event_id

    def take(self, conversation_id: int) -> int:
        """The first event that was told in short, 0 when there was none."""
        known = self.first.pop(conversation_id, 0)
        return min(known, self.forgotten) if known and self.forgotten else known or self.forgotten


class VisitorPeer(Peer):
    """A visitor's tab. It is behind by sequence, and catches up by it."""

    __slots__ = (
        "_look",
        "_looking",
        "address",
        "conversation",
        "conversation_id",
        "door",
        "guest",
        "mark",
        "held",
        "sending",
        "seq",
    )

    def __init__(self, send: Callable | None, door, guest, look: Callable) -> None:
        """`look(peer, conversation id)` returns (id, news) or None (chatflows/widget/news)."""
        super().__init__(send)  # type: ignore[arg-type]  # a waiting request has no socket, and pushes elsewhere
        self.door, self.guest, self.address = door, guest, ""
        self.conversation: str | None = None
        self.conversation_id: int | None = None
        self.seq = 0
        self.mark = ""
        # The bell of a message may be heard before its own acknowledgement: it waits until that is told.
        self.sending = False
        self.held: tuple[tuple[int, int], ...] = ()
        self._look = look
        self._looking: asyncio.Future | None = None

    def lacks(self, conversation_id: int, seq: int) -> bool:
        """Whether a bell may change what is on screen here; 0 is the number of what is no message.

        A message that this tab holds already, its own above all, need not be told.
        """
        if self.conversation_id not in (None, conversation_id):
            return False
        return not 0 < seq <= self.seq or conversation_id != self.conversation_id

    def sent(self, conversation_id: int, ack: dict) -> bool:
        """Note the acknowledgement of a message of this tab. False when something before it is missing here."""
        follows = ack["conversation"] == self.conversation and ack["seq"] == self.seq + 1
        if follows:
            self.conversation_id, self.seq = conversation_id, ack["seq"]
        return follows or (ack["conversation"] == self.conversation and ack["seq"] <= self.seq)

    async def catch_up(self, conversation_id: int | None = None, *, kind: str = "messages") -> None:
        """Push what is new in the conversation on screen; a first conversation that began meanwhile becomes it."""
        while self._looking is not None:  # one look at a time: what is told twice would be told for nothing
            await self._looking
        self._looking = asyncio.get_running_loop().create_future()
        try:
            found = await self._look(self, conversation_id)
            if found is not None:
                self.tell(*found, kind=kind)
        finally:
            looking, self._looking = self._looking, None
            looking.set_result(None)

    def tell(self, conversation_id: int | None, news: dict, *, kind: str = "messages") -> None:
        self.conversation, self.conversation_id = news["conversation"], conversation_id
        self.seq = max([self.seq, *(message["seq"] for message in news["messages"])])
        mark = mark_of(news)
        if news["messages"] or kind == "ready" or mark != self.mark:
            self.push({"t": kind, **news})
        self.mark = mark

    def beat(self, news: dict | None) -> None:
        """The heartbeat: the head, and what moved beside the messages; those that were missed are asked for."""
        self.push({"t": "ping", "head": news["head"] if news else 0})
        if not news or news["conversation"] != self.conversation or news["head"] > self.seq:
            return
        mark = mark_of(news)
        if mark != self.mark:  # who answers went away, say: no bell rings for that here
            self.push({"t": "messages", **news})
        self.mark = mark


def mark_of(news: dict) -> str:
    """The name of what a tab knows beside the messages: closed or not, who answers, what was read."""
    state = {key: value for key, value in news.items() if key != "messages"}
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:12]
