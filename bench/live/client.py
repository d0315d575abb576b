"""A websocket client that costs little: what is measured is the server. Sends are masked with zeros, so nothing is copied."""

import asyncio
import json
import struct
from collections.abc import Callable


class Line(asyncio.Protocol):
    """One socket. `on_text` gets each text frame as bytes; `closed` holds the code once it ended."""

    def __init__(self, request: bytes, on_text: Callable[["Line", bytes], None]):
        self.request, self.on_text = request, on_text
        self.open = asyncio.get_running_loop().create_future()
        self.gone = asyncio.get_running_loop().create_future()
        self.closed: int | None = None
        self.buffer = b""
        self.transport: asyncio.Transport
        self.waits: asyncio.Future | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        data = self.buffer + data
        if not self.open.done():
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                self.buffer = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.open.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
                return
            self.open.set_result(None)
        self.buffer = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1] & 127, at + 2
            if size == 126:
                if end - at < 4:
                    break
                size, start = struct.unpack_from("!H", data, at + 2)[0], at + 4
            elif size == 127:
                if end - at < 10:
                    break
                size, start = struct.unpack_from("!Q", data, at + 2)[0], at + 10
            if start + size > end:
                break
            self._frame(data[at] & 15, data[start : start + size])
            at = start + size
        return data[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            self.on_text(self, payload)
        elif opcode == 9:
            self._write(10, payload)
        elif opcode == 8:
            self.closed = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
            self.transport.close()

    def _write(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        head = (
            bytes([128 | opcode, 128 | size]) if size < 126 else struct.pack("!BBH", 128 | opcode, 254, size)
        )
        if size > 65535:
            head = struct.pack("!BBQ", 128 | opcode, 255, size)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def say(self, payload: bytes) -> None:
        self._write(1, payload)

    def tell(self, **frame) -> None:
        self.say(json.dumps(frame).encode())

    def connection_lost(self, error) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("closed during the handshake"))
            self.open.exception()
        if not self.gone.done():
            self.gone.set_result(self.closed)

    def close(self) -> None:
        self.transport.abort()


def unheard(line: Line, raw: bytes) -> None:
    """For a socket whose frames do not matter."""


async def dial(
    port: int, path: str, on_text: Callable[[Line, bytes], None], address: str = "127.0.0.1"
) -> Line:
    """Open a socket to our own page's address, from the given loopback address."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: https://localhost:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _transport, line = await loop.create_connection(
        lambda: Line(request, on_text), "127.0.0.1", port, local_addr=(address, 0)
    )
    await line.open
    return line


async def in_turns(work: list[Callable], width: int = 64) -> list:
    """Run coroutine functions, so many at once, and return their results in order."""
    results: list = [None] * len(work)
    waiting = iter(enumerate(work))

    async def one() -> None:
        for at, call in waiting:
            results[at] = await call()

    await asyncio.gather(*(one() for _ in range(min(width, len(work)))))
    return results
