"""Meta's posts, as a plain ASGI application like the sockets (P10): what waits is committed together, and no thread is held.

Django's middleware has nothing to do here: no cookie, no page, no person; the signature says who it is.
"""

import contextlib

import structlog

from channels_app.messenger import signature
from channels_app.messenger.webhooks import TAKEN, Knock, take_many
from realtime.batcher import Batcher
from realtime.hub import in_thread

log = structlog.get_logger(__name__)

PREFIX = "/live/messenger/"
# Two at a time: while one waits for its commit, the next is read.
_batcher = Batcher(in_thread(take_many), workers=2, most=100)


def is_ours(scope) -> bool:
    """POST to the installation's door, or to that of one's own app."""
    return scope["method"] == "POST" and scope["path"].startswith(PREFIX) and scope["path"].count("/") < 5


async def take(scope, receive, send) -> None:
    status = await _answer(scope, receive)
    body = TAKEN.encode() if status == 200 else b""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    with contextlib.suppress(OSError, RuntimeError):  # gone meanwhile
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _answer(scope, receive) -> int:
    if not signature.is_there(scope["headers"]):
        return 403  # before anything of it is read
    body = await _body(receive)
    if body is None:
        return 400
    try:
        key = scope["path"].removeprefix(PREFIX).strip("/")
        return await _batcher.submit(Knock(key, body, scope["headers"]))
    except Exception:  # the database is away, say: Meta posts it again
        log.exception("messenger_post_failed")
        return 503


async def _body(receive) -> bytes | None:
    """None when the other side went away in the middle of it."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
