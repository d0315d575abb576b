"""The visitor's line where sockets do not get through: a request that is answered when there is something (CT-12).

A plain ASGI application like the sockets, and for the same reason: Django's middleware would hold a thread for as long as
a visitor waits. While it waits it holds neither a thread nor a connection to the database.
"""

import asyncio
import contextlib
import json
from urllib.parse import parse_qsl

import structlog

from chatflows.widget import limits
from chatflows.widget.door import KEY_HEADER, TOKEN_HEADER, number
from realtime.hub import hub, in_thread
from realtime.peers import VisitorPeer
from realtime.visitors import catch_up_with, door_of, enter, leave

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

    __slots__ = ("rung", "standing")

    def __init__(self, door) -> None:
        super().__init__(None, door, None, catch_up_with)
        self.rung = asyncio.Event()
        self.standing: dict = {}

    def push(self, frame: dict) -> None:
        if frame["t"] in ("ready", "messages"):
            self.standing = {key: value for key, value in frame.items() if key != "t"}
            self.rung.set()

    def close(self, code: int) -> None:
        self.closing = True
        self.rung.set()

    def beat(self, news: dict | None) -> None:
        """It is never older than its own patience; the heartbeat has nothing to add."""


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
    door, token = (
        await door_of({"key": given.get(KEY_HEADER.lower(), "")}),
        given.get(TOKEN_HEADER.lower(), ""),
    )
    if door is None or not token:
        return 404, {"error": "session"}
    waiter = Waiter(door)
    waiter.conversation, waiter.seq = asked.get("conversation") or None, number(asked.get("after", 0))
    room = await hub.join(door.workspace_id)
    try:
        if not await enter(room, waiter, token):
            return 404, {"error": "session"}
        await in_thread(limits.take)(limits.READ_BY_VISITOR, waiter.guest.pk)
        if not waiter.standing:
            return 404, {"error": "conversation"}
        if not waiter.standing["messages"] and waiter.mark == asked.get("mark"):
            await _doze(waiter, receive, min(LONGEST, number(asked.get("wait", 0))))
    finally:
        await leave(room, waiter)
    if waiter.closing:
        return 404, {"error": "session"}
    return 200, waiter.standing | {"mark": waiter.mark}


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
