"""Files of visitors: sent ahead with the token, fetched by addresses that prove whom they are for."""

import time
import uuid
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from chatflows.widget import chat, limits
from chatflows.widget.batch import post_many
from contacts.models import Visitor
from conversations import files
from conversations.actions import send_reply
from conversations.models import Attachment, Conversation, Message
from inboxes.models import Channel
from tests.chatflows.test_views import Panel, set_up
from tests.factories import make_visitor
from tests.pictures import PDF, SVG, picture, upload

# The test client reads at once what a server sends piece by piece.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def panel(acme) -> Panel:
    return Panel().begin()


def attach(panel: Panel, file=None, **headers):
    return panel.http.post(
        "/live/files/",
        {"file": file or upload()},
        headers=panel.headers() | {"Origin": "http://testserver"} | headers,
    )


def fetch(url: str):
    """As a browser's <img> does: no header, no cookie."""
    return Client().get(url)


def changed(url: str, **query) -> str:
    return url.split("?")[0] + "?" + urlencode(dict(parse_qsl(urlsplit(url).query)) | query)


def wrong(answer, status: int, error: str) -> bool:
    return (answer.status_code, answer.json()["error"]) == (status, error)


# ── Sending ──


def test_a_file_goes_ahead_and_a_message_takes_it(acme, ben, panel):
    """CT-16: a message may be files alone; lists say what it is."""
    sent = attach(panel, upload("shade.png"))
    assert sent.status_code == 201 and sent["Cache-Control"] == "private, no-store"
    told = sent.json()
    assert set(told) == {"id", "name", "size", "type", "url", "thumb"}
    assert fetch(told["thumb"])["Content-Type"] == "image/webp"
    ack = panel.write("", files=[told["id"]]).json()
    [shown] = [message for message in panel.get("messages").json()["messages"] if message["from"] == "me"]
    assert shown["seq"] == ack["seq"] and shown["body"] == ""
    assert [(file["name"], file["type"]) for file in shown["files"]] == [("shade.png", "image/png")]
    got = fetch(shown["files"][0]["url"])
    assert got["Content-Disposition"].startswith("inline") and "sandbox" in got["Content-Security-Policy"]
    with acme.scope():
        assert Conversation.objects.get().preview == "File: shade.png"


def test_two_files_on_one_message_and_the_same_message_twice(acme, panel):
    """P6: sending again is one message with the same files."""
    names = [attach(panel, upload(name)).json()["id"] for name in ("one.png", "two.png")]
    client_id = str(uuid.uuid4())
    first, again = [panel.write("Both.", files=names, client_id=client_id) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, again.json())
    with acme.scope():
        message = Message.objects.get(direction="in")
        assert sorted(message.attachments.values_list("name", flat=True)) == ["one.png", "two.png"]
    assert wrong(panel.write("Once more.", files=names), 422, "file")


def test_over_the_socket_a_file_goes_the_same_way(in_acme):
    visitor = make_visitor(in_acme)
    chat.post(visitor, chat.Post(uuid.uuid4(), "Hello"))
    talk = str(Conversation.objects.get().detail.public_id)
    row = files.keep(files.inspect(upload(), files.VISITOR), visitor=visitor)
    posts = [
        chat.Post(uuid.uuid4(), "", talk, files=(str(row.storage_key),)),
        chat.Post(uuid.uuid4(), "With words only.", talk),
        chat.Post(uuid.uuid4(), "", talk, files=("no-such-name",)),
        chat.Post(uuid.uuid4(), "", talk),
    ]
    outcomes = post_many([(visitor, post) for post in posts])
    assert [outcome.reason for outcome in outcomes] == ["", "", "file", "empty"]
    assert Attachment.objects.get().message.client_id == posts[0].client_id


@pytest.mark.parametrize(
    ("file", "status", "error"),
    [
        (("x.exe", PDF), 422, "executable"),
        (("x.png", SVG), 422, "kind"),
        (("x.html", b"<p>"), 422, "kind"),
        (("x.png", b""), 422, "empty"),
        (("x.txt", b"x" * (files.VISITOR.size + 1)), 413, "too_large"),
    ],
)
def test_what_is_not_taken(panel, file, status, error):
    assert wrong(attach(panel, upload(*file)), status, error)


def test_nobody_uploads_without_a_session(acme, panel):
    """Chatwoot's lesson: the address is public, the file is not taken."""
    stranger = Panel()
    assert wrong(attach(stranger), 404, "session")
    assert wrong(attach(panel, **{"X-Parley-Key": "nobody"}), 404, "unknown")
    assert wrong(attach(panel, **{"X-Parley-Visitor": panel.token + "x"}), 404, "session")
    assert wrong(attach(panel, Origin="https://evil.example"), 403, "origin")
    assert panel.http.get("/live/files/", headers=panel.headers()).status_code == 405
    with acme.scope():
        assert not Attachment.objects.exists()


def test_a_channel_may_take_no_files(acme, panel):
    page = panel.http.get("/live/panel/acme-chat/").content
    assert b'"files": true' in page
    assert b'"files": false' in panel.http.get("/live/panel/acme-chat/?files=no").content
    set_up(acme, attachments=False)
    assert wrong(attach(panel), 403, "attachments")
    assert b'"files": false' in panel.http.get("/live/panel/acme-chat/").content


def test_uploads_are_limited(panel, monkeypatch):
    monkeypatch.setattr(limits, "UPLOAD_BY_VISITOR", limits.Rate("upload-visitor", 2, 3600, 2))
    assert [attach(panel).status_code for _ in range(3)] == [201, 201, 429]


def test_a_conversation_holds_so_much(acme, panel, monkeypatch):
    """Rocket.Chat's lesson: a quota on the public route."""
    size = len(picture())
    monkeypatch.setattr(files, "VISITOR_TOTAL", 2 * size + 10)
    first = attach(panel).json()["id"]
    panel.write("", files=[first])
    second, third = attach(panel).json()["id"], attach(panel).json()["id"]
    assert wrong(attach(panel), 422, "quota")
    assert wrong(panel.write("", files=[second, third]), 422, "quota")
    assert panel.write("", files=[second]).status_code == 200
    assert panel.write("Words still go.").status_code == 200


def test_files_that_are_no_list_of_names(panel):
    for bad in ("x", [1], [["x"]], {"a": 1}, ["x" * 101], ["x"] * 30):
        assert wrong(panel.write("Hello", files=bad), 400, "malformed")
    assert wrong(panel.write("Hello", files=["x"]), 422, "file")
    assert wrong(panel.write("Hello", files=[str(uuid.uuid4()) for _ in range(11)]), 422, "many")


def test_the_files_of_another_session_are_not_mine_to_send(acme, ben, panel):
    theirs = attach(Panel().begin()).json()["id"]
    assert wrong(panel.write("", files=[theirs]), 422, "file")
    with acme.scope():
        members = files.store(upload(), limits=files.MEMBER, member=ben).storage_key
    assert wrong(panel.write("", files=[str(members)]), 422, "file")


# ── Fetching ──


@pytest.fixture
def url(panel) -> str:
    """The address of a picture in the visitor's conversation."""
    panel.write("Look.", files=[attach(panel).json()["id"]])
    return panel.get("messages").json()["messages"][-1]["files"][0]["url"]


def test_an_agents_file_reaches_the_visitor(acme, ben, panel, url):
    with acme.scope():
        row = files.store(upload("label.pdf", PDF), limits=files.MEMBER, member=ben)
        send_reply(Conversation.objects.get(), body="", by=ben, attachments=[row.storage_key])
    last = panel.get("messages").json()["messages"][-1]
    assert last["from"] == "agent" and last["files"][0]["thumb"] == ""
    got = fetch(last["files"][0]["url"])
    assert b"".join(got) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="label.pdf"'


def test_an_address_tells_nothing_and_leaves_no_trace(url):
    names = dict(parse_qsl(urlsplit(url).query))
    assert set(names) == {"key", "proof"} and names["key"] == "acme-chat"
    got = fetch(url)
    assert got["Referrer-Policy"] == "no-referrer" and not got.cookies


def test_a_changed_or_foreign_address_finds_nothing(acme, globex, panel, url):
    """T049: changed signature, other file, other channel, other tenant."""
    proof = dict(parse_qsl(urlsplit(url).query))["proof"]
    other = attach(panel).json()["url"]
    for bad in (
        url.split("?")[0],
        changed(url, proof=proof[:-1] + ("A" if proof[-1] != "A" else "B")),
        changed(url, proof=""),
        changed(url, proof="x" * 5000),
        changed(url, proof=f"1:{proof}"),
        changed(url, proof="\u00e9\u202e"),
        changed(url, key="globex-chat"),
        changed(url, key="nobody"),
        changed(url, key="acme-email"),
        changed(other, proof=proof),
        changed(url.replace(urlsplit(url).path.split("/")[3], str(uuid.uuid4()))),
    ):
        assert fetch(bad).status_code == 404, bad
    assert fetch(url).status_code == 200


def test_an_address_is_good_for_five_minutes(monkeypatch, url):
    """T049: expired."""
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 295)
    assert fetch(url).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: now + 305)
    assert fetch(url).status_code == 404


def test_another_session_gets_no_address(acme, panel, url):
    """T049: another visitor, and the same one with a fresh address."""
    name = urlsplit(url).path.split("/")[3]
    other = Panel().begin()
    other.write("Hello")
    assert wrong(other.get(f"files/{name}/link"), 404, "file")
    assert wrong(Panel().get(f"files/{name}/link"), 404, "session")
    fresh = panel.get(f"files/{name}/link").json()
    assert fetch(fresh["url"]).status_code == fetch(fresh["thumb"]).status_code == 200
    assert "files" not in str(other.get("messages").json()["messages"][-1]["files"])


def test_access_that_ended_ends_addresses(acme, panel, url):
    """T049: revoked session, trashed conversation, paused channel."""
    with acme.scope():
        Conversation.objects.update(trashed_at=timezone.now())
    assert fetch(url).status_code == 404
    with acme.scope():
        Conversation.objects.update(trashed_at=None)
        Visitor.objects.update(revoked_at=timezone.now())
    assert fetch(url).status_code == 404
    with acme.scope():
        Visitor.objects.update(revoked_at=None)
    assert fetch(url).status_code == 200
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(paused_at=timezone.now())
    assert fetch(url).status_code == 404
