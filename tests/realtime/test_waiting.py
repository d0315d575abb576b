"""Where sockets do not get through: a request that waits for news (CT-12)."""

import json
import threading
import time
import uuid
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from chatflows.widget import chat
from contacts.models import Visitor
from conversations.actions import assign, comment, send_reply, set_status
from conversations.models import Conversation

pytestmark = pytest.mark.django_db(transaction=True)


def fetch(address: str, headers: dict | None = None, method: str = "GET") -> tuple[int, dict, dict]:
    """Return status, headers and the JSON of an answer, whatever its status."""
    try:
        answer = urlopen(Request(address, headers=headers or {}, method=method), timeout=30)
    except HTTPError as error:
        answer = error
    with answer:
        body = answer.read()
        return answer.status, dict(answer.headers), json.loads(body) if body[:1] == b"{" else {}


class Asking:
    """A panel that asks: `ask(after, mark)` gives the answer, and how long it took in `took`."""

    def __init__(self, live: str, token: str, public: str):
        self.live, self.token, self.public, self.took = live, token, public, 0.0

    def get(self, token=None, key="acme-chat", **query) -> tuple[int, dict, dict]:
        began = time.monotonic()
        asked = {"conversation": self.public, "wait": 5} | query
        headers = {"X-Parley-Key": key, "X-Parley-Visitor": self.token if token is None else token}
        try:
            return fetch(f"{self.live}/live/wait/?{urlencode(asked)}", headers)
        finally:
            self.took = time.monotonic() - began

    def ask(self, after=0, mark="", wait=5) -> dict:
        status, headers, standing = self.get(after=after, mark=mark, wait=wait)
        assert status == 200, standing
        assert headers["cache-control"] == "private, no-store"
        return standing


@pytest.fixture
def asking(live, acme, session) -> Asking:
    visitor, token = session
    with acme.scope():
        ack = chat.post(visitor, chat.Post(client_id=uuid.uuid4(), body="Can you hear me?"))
    return Asking(live, token, ack["conversation"])


def later(house, act, seconds=0.5) -> threading.Thread:
    def go():
        try:
            with house.scope():
                act(Conversation.objects.get())
        finally:
            connection.close()

    timer = threading.Timer(seconds, go)
    timer.start()
    return timer


def test_what_is_new_is_answered_at_once(asking):
    standing = asking.ask()
    assert [message["body"] for message in standing["messages"]][-1] == "Can you hear me?"
    assert asking.took < 3


def test_it_waits_for_an_answer_and_gives_it_at_once(acme, ben, asking):
    known = asking.ask()
    timer = later(acme, lambda one: send_reply(one, body="Loud and clear", by=ben))
    standing = asking.ask(known["head"], known["mark"], wait=15)
    timer.join()
    assert [message["body"] for message in standing["messages"]] == ["Loud and clear"]
    assert 0.4 < asking.took < 8


def test_a_state_that_changed_is_news_too(acme, ben, asking):
    known = asking.ask()
    timer = later(acme, lambda one: set_status(one, "closed", by=ben))
    standing = asking.ask(known["head"], known["mark"], wait=15)
    timer.join()
    assert (standing["closed"], standing["messages"]) == (True, [])
    assert asking.took < 8


def test_whoever_takes_the_chat_is_news(acme, ben, asking):
    """The visitor learns at once who has it."""
    known = asking.ask()
    timer = later(acme, lambda one: assign(one, to=ben, by=ben))
    standing = asking.ask(known["head"], known["mark"], wait=15)
    timer.join()
    assert standing["agent"]["name"] == "Ben Agent"
    assert asking.took < 8


def test_without_news_it_ends(acme, ben, asking):
    """And a comment of the team is no news (T069)."""
    known = asking.ask()
    timer = later(acme, lambda one: comment(one, body="secret", by=ben), seconds=0.2)
    standing = asking.ask(known["head"], known["mark"], wait=1)
    timer.join()
    assert standing["messages"] == []
    assert 0.9 < asking.took < 10


def test_who_is_not_let_in(acme, globex, asking):
    """T065: a wrong token, another channel's key, a conversation that is not theirs."""
    assert asking.get(token="x" * 43)[2] == {"error": "session"}
    assert asking.get(token="")[0] == 404
    assert asking.get(key="globex-chat")[2] == {"error": "session"}
    assert asking.get(conversation=str(uuid.uuid4()))[2] == {"error": "conversation"}
    assert fetch(f"{asking.live}/live/wait/", method="POST")[0] == 405


def test_a_revoked_session_ends_the_wait(acme, asking):
    """T062."""
    known = asking.ask()

    def revoke(_conversation):
        Visitor.objects.update(revoked_at="2026-01-01T00:00Z")

    timer = later(acme, revoke)
    answer = asking.get(after=known["head"], mark=known["mark"], wait=15)
    timer.join()
    assert answer[2] == {"error": "session"}
    assert asking.took < 8


def test_many_wait_without_threads_or_connections(acme, asking):
    """Forty wait at once in a process with fewer threads than that, and a page is answered meanwhile."""
    known = asking.ask()
    before = threading.active_count()
    query = {"after": known["head"], "mark": known["mark"], "wait": 7}
    ended = []
    waiting = [threading.Thread(target=lambda: ended.append(asking.get(**query)[0])) for _ in range(40)]
    for thread in waiting:
        thread.start()
    time.sleep(2)
    assert not ended
    assert threading.active_count() - before - len(waiting) < 40
    assert fetch(f"{asking.live}/healthz")[0] == 200
    assert not ended
    for thread in waiting:
        thread.join()
    assert ended == [200] * 40
