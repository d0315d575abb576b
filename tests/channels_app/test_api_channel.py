"""Your own messenger: signed posts in, signed calls out, to a real server on the other side."""

import contextlib
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_app.adapter import Unreachable
from channels_app.api_channel import secret
from channels_app.api_channel.parsing import BadSignature, Malformed, parse, verify
from channels_app.email import payloads
from channels_app.models import InboundPayload
from channels_app.reactions import deliver
from channels_app.webcall import signature_of
from contacts.custom import define
from contacts.models import Contact, ContactAddress
from conversations.actions import send_reply
from conversations.models import Conversation, Delivery, Message
from events.models import Event
from inboxes.actions import connect_channel, pause_channel
from inboxes.channel_actions import disconnect_channel, reconnect_channel
from inboxes.models import Channel
from tickets.models import Ticket
from tickets.reactions import open_ticket

pytestmark = pytest.mark.django_db


class Messenger:
    """The other side: it signs what it posts and checks what it gets."""

    def __init__(self, house):
        self.house = house
        with house.scope():
            self.channel = connect_channel(
                house.inbox, kind="api", name="App", identifier=f"{house.workspace.slug}-app"
            )
            self.secret = secret.renew(self.channel)

    def post(self, data, *, key: str = "", at: int | None = None, body: bytes | None = None):
        raw = json.dumps(data).encode() if body is None else body
        at = str(at or int(time.time()))
        signed = {"Parley-Timestamp": at, "Parley-Signature": signature_of(key or self.secret, at, raw)}
        url = f"/live/api/{self.channel.identifier}/"
        return Client().post(url, raw, content_type="application/json", headers=signed)

    def understood(self) -> list[Message]:
        with self.house.scope():
            waiting = list(InboundPayload.objects.filter(processed_at=None).values_list("pk", flat=True))
        payloads.understand_many(self.house.workspace.pk, waiting)
        with self.house.scope():
            return list(
                Message.objects.filter(channel=self.channel)
                .select_related("conversation__contact")
                .order_by("pk")
            )


@pytest.fixture
def app(acme) -> Messenger:
    return Messenger(acme)


@pytest.fixture
def server(settings):
    """Where answers go: it keeps what it gets and answers as it is told."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = answers.pop(0) if answers else (200, b'{"id": "theirs-1"}')
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told):
            """Nothing on the terminal."""

    served = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    settings.EGRESS_ALLOWED = [f"127.0.0.1:{served.server_port}"]
    yield f"http://127.0.0.1:{served.server_port}/in", got, answers
    served.shutdown()
    thread.join()
    served.server_close()


def said(number: str = "m-1", text: str = "Hello", who: str = "user-7", **more) -> dict:
    return {"id": number, "from": {"id": who, "name": "Noor"}, "text": text, **more}


# ── In ──


def test_a_message_comes_in_and_the_person_has_one_thread(app, acme):
    assert app.post(said()).status_code == 202
    app.post({"events": [said("m-2", "Are you there?"), said("m-3", "Somebody else", who="user-8")]})
    first, second, other = app.understood()
    assert (first.body, first.author_name, first.conversation_id) == ("Hello", "Noor", second.conversation_id)
    assert other.conversation_id != first.conversation_id


def test_the_same_message_in_other_bytes_is_one(app):
    for n in range(3):
        app.post(said("m-1") | {"again": n})  # other bytes, the same message
    app.post(said("m-1"))
    app.post(said("m-1"))
    assert len(app.understood()) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_posts_in_parallel_make_one_message(acme):
    app = Messenger(acme)

    def post(_n: int) -> int:
        try:
            return app.post(said("m-1")).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(post, range(50))) == {202}
    assert len(app.understood()) == 1
    with acme.scope():
        assert Conversation.objects.count() == Contact.objects.count() == 1


def test_what_is_not_signed_with_its_secret_is_not_kept(app, acme, globex):
    """Root cause of every webhook hole: wrong key, another channel's, an old post, other bytes."""
    theirs = Messenger(globex)
    assert app.post(said(), key="wrong").status_code == 401
    assert app.post(said(), key=theirs.secret).status_code == 401
    assert app.post(said(), at=int(time.time()) - 3600).status_code == 401
    assert Client().post("/live/api/acme-app/", b"{}", content_type="application/json").status_code == 401
    with acme.scope():
        assert not InboundPayload.objects.exists()


def test_a_post_says_what_its_ticket_begins_with(app, acme):
    """TK-5: usual properties by their keys, a workspace's own by their names; what is not taken is left out."""
    with acme.scope():
        app.channel.config["ticket"] = {"on": True, "priority": "low"}
        app.channel.save(update_fields=["config"])
        order = define(about="ticket", sort="number", label="Order number")
        lamp = define(about="ticket", sort="choice", label="Lamp", options=["Brass"])
        gift = define(about="ticket", sort="check", label="Gift")
    told = {
        "priority": "High",
        "category": "Lamps",
        "name": "Broken",
        "order NUMBER": 4711,
        "Lamp": "Gold",
        "Gift": True,
        "owner": "1",
        "x": [1],
    }
    app.post({"id": "1", "from": {"id": "u"}, "text": "Hello", "ticket": told})
    [message] = app.understood()
    with acme.scope():
        open_ticket(Event.objects.get(type="conversation.started"))
        ticket = Ticket.objects.get(ties__conversation=message.conversation)
        assert (ticket.name, ticket.priority, ticket.category) == ("Broken", "high", "Lamps")
        assert ticket.custom == {order.key: 4711, gift.key: True} and ticket.owner is None
        assert lamp.key not in ticket.custom


def test_other_shapes_are_refused_and_one_bad_entry_spoils_nothing(app):
    assert app.post(None, body=b"{").status_code == 400
    assert app.post({"events": []}).status_code == 400
    assert app.post({"events": [{"id": "x"}, said(), 7, None]}).json() == {"accepted": 1}
    assert len(app.understood()) == 1


def test_an_id_is_never_an_address_of_mail(app, acme):
    """T064: your messenger's users cannot become somebody's contact by calling themselves so."""
    with acme.scope():
        known = Contact.objects.create(name="James", email="james@pine.example")
        ContactAddress.objects.create(contact=known, kind="email", value="james@pine.example")
    app.post(said(who="james@pine.example"))
    [message] = app.understood()
    assert message.conversation.contact_id != known.pk


def test_paused_and_disconnected_take_nothing_and_connected_again_goes_on(app, acme):
    with acme.scope():
        pause_channel(app.channel)
    assert app.post(said()).status_code == 404
    with acme.scope():
        disconnect_channel(app.channel)
    assert app.post(said()).status_code == 404
    with acme.scope():
        reconnect_channel(app.channel)
    assert app.post(said()).status_code == 202


# ── Out ──


def answered(app, acme, ben, url: str) -> Event:
    app.post(said())
    app.understood()
    with acme.scope():
        Channel.objects.filter(pk=app.channel.pk).update(config=app.channel.config | {"url": url})
        send_reply(Conversation.objects.get(), body="Two left.", by=ben)
        return Event.objects.get(type="message.sent")


def out(acme) -> Message:
    with acme.scope():
        return Message.objects.get(direction="out")


def test_an_answer_is_a_signed_call(app, acme, ben, server):
    url, got, _answers = server
    deliver(answered(app, acme, ben, url))
    [(headers, body)] = got
    verify(body, headers, secret=app.secret)
    told = json.loads(body)
    assert (told["to"], told["text"], told["author"]["name"]) == ("user-7", "Two left.", "Ben Agent")
    assert (out(acme).delivery, out(acme).external_id) == (Delivery.SENT, "out:theirs-1")


def test_a_server_in_trouble_is_tried_again_with_the_same_id(app, acme, ben, server):
    url, got, answers = server
    answers.append((503, b""))
    sent = answered(app, acme, ben, url)
    with pytest.raises(Unreachable):
        deliver(sent)
    deliver(sent)
    assert got[0][0]["Parley-Id"] == got[1][0]["Parley-Id"] and out(acme).delivery == Delivery.SENT


def test_a_refusal_is_shown_in_words(app, acme, ben, server):
    url, _got, answers = server
    answers.append((422, b""))
    deliver(answered(app, acme, ben, url))
    assert out(acme).delivery == Delivery.FAILED and "422" in out(acme).delivery_error


def test_our_own_network_is_not_called(app, acme, ben):
    with pytest.raises(Unreachable):
        deliver(answered(app, acme, ben, "http://127.0.0.1:9/"))


def test_receipts_move_the_tick_and_only_that_of_their_channel(app, acme, globex, ben, server):
    deliver(answered(app, acme, ben, server[0]))
    number = str(out(acme).client_id)
    theirs = Messenger(globex)
    theirs.post({"type": "receipt", "id": number, "state": "read"})
    theirs.understood()
    assert out(acme).delivery == Delivery.SENT
    app.post({"type": "receipt", "id": number, "state": "delivered"})
    app.understood()
    assert out(acme).delivery == Delivery.DELIVERED
    app.post({"events": [{"type": "receipt", "id": str(uuid.uuid4()), "state": "read"}]})
    app.understood()


# ── Its page ──


def test_the_secret_is_shown_once_and_renewed(acme, ada, client_of):
    client = client_of(ada)
    page = client.post(reverse("channels:connect_api", args=["acme", acme.inbox.pk])).content.decode()
    assert "apisec_" in page
    with acme.scope():
        channel = Channel.objects.get(kind="api")
        before = secret.of(channel)
        assert before not in json.dumps(channel.config)
    again = client.get(reverse("channels:api", args=["acme", channel.pk]))
    assert b"apisec_" not in again.content
    refused = client.post(
        reverse("channels:api", args=["acme", channel.pk]), {"name": "App", "url": "ftp://x"}
    )
    assert refused.status_code == 422
    client.post(reverse("channels:api_secret", args=["acme", channel.pk]))
    with acme.scope():
        channel.refresh_from_db()
        assert secret.of(channel) != before


# ── Any bytes ──

CALMLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "from", "text", "type", "events", "state", "at", "name"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@CALMLY
@given(st.binary() | JSON.map(lambda data: json.dumps(data).encode()))
def test_any_bytes_are_read_or_named_malformed(body):
    with contextlib.suppress(Malformed):
        parse(body)


@CALMLY
@given(st.binary(), st.dictionaries(st.sampled_from(["Parley-Timestamp", "Parley-Signature"]), st.text()))
def test_any_headers_are_a_bad_signature(body, headers):
    with pytest.raises(BadSignature):
        verify(body, headers, secret="secret")
