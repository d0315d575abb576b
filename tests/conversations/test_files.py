"""Files of a conversation: what is taken, under which name, who may have it, and when it goes."""

import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from conversations import files
from conversations.actions import send_reply
from conversations.models import Attachment, Conversation, Message
from conversations.tasks import sweep_files
from tests.factories import House, make_conversation, make_visitor
from tests.pictures import PDF, SVG, ZIP, flood, picture, upload

# The test client reads at once what a server sends piece by piece.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def kept(shelf: Path) -> list[Path]:
    return [path for path in shelf.rglob("*") if path.is_file()]


def send(client, conversation, *uploads, **fields):
    form = {"body": "", "client_id": str(uuid.uuid4()), "attachments": list(uploads)} | fields
    return client.post(f"/w/acme/conversations/{conversation.pk}/replies/", form)


def sent_file(house: House, member, file=None) -> tuple[Conversation, Attachment]:
    """A conversation with a file on a reply."""
    conversation = make_conversation(house, external_id=f"<{uuid.uuid4()}@x>")
    row = files.store(file or upload(), limits=files.MEMBER, member=member)
    send_reply(conversation, body="", by=member, attachments=[row.storage_key])
    return conversation, Attachment.objects.get(pk=row.pk)


def refusal(file, limits=files.VISITOR) -> str:
    with pytest.raises(files.FileRefused) as refused:
        files.inspect(file, limits)
    return refused.value.reason


# ── Names ──


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("photo.png", "photo.png"),
        ("re\u202egnp.exe", "regnp.exe"),
        ("in\u200bvoice\u2066.pdf\u2069", "invoice.pdf"),
        ("a\x00b\x1f\x7f.pdf", "ab.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\secret.txt", "secret.txt"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        (".htaccess", "htaccess"),
        ("web.config", "web.config"),
        ("report.pdf. . .", "report.pdf"),
        ("CON.txt", "_CON.txt"),
        ("aux", "_aux"),
        ("x.txt::$DATA", "x.txt__$DATA"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        ("...", "file"),
        ("\u202e\u200b", "file"),
        ("", "file"),
        ("\ud800.png", "png"),
    ],
)
def test_a_name_is_text_and_nothing_else(given, kept_as):
    """T048."""
    assert files.clean_name(given) == kept_as


@pytest.mark.parametrize("length", [255, 256, 5000])
def test_a_long_name_is_cut_before_its_extension(length):
    """T048."""
    name = files.clean_name("é" * length + ".pdf")
    assert len(name) == 255 and name.endswith("é.pdf")
    assert len(files.clean_name("a" * length)) == 255


def test_cleaning_twice_changes_nothing():
    for name in ("C\u202eON.txt", ".\u200b.\u200b/x", "a" * 300 + ". .pdf", "x/..", "nul.\u200bpdf"):
        once = files.clean_name(name)
        assert files.clean_name(once) == once
        assert "/" not in once and once not in (".", "..")


@pytest.mark.parametrize(
    "name",
    ["x.exe", "x.EXE", "x.e\u200bxe", "x.exe. ", "x.pdf.scr", "x\u202efdp.js", "a" * 5000 + ".bat", "x.docm"],
)
def test_programs_are_refused_by_name_whoever_sends_them(name):
    """T048: invisible characters go before the question is asked."""
    for limits in (files.VISITOR, files.MEMBER):
        assert refusal(upload(name, PDF), limits) == "executable"


@pytest.mark.parametrize(
    "content",
    [b"MZ" + bytes(90), b"\x7fELF" + bytes(90), b"#!/bin/sh\nrm -rf /", b"\xca\xfe\xba\xbe\0\0\0\x34"],
)
def test_programs_are_refused_by_content_whoever_sends_them(content):
    for limits in (files.VISITOR, files.MEMBER):
        assert refusal(upload("holiday.png", content), limits) == "executable"


# ── Kinds ──


@pytest.mark.parametrize(
    ("name", "content", "kind", "kept_as"),
    [
        ("a.png", picture("PNG"), "image/png", "a.png"),
        ("a.jpeg", picture("JPEG"), "image/jpeg", "a.jpeg"),
        ("a.gif", picture("GIF"), "image/gif", "a.gif"),
        ("a.webp", picture("WEBP"), "image/webp", "a.webp"),
        ("photo.html", picture("GIF") + b"<script>alert(1)</script>", "image/gif", "photo.html.gif"),
        ("photo.pdf", picture("PNG"), "image/png", "photo.pdf.png"),
        ("a.pdf", PDF, "application/pdf", "a.pdf"),
        ("a.png", PDF, "application/pdf", "a.png.pdf"),
        ("a.zip", ZIP, "application/zip", "a.zip"),
        ("a.png", ZIP, "application/zip", "a.png.zip"),
        (
            "a.docx",
            ZIP,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "a.docx",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "application/msword", "a.doc"),
        ("a.txt", "Grüße, bonne journée.\n".encode(), "text/plain", "a.txt"),
        ("a.csv", "name;price\r\nHalo;120 €\r\n".encode("cp1252"), "text/csv", "a.csv"),
    ],
)
def test_the_kind_is_read_from_the_bytes_and_the_name_follows_it(name, content, kind, kept_as):
    """T047: neither the declared type nor the name is believed."""
    checked = files.inspect(upload(name, content, "text/html"), files.VISITOR)
    assert (checked.kind, checked.name) == (kind, kept_as)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG),
        ("a.png", SVG),
        ("a.txt", SVG),
        ("a.txt", b"<!doctype html><script>alert(1)</script>"),
        ("a.html", b"<p>Hello"),
        ("a.xml", b'<?xml version="1.0"?><x/>'),
        ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n"),
        ("a.txt", b"\x01\x02\x03\x04"),
        ("a.bin2", b"anything"),
        ("a.png", b"GIF87"),
    ],
)
def test_what_is_not_known_is_not_taken_from_visitors(name, content):
    """T047: svg, html, xml, mht with lying names."""
    assert refusal(upload(name, content)) in ("kind", "broken")


def test_a_damaged_or_lying_picture_is_no_picture():
    assert refusal(upload(content=picture()[:60])) == "broken"
    assert refusal(upload(content=b"\x89PNG\r\n\x1a\n" + PDF)) == "broken"


def test_a_flood_of_pixels_is_refused_before_it_is_decoded():
    """T047: a picture of a few bytes that would fill gigabytes."""
    assert refusal(upload(content=flood(8000, 5001))) == "pixels"
    assert refusal(upload(content=flood(60_000, 60_000))) == "pixels"


def test_size_is_counted_while_reading():
    tight = files.Limits(size=1000, only_known=False)
    assert refusal(upload("a.txt", b"x" * 1001), tight) == "too_large"
    lying = upload("a.txt", b"x" * 1001)
    lying.size = 1
    assert refusal(lying, tight) == "too_large"
    assert files.inspect(upload("a.txt", b"x" * 1000), tight).size == 1000
    assert refusal(upload("a.txt", b"")) == "empty"
    assert refusal(None) == "empty"


def test_a_zip_bomb_is_kept_as_it_is(in_acme, ben):
    """T051: nothing is ever unpacked; what it would unpack to is nobody's concern."""
    bomb = ZIP + bytes(50_000)
    for name in ("a.zip", "a.docx", "a.xlsx"):
        row = files.store(upload(name, bomb), limits=files.VISITOR, visitor=make_visitor(in_acme))
        assert row.size == len(bomb)
        assert default_storage.size(row.path) == len(bomb)


def test_the_small_copy_is_upright_small_and_bare(in_acme, ben):
    """The place a photo was taken at stays with the photo."""
    tags = Image.Exif()
    tags[0x0112] = 6  # turned to the right
    tags[0x010F] = "SECRET camera"
    content = picture("JPEG", (1600, 900), exif=tags)
    row = files.store(upload("a.jpg", content), limits=files.MEMBER, member=ben)
    with default_storage.open(row.thumb_path) as written:
        raw = written.read()
    small = Image.open(io.BytesIO(raw))
    assert small.format == "WEBP" and small.height > small.width and max(small.size) <= 560
    assert not small.getexif() and b"SECRET" not in raw


# ── Kept ──


def test_it_is_kept_under_a_random_key_without_extension(in_acme, ben, shelf):
    """T048: nothing of the name reaches the disk, and nobody else on the machine may read it."""
    row = files.store(upload("../../.htaccess.png"), limits=files.MEMBER, member=ben)
    assert row.name == "htaccess.png"
    for path in kept(shelf):
        assert path.parent.parent.name == str(in_acme.workspace.pk)
        assert uuid.UUID(path.name).version == 4
        assert path.stat().st_mode & 0o077 == 0
    assert len(kept(shelf)) == 2


def test_what_cannot_be_written_down_leaves_no_bytes(in_acme, ben, shelf, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(Attachment, "save", fail)
    with pytest.raises(RuntimeError):
        files.store(upload(), limits=files.MEMBER, member=ben)
    assert kept(shelf) == []


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_orphans_are_swept_with_their_bytes(acme, ben, shelf):
    with acme.scope():
        _, claimed = sent_file(acme, ben)
        orphan = files.store(upload(), limits=files.MEMBER, member=ben)
        young = files.store(upload("a.pdf", PDF), limits=files.MEMBER, member=ben)
        old = timezone.now() - timedelta(hours=25)
        Attachment.objects.exclude(pk=young.pk).update(created_at=old)
    sweep_files()
    with acme.scope():
        assert set(Attachment.objects.values_list("pk", flat=True)) == {claimed.pk, young.pk}
    assert not default_storage.exists(orphan.path) and not default_storage.exists(orphan.thumb_path)
    assert default_storage.exists(claimed.path)
    assert len(kept(shelf)) == 3


@pytest.mark.django_db(transaction=True)
def test_the_bytes_go_with_the_conversation(acme, ben, client_of, shelf):
    """T049: after erasure there is nothing."""
    with acme.scope():
        conversation, row = sent_file(acme, ben)
    url = f"/w/acme/files/{row.storage_key}/"
    assert client_of(ben).get(url).status_code == 200
    with acme.scope():
        conversation.delete()
    assert kept(shelf) == []
    assert client_of(ben).get(url).status_code == 404


# ── On a message ──


def test_a_reply_may_be_files_alone(client_of, acme, ben):
    """CT-16, and without a script."""
    with acme.scope():
        conversation = make_conversation(acme)
    answer = send(client_of(ben), conversation, upload("shade.png"), upload("label.pdf", PDF))
    assert answer.status_code == 302
    with acme.scope():
        message = Message.objects.get(direction="out")
        assert sorted(message.attachments.values_list("name", flat=True)) == ["label.pdf", "shade.png"]
        assert message.body == ""
        assert Conversation.objects.get().preview == "File: shade.png"
    page = client_of(ben).get(f"/w/acme/inbox/open/{conversation.pk}/").content.decode()
    assert "label.pdf" in page and "/thumb/" in page


def test_neither_words_nor_files_is_nothing_to_send(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    answer = send(client_of(ben), conversation)
    assert answer.status_code == 422 and "Write something first." in answer.content.decode()


def test_a_refused_file_keeps_the_text_and_says_why(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    answer = send(client_of(ben), conversation, upload("x.exe", PDF), body="Here it is.")
    assert answer.status_code == 422
    assert "Programs are not accepted" in answer.content.decode() and "Here it is." in answer.content.decode()
    with acme.scope():
        assert not Message.objects.filter(direction="out").exists()


def test_files_go_ahead_and_a_reply_takes_them(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    client, keys = client_of(ben), []
    for name in ("one.png", "two.png"):
        chip = client.post(f"/w/acme/conversations/{conversation.pk}/files/", {"file": upload(name)})
        assert chip.status_code == 200 and name in chip.content.decode()
        with acme.scope():
            keys.append(str(Attachment.objects.order_by("-pk").first().storage_key))
        assert keys[-1] in chip.content.decode()
    client_id = str(uuid.uuid4())
    for _ in range(2):  # a double click is one message (P6)
        answer = send(client, conversation, files=" ".join(keys), client_id=client_id, body="Both.")
        assert answer.status_code == 302
    with acme.scope():
        message = Message.objects.get(direction="out")
        assert [str(file.storage_key) for file in message.attachments.order_by("pk")] == keys
    again = send(client, conversation, files=keys[0], body="Again.")
    assert again.status_code == 422 and "Attach it again" in again.content.decode()


def test_the_files_of_somebody_else_are_not_mine_to_send(client_of, acme, ada, ben):
    with acme.scope():
        conversation = make_conversation(acme)
        theirs = files.store(upload(), limits=files.MEMBER, member=ada)
        visitors = files.store(upload(), limits=files.MEMBER, visitor=make_visitor(acme))
    for row in (theirs, visitors):
        assert send(client_of(ben), conversation, files=str(row.storage_key)).status_code == 422
        assert client_of(ben).get(f"/w/acme/files/{row.storage_key}/").status_code == 404
        assert client_of(ben).post(f"/w/acme/files/{row.storage_key}/discard/").status_code == 404
    assert client_of(ada).post(f"/w/acme/files/{theirs.storage_key}/discard/").status_code == 204


def test_too_many_files_for_one_message(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    keys = " ".join(str(uuid.uuid4()) for _ in range(11))
    assert "Too many files" in send(client_of(ben), conversation, files=keys).content.decode()
