"""Files on their way out: how they are served, and to whom."""

import pytest

from conversations.actions import assign
from conversations.files.kinds import UNKNOWN
from tests.conversations.test_files import sent_file, shelf  # noqa: F401
from tests.factories import make_member
from tests.fetched import bytes_of
from tests.pictures import PDF, SVG, upload
from workspaces.permissions import Role

# The test client reads at once what a server sends piece by piece.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("a.svg", SVG, "image/png"),
        ("a.html", b"<script>alert(1)</script>", "image/png"),
        ("a.xml", b'<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"/>', "text/plain"),
        ("a.mht", b"MIME-Version: 1.0\r\n\r\n<p>", "image/gif"),
        ("a.pdf", PDF, "image/jpeg"),
        ("a.txt", b"plain words", "text/html"),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(30), "image/webp"),
    ],
)
def test_all_but_pictures_are_downloaded(client_of, acme, ben, name, content, declared):
    """T047: attachment, nosniff, sandbox; the declared type is nowhere."""
    with acme.scope():
        _, row = sent_file(acme, ben, upload(name, content, declared))
    answer = client_of(ben).get(f"/w/acme/files/{row.storage_key}/")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] in (UNKNOWN, "application/pdf")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"].startswith("private")
    assert answer["Content-Length"] == str(len(content))
    assert bytes_of(answer) == content


def test_a_picture_is_shown_in_its_own_sandbox(client_of, acme, ben):
    with acme.scope():
        _, row = sent_file(acme, ben, upload("Lämpchen 灯.png"))
    answer = client_of(ben).get(f"/w/acme/files/{row.storage_key}/")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''L%C3%A4mpchen%20%E7%81%AF")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    small = client_of(ben).get(f"/w/acme/files/{row.storage_key}/thumb/")
    assert small["Content-Type"] == "image/webp"
    assert client_of(ben).get(f"/w/acme/files/{row.storage_key}/?type=text/html&inline=1")[
        "Content-Type"
    ] == ("image/png")


def test_a_file_without_a_small_copy_has_none(client_of, acme, ben):
    with acme.scope():
        _, row = sent_file(acme, ben, upload("a.pdf", PDF))
    assert client_of(ben).get(f"/w/acme/files/{row.storage_key}/thumb/").status_code == 404


def test_only_who_may_read_the_conversation_gets_the_file(client_of, client, acme, globex, ada, ben, cleo):
    """T049: another agent, another tenant, signed out."""
    restricted = make_member(acme.workspace, "rita@acme.example", "Rita", Role.RESTRICTED)
    with acme.scope():
        conversation, row = sent_file(acme, ben)
    path = f"files/{row.storage_key}/"
    assert client_of(ada).get(f"/w/acme/{path}").status_code == 200
    assert client_of(cleo).get(f"/w/acme/{path}").status_code == 404
    assert client_of(cleo).get(f"/w/globex/{path}").status_code == 404
    assert client.get(f"/w/acme/{path}").status_code == 302
    assert client_of(restricted).get(f"/w/acme/{path}").status_code == 404
    with acme.scope():
        assign(conversation, to=restricted, by=ada)
    assert client_of(restricted).get(f"/w/acme/{path}").status_code == 200
    with acme.scope():
        assign(conversation, to=ben, by=ada)
    assert client_of(restricted).get(f"/w/acme/{path}").status_code == 404
