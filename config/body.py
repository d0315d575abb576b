"""How much a request may carry: counted while it is read, before anything of it is written down (T051)."""

import json

from django.conf import settings

REFUSAL = json.dumps({"error": "too_large"}).encode()


class TooLarge(Exception):
    pass


def at_most(application, most: int | None = None):
    """Wrap an ASGI application: a longer body is answered with 413, whatever its Content-Length said."""

    async def limited(scope, receive, send):
        limit = most or settings.LARGEST_REQUEST
        if declared(scope) > limit:
            return await refuse(send)
        read = 0
        answered = False

        async def counting():
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLarge
            return message

        async def watching(message):
            nonlocal answered
            answered = True
            await send(message)

        try:
            await application(scope, counting, watching)
        except TooLarge:
            if not answered:
                await refuse(send)

    return limited


def declared(scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


async def refuse(send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(REFUSAL)).encode()),
        (b"cache-control", b"no-store"),
        # The rest of what is being sent is not waited for.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSAL})
