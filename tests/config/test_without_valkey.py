"""P3: a Valkey that is away costs latency, never a message, and never a page."""

import os
import signal

import pytest
from django.conf import settings as configured
from django.core.cache import caches

from config.cache import SteadyCache
from conversations.models import Message
from events import dispatch
from tests.factories import make_conversation


@pytest.fixture
def valkey_sleeps():
    """Stop this run's own Valkey as a blackhole does: connections open, nothing answers."""
    pid = dispatch.valkey().info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)
    dispatch._silent_until = 0.0
    caches["default"]._silent_until = 0.0


@pytest.mark.django_db(transaction=True)
def test_agents_go_on_working(client_of, acme, ben, valkey_sleeps):
    with acme.scope():
        conversation = make_conversation(acme)
    client = client_of(ben)
    assert client.get("/w/acme/inbox/open/").status_code == 200
    answer = client.post(
        f"/w/acme/conversations/{conversation.pk}/replies/", {"body": "Still here"}, follow=True
    )
    assert "Still here" in answer.content.decode()
    with acme.scope():
        assert Message.objects.filter(direction="out").count() == 1
    assert client.post("/w/acme/live/ticket/").status_code == 503, "the page then polls"
    assert client.get("/w/acme/live/since/?after=0").json()["frames"]


@pytest.mark.django_db(transaction=True)
def test_attempts_to_sign_in_are_still_counted(client, ben, valkey_sleeps):
    codes = [
        client.post("/account/login/", {"login": ben.user.email, "password": "wrong"}).status_code
        for _ in range(15)
    ]
    assert codes[0] == 200 or codes[0] == 422
    assert (
        429 in codes
        or b"Too many"
        in client.post("/account/login/", {"login": ben.user.email, "password": "wrong"}).content
    )


def test_own_memory_stands_in_until_valkey_is_back():
    cache = SteadyCache(configured.REDIS_URL, {"KEY_PREFIX": "steady-test", "OPTIONS": {}})
    cache._silent_until = float("inf")
    cache.set("count", 1)
    assert (cache.incr("count"), cache.get("count")) == (2, 2)
    cache._silent_until = 0.0
    assert cache.get("count") is None
