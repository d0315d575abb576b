"""T051: how much one request may carry."""

import http.client
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from config.body import at_most


async def answer(most: int, *chunks: bytes, **headers) -> tuple[int, int]:
    """(status, chunks that were read) of a body sent piece by piece."""
    sent, read = [], iter(range(len(chunks)))
    count = 0

    async def application(scope, receive, send):
        more = True
        while more:
            more = (await receive())["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive():
        nonlocal count
        at = next(read)
        count = at + 1
        return {"type": "http.request", "body": chunks[at], "more_body": at + 1 < len(chunks)}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    await at_most(application, most)(scope, receive, send)
    return sent[0]["status"], count


@pytest.mark.asyncio
async def test_a_body_within_the_limit_passes():
    assert await answer(10, b"12345", b"67890") == (200, 2)


@pytest.mark.asyncio
async def test_reading_stops_at_the_limit_whatever_was_declared():
    assert await answer(10, b"12345", b"678901", b"more", b"and more") == (413, 2)
    assert await answer(10, b"123456", b"678901", **{"content-length": "2"}) == (413, 2)


@pytest.mark.asyncio
async def test_a_declared_length_is_enough_to_refuse():
    assert await answer(10, b"1", **{"content-length": "11"}) == (413, 0)
    assert await answer(10, b"1", **{"content-length": "-1"}) == (200, 1)


@pytest.mark.django_db(transaction=True)
def test_the_site_itself_refuses(live):
    line = http.client.HTTPConnection(urlsplit(live).netloc, timeout=10)
    line.putrequest("POST", "/live/files/")
    line.putheader("Content-Length", str(settings.LARGEST_REQUEST + 1))
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()
