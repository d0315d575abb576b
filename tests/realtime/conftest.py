"""Real sockets to a real server: what a page and a panel would say and hear."""

import json
import time
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chatflows.widget import chat
from realtime import hub, tickets


class Line:
    """One open socket; `hear` returns the next frame that matters."""

    def __init__(self, socket):
        self.socket = socket

    def say(self, **frame) -> None:
        self.socket.send(json.dumps(frame))

    def hear(self, *kinds: str, seconds: float = 30) -> dict:
        until = time.monotonic() + seconds  # of all frames: some come again and again
        while True:
            frame = json.loads(self.socket.recv(timeout=max(0, until - time.monotonic())))
            if not kinds or frame["t"] in kinds:
                return frame

    def hears_nothing(self, *kinds: str, seconds: float = 0.5) -> bool:
        try:
            self.hear(*kinds, seconds=seconds)
        except TimeoutError:
            return True
        return False

    def code_when_closed(self, seconds: float = 30) -> int:
        try:
            while True:
                self.socket.recv(timeout=seconds)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


@contextmanager
def opened(live: str, path: str, origin: str | None = "same"):
    url = live.replace("http", "ws") + path
    with connect(url, origin=live if origin == "same" else origin, open_timeout=30) as socket:
        yield Line(socket)


@pytest.fixture
def agent_line(live):
    """A signed-in member's socket, after its hello: `with agent_line(member, after=…) as line`."""

    @contextmanager
    def open_line(member, after: int = 0, language: str = "en", session_key: str = ""):
        ticket = tickets.issue(member, session_key, language)
        with opened(live, "/live/agent/") as line:
            line.say(t="hello", ticket=ticket, after=after)
            yield line

    return open_line


@pytest.fixture
def visitor_line(live, acme):
    """A visitor's socket: `with visitor_line(token) as line`; `token` from `session`."""

    @contextmanager
    def open_line(token: str, after: int = 0, conversation: str | None = None, key: str = "acme-chat"):
        with opened(live, "/live/visitor/") as line:
            line.say(t="hello", key=key, token=token, conversation=conversation, after=after)
            yield line

    return open_line


@pytest.fixture
def session(live, acme):
    """A visitor of Acme's widget and the token of their session."""
    with acme.scope():
        return chat.open_session(acme.chat, language="en", user_agent="", page_url="")


@pytest.fixture
def looks_often(monkeypatch):
    """Promised are two seconds. Here it looks much more often, so that a busy machine keeps to them as well."""
    assert hub.RECHECK < 2
    monkeypatch.setattr(hub, "RECHECK", 0.2)
