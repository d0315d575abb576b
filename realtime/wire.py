"""What both sockets share: who may open one, what a frame is, and how frames are heard."""

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

from realtime.peers import Peer
from workspaces.network import real_address

LARGEST = 64 * 1024
PER_TEN_SECONDS = 40


class Refused(Exception):
    """Close the socket with this code."""

    def __init__(self, code: int):
        self.code = code


def same_origin(scope) -> bool:
    """Sockets are opened by our own pages only: a missing or foreign Origin is refused (T060)."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin == settings.SITE_URL:
        return True
    if not (settings.DEBUG or settings.TESTING):
        return False
    parts = urlsplit(origin)
    return parts.netloc == headers.get(b"host", b"").decode("latin-1") and parts.hostname in (
        "127.0.0.1",
        "localhost",
    )


def address_of(scope) -> str:
    """The address that limits count."""
    peer = (scope.get("client") or ("unknown",))[0]
    forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
    return real_address(peer, forwarded, settings.TRUSTED_PROXY_COUNT)


def frame_of(message: dict) -> dict | None:
    """The frame in a message, or None when the socket closed. Raises Refused for one that is no frame of ours (T070)."""
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    if text is None or len(text) > LARGEST:
        raise Refused(1009 if text else 1003)
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(1007) from None
    if not isinstance(frame, dict):
        raise Refused(1007)
    return frame


async def listen(receive: Callable, room, peer: Peer, handle: Callable) -> None:
    """Hand frames to `handle` until the socket closes, from whichever side; a flood closes it."""
    window, count = time.monotonic(), 0
    while not peer.closing:
        frame = frame_of(await receive())
        if frame is None:
            return
        count += 1
        if count > PER_TEN_SECONDS and time.monotonic() - window > 10:
            window, count = time.monotonic(), 1
        if count > PER_TEN_SECONDS:
            peer.close(1008)
            return
        await handle(room, peer, frame)
