"""The visitor's line where sockets do not get through: a request that is answered when there is something (CT-12).

A plain ASGI application like the sockets, and for the same reason: Django's middleware would hold a thread for as long as
a visitor waits. While it waits it holds neither a thread nor a connection to the database.
"""

import asyncio
import contextlib
import hashlib
import json
from urllib.parse import parse_qsl

import structlog

from chatflows.widget import limits
from chatflows.widget.door import KEY_HEADER, TOKEN_HEADER, number
from realtime.hub import hub, in_thread
from realtime.peers import VisitorPeer
from realtime.sockets import admit, news

log = structlog.get_logger(__name__)

LONGEST = 20.0
FIXED = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]


class Waiter(VisitorPeer):
    """One waiting request, as the hub sees it: the first frame with news answers it."""

    def __init__(self, visitor_id: int, since) -> None:
        super().__init__(None, visitor_id, since)
        self.rung = asyncio.Event()
        self.standing: dict = {}

    def push(self, frame: dict) -> None:
        if frame["t"] in ("ready", "messages"):
            self.standing = {key: value for key, value in frame.items() if key != "t"}
            self.rung.set()

    def close(self, code: int) -> None:
        self.closing = True
        self.rung.set()

    async def ping(self) -> None:
        """It is never older than its own patience; the heartbeat has nothing to add."""

    @property
    def mark(self) -> str:
        """The name of what the other side knows beside the messages: closed or not, who answers, what was read."""
        return hashlib.sha256(json.dumps(self.state, sort_keys=True).encode()).hexdigest()[:12]


async def wait(scope, receive, send) -> None:
    """GET ?conversation=&after=&mark=&wait= with the key and the token in headers: as GET messages/, when it is worth it."""
    try:
        status, answer = await _answer(scope, receive)
    except limits.Limited as limited:
        status, answer = 429, {"error": "limited", "retry_after": limited.retry_after}
    except Exception:  # the database is away, say: the other side asks again
        log.exception("wait_failed")
        status, answer = 503, {"error": "unavailable"}
    body = json.dumps(answer, ensure_ascii=False).encode()
    headers = [*FIXED, (b"content-length", str(len(body)).encode())]
    with contextlib.suppress(OSError, RuntimeError):  # gone meanwhile
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _answer(scope, receive) -> tuple[int, dict]:
    if scope["method"] != "GET":
        return 405, {"error": "method"}
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    hello = {"key": given.get(KEY_HEADER.lower(), ""), "token": given.get(TOKEN_HEADER.lower(), "")}
    admitted = await in_thread(_let_in)(hello)
    if admitted is None:
        return 404, {"error": "session"}
    door, visitor = admitted
    waiter = Waiter(visitor.pk, lambda pk, public, seq: news(door, visitor, pk, public, seq))
    waiter.conversation, waiter.seq = asked.get("conversation") or None, number(asked.get("after", 0))
    room = await hub.join(door.workspace_id)
    room.visitors[visitor.pk].add(waiter)  # before it looks: what happens meanwhile is heard
    try:
        await waiter.catch_up(kind="ready")
        if not waiter.standing:
            return 404, {"error": "conversation"}
        if not waiter.standing["messages"] and waiter.mark == asked.get("mark"):
            await _doze(waiter, receive, min(LONGEST, number(asked.get("wait", 0))))
    finally:
        room.visitors[visitor.pk].discard(waiter)
        if not room.visitors[visitor.pk]:
            del room.visitors[visitor.pk]
        await hub.leave(room)
    if waiter.closing:
        return 404, {"error": "session"}
    return 200, waiter.standing | {"mark": waiter.mark}


def _let_in(hello: dict):
    admitted = admit(hello)
    if admitted:
        limits.take(limits.READ_BY_VISITOR, admitted[1].pk)
    return admitted


async def _doze(waiter: Waiter, receive, seconds: float) -> None:
    """Until somebody rings, the time is up or the other side leaves; the last look needs no bell."""
    waiter.rung.clear()
    rung = asyncio.create_task(waiter.rung.wait())
    left = asyncio.create_task(_until_left(receive))
    try:
        await asyncio.wait({rung, left}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (rung, left):
            task.cancel()
    if not waiter.rung.is_set() and not left.done():
        await waiter.catch_up(kind="ready")


async def _until_left(receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
