"""What strangers may throw at a socket: each is closed with a code, nobody else notices, and memory stays flat (T070, T140)."""

import contextlib
import json
import logging
import os
import random
import socket
import struct
import sys
import time
import uuid
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chatflows.widget import chat
from events.dispatch import bell_channel, valkey

pytestmark = pytest.mark.django_db(transaction=True)

MEBIBYTE = 1024 * 1024


def raw_socket(live: str, path: str = "/live/visitor/", receive_buffer: int = 0) -> socket.socket:
    """A socket past the handshake, without a client's good manners."""
    port = int(live.rsplit(":", 1)[1])
    line = socket.socket()
    if receive_buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    line.settimeout(30)
    line.connect(("127.0.0.1", port))
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {live}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b" 101 " in line.recv(4096)
    return line


def frame(opcode: int, payload: bytes) -> bytes:
    """Masked with zeros: the payload goes as it is."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 128 | opcode, 128 | size)
    elif size < 65536:
        head = struct.pack("!BBH", 128 | opcode, 254, size)
    else:
        head = struct.pack("!BBQ", 128 | opcode, 255, size)
    return head + bytes(4) + payload


def close_code(line: socket.socket) -> int:
    """The code of the close frame, or 1006 when the line was simply cut."""
    heard = b""
    with contextlib.suppress(OSError):
        while chunk := line.recv(1 << 20):
            heard = (heard + chunk)[-200:]
            at = heard.rfind(b"\x88")
            if 0 <= at <= len(heard) - 4 and at + 2 + heard[at + 1] == len(heard):
                return struct.unpack_from("!H", heard, at + 2)[0]
    return 1006


def resident() -> int:
    """Bytes of this process, in which the live server runs."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def answers(visitor_line, token: str) -> bool:
    """Somebody else's chat works, now."""
    with visitor_line(token) as line:
        line.hear("ready")
        client_id = str(uuid.uuid4())
        line.say(t="send", client_id=client_id, body="Still here?")
        return line.hear("ack")["client_id"] == client_id


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        pytest.param(frame(1, b'"' + b"x" * MEBIBYTE + b'"'), {1009}, id="one MiB"),
        pytest.param(frame(2, b"\x00\xff" * 100), {1003}, id="binary"),
        pytest.param(frame(2, b""), {1003}, id="empty binary"),
        pytest.param(frame(1, b"\xff\xfe\xfd"), {1007}, id="invalid UTF-8"),
        pytest.param(frame(1, b"[" * 30_000), {1007}, id="deep JSON"),
        pytest.param(frame(1, b'{"t":' * 9_000), {1007}, id="deep objects"),
        pytest.param(frame(3, b"?"), {1002}, id="an opcode that is none"),
        pytest.param(struct.pack("!BB", 128 | 1, 5) + b"hello", {1002}, id="not masked"),
        pytest.param(struct.pack("!BBQ", 129, 255, 2**62) + bytes(4), {1009}, id="an enormous length"),
        pytest.param(frame(0, b"goes on"), {1002}, id="goes on from nothing"),
    ],
)
def test_what_is_no_frame_of_ours_closes_its_socket_alone(live, visitor_line, session, sent, codes):
    """T070."""
    with visitor_line(session[1]) as other:
        other.hear("ready")
        with raw_socket(live) as line:
            line.sendall(sent)
            assert close_code(line) in codes
        other.say(t="send", client_id=str(uuid.uuid4()), body="And me?")
        assert other.hear("ack")


def test_a_thousand_frames_a_second_close_their_socket_alone(live, visitor_line, session):
    """T070."""
    hello = {"t": "hello", "key": "acme-chat", "token": session[1]}
    with raw_socket(live) as line:
        line.sendall(frame(1, json.dumps(hello).encode()))
        flood = frame(1, b'{"t": "typing", "on": true}') * 100
        with contextlib.suppress(OSError):
            for _ in range(10):
                line.sendall(flood)
                time.sleep(0.1)
        assert close_code(line) in (1008, 1006)
    assert answers(visitor_line, session[1])


def test_who_never_says_hello_is_let_go(live):
    """T070: half-open sockets do not pile up."""
    with raw_socket(live) as line:
        assert close_code(line) == 4408


def test_who_goes_without_a_word_is_forgotten(live, visitor_line, session):
    """Cut in the middle of a frame, and cut after the hello."""
    from realtime.hub import hub

    hello = frame(1, json.dumps({"t": "hello", "key": "acme-chat", "token": session[1]}).encode())
    for sent in (hello[:-5], hello, hello + frame(1, b'{"t": "sync"')[:7]):
        line = raw_socket(live)
        line.sendall(sent)
        time.sleep(0.2)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no farewell
        line.close()
    deadline = time.monotonic() + 30
    while any(room.visitors or room.members for room in hub.rooms.values()):
        assert time.monotonic() < deadline, "a socket that is gone stands in its room"
        time.sleep(0.05)
    assert answers(visitor_line, session[1])


def test_who_never_reads_is_closed_and_delays_nobody(live, acme, visitor_line, session):
    """T140: the buffer of a slow reader is bounded; the others hear at once."""
    with acme.scope():
        slow = chat.open_session(acme.chat, language="en", user_agent="", page_url="")
    stuck = [raw_socket(live, receive_buffer=65536) for _ in range(5)]
    hello = {"t": "hello", "key": "acme-chat", "token": slow[1]}
    for line in stuck:
        line.sendall(frame(1, json.dumps(hello).encode()))
    with visitor_line(session[1]) as other:
        other.hear("ready")
        long = {"by": "member", "visitor": slow[0].pk, "name": "n" * 20_000, "on": True}
        short = {"by": "member", "visitor": session[0].pk, "name": "Ben", "on": True}
        slowest = 0.0
        for _ in range(40):
            valkey().publish(bell_channel(acme.workspace.pk), json.dumps([{"typing": long}] * 20))
            began = time.monotonic()
            valkey().publish(bell_channel(acme.workspace.pk), json.dumps([{"typing": short}]))
            other.hear("typing")
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 1
    for line in stuck:
        assert close_code(line) == 1013
        line.close()
    assert answers(visitor_line, session[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_flat_whatever_is_thrown_at_it(live, visitor_line, session, caplog):
    """T070: hundreds of sockets of rubbish leave nothing behind."""
    # pytest keeps every record, and with it the frame that was no UTF-8.
    caplog.set_level(logging.CRITICAL + 1, logger="uvicorn.error")
    rng = random.Random(7)

    def throw(times: int) -> None:
        for _ in range(times):
            rubbish = rng.choice(
                [
                    rng.randbytes(200),
                    frame(1, rng.randbytes(60_000)),
                    frame(2, rng.randbytes(500)),
                    frame(1, b"[" * 9000),
                ]
            )
            with raw_socket(live) as line, contextlib.suppress(OSError):
                line.sendall(rubbish)

    throw(150)  # what is made once stays
    before = resident()
    throw(500)
    time.sleep(0.5)
    assert resident() - before < 24 * MEBIBYTE
    assert answers(visitor_line, session[1])


@pytest.mark.parametrize("path", ["/live/visitor/", "/live/agent/"])
def test_any_frame_at_all_is_answered_or_closed(live, visitor_line, session, path):
    """Frames of the right shape with values of every kind: the server never fails, it refuses."""
    rng = random.Random(11)
    odd = [
        None,
        True,
        -1,
        2**70,
        1.5,
        "",
        "\x00",
        "x" * 500,
        [],
        [[]],
        {},
        {"t": "send"},
        "acme-chat",
        session[1],
    ]
    kinds = ["hello", "send", "receipt", "sync", "typing", "see", "pong", None, 7, {}]
    names = [
        "t",
        "key",
        "token",
        "ticket",
        "conversation",
        "after",
        "client_id",
        "body",
        "delivered",
        "seen",
        "on",
    ]
    for _ in range(60):
        opened = connect(live.replace("http", "ws") + path, origin=live, open_timeout=30)
        with opened as line, contextlib.suppress(ConnectionClosed):
            if rng.random() < 0.6:
                line.send(json.dumps({"t": "hello", "key": "acme-chat", "token": session[1]}))
            for _ in range(5):
                line.send(
                    json.dumps(
                        {"t": rng.choice(kinds)} | {rng.choice(names): rng.choice(odd) for _ in range(4)}
                    )
                )
    assert answers(visitor_line, session[1])
