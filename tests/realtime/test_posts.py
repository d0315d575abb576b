"""Meta's posts come in beside Django (P10): together, each answered when it is committed, none spoiled by another."""

import asyncio

import pytest
from asgiref.testing import ApplicationCommunicator

from channels_app.messenger import webhooks
from channels_app.messenger.signature import sign
from channels_app.models import InboundPayload
from config.asgi import application
from tests.channels_app.messenger.posts import SECRET, connected, post_of, text

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture(autouse=True)
def secret(settings):
    settings.MESSENGER_APP_SECRET = SECRET


async def post(body: bytes, *, signed: str = "", path="/live/messenger/") -> int:
    headers = [(b"x-hub-signature-256", signed.encode())] if signed else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b""}
    line = ApplicationCommunicator(application, scope)
    for number, half in enumerate((body[:20], body[20:])):
        await line.send_input({"type": "http.request", "body": half, "more_body": number == 0})
    answer = await line.receive_output(20)
    await line.wait()
    return answer["status"]


def kept(house) -> int:
    with house.scope():
        return InboundPayload.objects.filter(source="messenger").count()


def knock(*bodies: bytes, **more) -> list[int]:
    async def all_at_once():
        return await asyncio.gather(*(post(body, signed=sign(body, SECRET), **more) for body in bodies))

    return asyncio.run(all_at_once())


def test_fifty_at_once_with_copies_among_them(acme):
    """Each message once, whatever comes twice in a batch or in two of them at the same time (P2)."""
    connected(acme)
    bodies = [
        post_of(text(f"Number {number}", mid=f"m_together_{number}", at=number + 1)) for number in range(25)
    ]
    assert knock(*bodies, *bodies) == [200] * 50
    assert kept(acme) == 25
    with acme.scope():
        rows = InboundPayload.objects.order_by("received_at", "pk")
        said = [bytes(row.body).decode() for row in rows]
    assert [f'm_together_{number}"' in one for number, one in enumerate(said)] == [True] * 25


def test_what_is_not_signed_is_not_even_read(acme):
    connected(acme)
    body = post_of(text())

    async def others():
        bare = await post(body)
        wrong = await post(body, signed=sign(body, "another"))
        broken = await post(b"{", signed=sign(b"{", SECRET))
        nobody = await post(body, signed=sign(body, SECRET), path="/live/messenger/unknown-key/")
        return [bare, wrong, broken, nobody]

    assert asyncio.run(others()) == [403, 403, 400, 404]
    assert kept(acme) == 0


def test_one_that_cannot_be_kept_spoils_none_beside_it(acme, monkeypatch):
    connected(acme)
    good, bad = post_of(text("Good")), post_of(text("Bad", mid="m_bad"))
    row = webhooks._row

    def refuse(workspace_id, channels, number, post):
        if "m_bad" in str(post[0].by_page):
            raise RuntimeError("no room for it")
        return row(workspace_id, channels, number, post)

    monkeypatch.setattr(webhooks, "_row", refuse)
    answers = webhooks.take_many(
        [webhooks.Knock("", body, {"X-Hub-Signature-256": sign(body, SECRET)}) for body in (good, bad, good)]
    )
    assert answers[0] == answers[2] == 200
    assert isinstance(answers[1], RuntimeError)
    assert kept(acme) == 1
    assert knock(bad, good) == [503, 200]  # Meta posts it again


def test_many_posts_cost_few_queries(acme, django_assert_max_num_queries):
    connected(acme)
    bodies = [post_of(text(mid=f"m_q_{number}")) for number in range(40)]
    knocks = [webhooks.Knock("", body, {"X-Hub-Signature-256": sign(body, SECRET)}) for body in bodies]
    webhooks.take_many(knocks[:1])
    with django_assert_max_num_queries(7):
        assert webhooks.take_many(knocks[1:]) == [200] * 39
