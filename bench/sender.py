"""Visitors and agents who write whatever happens, and a ledger of what they were told stands.

They speak as the panel and the pages do: a message keeps its id until it is acknowledged, whatever carries it.
"""

import asyncio
import json
import random
import re
import uuid
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ANSWER_WITHIN = 8.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CSRF = "ledger" * 5 + "xx"


class Ledger:
    """One line an acknowledgement, on disk before the next message is sent."""

    def __init__(self, path: Path):
        self.file = path.open("a")

    def note(self, **line) -> None:
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()


class Site:
    """Plain requests, off the loop, each from the address of who asks."""

    def __init__(self, port: int, key: str, slug: str):
        self.port, self.key, self.slug = port, key, slug
        self.origin = f"http://localhost:{port}"

    async def ask(
        self, path: str, headers: dict, body: bytes | None = None, address: str = "127.0.0.1"
    ) -> tuple[int, bytes, dict]:
        """Status, body and headers; 0 when there was no answer."""
        return await asyncio.to_thread(self._ask, path, headers, body, address)

    def _ask(self, path: str, headers: dict, body: bytes | None, address: str) -> tuple[int, bytes, dict]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_WITHIN, source_address=(address, 0))
        with closing(line):
            try:
                named = {"Host": f"localhost:{self.port}"} | headers
                line.request("POST" if body else "GET", path, body, named)
                answer = line.getresponse()
                return answer.status, answer.read(), dict(answer.headers)
            except (OSError, HTTPException):
                return 0, b"", {}


class Visitor:
    """A browser: one message after the other, over a socket or by requests, each until it is acknowledged."""

    def __init__(self, number: int, token: str, site: Site, ledger: Ledger, rng: random.Random):
        self.name, self.token, self.site, self.ledger, self.rng = (
            f"visitor {number}",
            token,
            site,
            ledger,
            rng,
        )
        # From one address only so many chats an hour may begin (chatflows/widget/limits.py).
        self.address = f"127.0.1.{1 + number % 250}"
        self.conversation: str | None = None
        self.view: dict[int, str] = {}  # what this tab shows: number -> text
        self.socket: ClientConnection | None = None
        self.tries = 0
        self.said: object = None  # why the last try did not succeed

    async def run(self, times: list[float], began: float) -> None:
        for number, at in enumerate(times):
            await asyncio.sleep(max(0, began + at - asyncio.get_running_loop().time()))
            await self.deliver(str(uuid.UUID(int=self.rng.getrandbits(128))), f"{self.name} says {number}")

    async def deliver(self, client_id: str, body: str) -> None:
        message = {"client_id": client_id, "body": body, "conversation": self.conversation}
        while True:
            self.tries += 1
            try:
                ack, wait = await (self._by_socket if self.rng.random() < 0.6 else self._by_request)(message)
            except (OSError, TimeoutError, WebSocketException) as error:
                ack, wait, self.said = None, 0.3, repr(error)
                await self.hang_up()
            if ack:
                break
            await asyncio.sleep(wait * (0.5 + self.rng.random()))
        assert ack["client_id"] == client_id
        self.conversation = ack["conversation"]
        self.view[ack["seq"]] = body
        self.ledger.note(
            who=self.name, client_id=client_id, conversation=ack["conversation"], seq=ack["seq"], body=body
        )

    # Both return (acknowledgement, 0) or (None, seconds to wait).

    async def _by_socket(self, message: dict) -> tuple[dict | None, float]:
        socket = self.socket or await self.call()
        await socket.send(json.dumps({"t": "send"} | message))
        async with asyncio.timeout(ANSWER_WITHIN):
            while True:
                frame = json.loads(await socket.recv())
                self._show(frame)
                if frame["t"] == "ack" and frame["client_id"] == message["client_id"]:
                    return frame, 0
                if frame["t"] == "refused":
                    assert frame["reason"] == "limited", frame
                    self.said = frame
                    return None, frame["retry_after"]

    async def _by_request(self, message: dict) -> tuple[dict | None, float]:
        status, raw, headers = await self.site.ask(
            "/live/messages/", self._headers(), json.dumps(message).encode(), self.address
        )
        if status == 200:
            return json.loads(raw), 0
        assert status in (0, 429) or status >= 500, (status, raw[:200])
        self.said = status, raw[:200]
        return None, float(headers.get("Retry-After", 0.3))

    def _headers(self) -> dict:
        return {
            "Content-Type": "application/json",
            "X-Parley-Key": self.site.key,
            "X-Parley-Visitor": self.token,
        }

    async def call(self) -> ClientConnection:
        """Open a socket and resume after the last number up to which this tab is complete."""
        socket = await connect(
            self.site.origin.replace("http", "ws") + "/live/visitor/",
            origin=self.site.origin,
            host="127.0.0.1",
            local_addr=(self.address, 0),
            open_timeout=ANSWER_WITHIN,
            close_timeout=1,
            compression=None,
        )
        self.socket = socket
        hello = {"key": self.site.key, "token": self.token, "conversation": self.conversation}
        await socket.send(json.dumps({"t": "hello", "after": self.complete_to()} | hello))
        async with asyncio.timeout(ANSWER_WITHIN):
            while True:
                frame = json.loads(await socket.recv())
                self._show(frame)
                if frame["t"] == "ready":
                    return socket

    def complete_to(self) -> int:
        number = 0
        while number + 1 in self.view:
            number += 1
        return number

    def _show(self, frame: dict) -> None:
        for message in frame.get("messages", ()):
            self.view[message["seq"]] = message["body"]

    async def look(self) -> dict[int, str]:
        """Resume once more, as after a lost network, and return everything this tab shows now."""
        await self.hang_up()
        await self.call()
        await self.hang_up()
        return self.view

    async def hang_up(self) -> None:
        socket, self.socket = self.socket, None
        if socket:
            await socket.close()


class Agent:
    """A signed-in member who answers conversations on the pages, each reply until the page takes it."""

    def __init__(self, name: str, session: str, site: Site, ledger: Ledger, rng: random.Random):
        self.name, self.site, self.ledger, self.rng = name, site, ledger, rng
        cookie = f"parley={session}; parley-csrf={CSRF}"
        self.headers = {"Cookie": cookie, "X-CSRFToken": CSRF, "HX-Request": "true"} | FORM
        self.tries = 0
        self.said: object = None

    async def run(self, times: list[float], began: float) -> None:
        for number, at in enumerate(times):
            await asyncio.sleep(max(0, began + at - asyncio.get_running_loop().time()))
            body = f"{self.name} answers {number}"
            fields = {"body": body, "client_id": str(uuid.UUID(int=self.rng.getrandbits(128)))}
            pk = await self._choose()
            await self._until_it_stands(
                f"/w/{self.site.slug}/conversations/{pk}/replies/", urlencode(fields).encode()
            )
            self.ledger.note(who=self.name, client_id=fields["client_id"], pk=int(pk), body=body)

    async def _choose(self) -> str:
        """A conversation that the list shows."""
        while True:
            page = await self._until_it_stands(f"/w/{self.site.slug}/inbox/open/")
            shown = re.findall(rb'id="row-(\d+)"', page)
            if shown:
                return self.rng.choice(shown).decode()
            await asyncio.sleep(0.3)

    async def _until_it_stands(self, path: str, body: bytes | None = None) -> bytes:
        while True:
            self.tries += 1
            status, answer, _headers = await self.site.ask(path, self.headers, body)
            if status == 200:
                return answer
            assert status in (0, 429) or status >= 500, (path, status, answer[:300])
            self.said = status, answer[:200]
            await asyncio.sleep(0.2 + 0.3 * self.rng.random())
