"""Answers leave by Meta's Send API, in words that people read when they do not (FM-6, FM-8, P7)."""

import os
import subprocess
import sys
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from channels_app.messenger.sender import split
from channels_app.tasks import fetch_what_was_sent, understand_mail
from conversations import files
from conversations.actions import send_automatic, send_reply, try_again
from conversations.models import Conversation, Message
from events import tasks
from events.models import ReactionDue
from inboxes.models import Channel
from tests.channels_app.messenger.posts import PERSON, post, post_of, text
from tests.pictures import picture
from tests.servers import urls_of_the_test_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def conversation(acme, meta) -> Conversation:
    post(post_of(text("Is Halo in stock?")))
    understand_mail()
    with acme.scope():
        return Conversation.objects.get()


def answer(acme, conversation, ben, body="Two left.", **more) -> int:
    with acme.scope():
        return send_reply(conversation, body=body, by=ben, **more).message_id


def run(acme) -> None:
    with acme.scope():
        ReactionDue.objects.update(run_at=timezone.now())
    tasks.run_reactions()


def fate(acme, pk) -> tuple[str, str]:
    with acme.scope():
        message = Message.objects.get(pk=pk)
        return message.delivery, message.delivery_error


def came(meta) -> list[str]:
    return [one["message"].get("text", "") for one in meta.world.taken]


def age(acme, **by) -> None:
    """The customer's last message is that old."""
    with acme.scope():
        Message.objects.filter(direction="in").update(created_at=timezone.now() - timedelta(**by))


def test_an_answer_is_taken_once(acme, ben, meta, conversation):
    pk = answer(acme, conversation, ben)
    run(acme)
    run(acme)
    assert fate(acme, pk) == ("sent", "")
    assert came(meta) == ["Two left."]
    with acme.scope():
        message = Message.objects.get(pk=pk)
        assert message.extra["messenger"]["mids"] == [message.external_id]
    assert meta.world.taken[0]["messaging_type"] == "RESPONSE"


def test_long_words_go_in_pieces_and_files_one_by_one(acme, ben, meta, conversation):
    with acme.scope():
        upload = SimpleUploadedFile("plan.txt", b"a plan")
        key = files.store(upload, limits=files.MEMBER, member=ben).storage_key
    pk = answer(acme, conversation, ben, "lamp " * 600, attachments=[key])
    run(acme)
    assert fate(acme, pk) == ("sent", "")
    assert [len(words) <= 2000 for words in came(meta)] == [True] * 3
    assert " ".join(came(meta)[:2]).split() == ["lamp"] * 600
    assert meta.world.taken[2]["file"] == "plan.txt"


@pytest.mark.parametrize("words", ["a" * 4001, "One. " * 900, "x\n\n" * 1500, "😀" * 2001])
def test_pieces_lose_no_letter(words):
    pieces = split(words)
    assert all(0 < len(piece) <= 2000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(words.split())


def test_after_a_day_people_answer_under_their_tag_and_bots_do_not(acme, ben, meta, conversation):
    """FM-6. The page itself shows it: what Meta would refuse never leaves."""
    age(acme, hours=25)
    person = answer(acme, conversation, ben)
    with acme.scope():
        bot = send_automatic(
            conversation, body="Automatic", client_id=uuid.uuid4(), author_name="Rule"
        ).message_id
    run(acme)
    run(acme)
    assert fate(acme, person)[0] == "sent"
    assert meta.world.taken[0]["tag"] == "HUMAN_AGENT"
    assert fate(acme, bot)[0] == "failed"
    assert "people only" in fate(acme, bot)[1]
    assert came(meta) == ["Two left."]


def test_after_seven_days_the_composer_is_locked_and_offers_mail(acme, ben, meta, conversation, client_of):
    age(acme, days=8)
    with acme.scope():
        conversation.contact.email = "fatou@shade.example"
        conversation.contact.save()
    client, here = client_of(ben), f"/w/acme/conversations/{conversation.pk}/"
    page = client.get(here, follow=True).content.decode()
    assert "only within seven days" in page
    assert "compose/?to=fatou%40shade.example" in page or "compose/?to=fatou@shade.example" in page
    refused = client.post(f"{here}replies/", {"body": "Too late", "client_id": str(uuid.uuid4())})
    assert refused.status_code == 422
    with acme.scope():
        assert not Message.objects.filter(direction="out").exists()
    letter = client.get("/w/acme/compose/?to=fatou@shade.example").content.decode()
    assert "fatou@shade.example" in letter


def test_the_thread_says_how_long_it_stays_open(acme, ben, meta, conversation, client_of):
    age(acme, hours=3)
    page = client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/", follow=True).content.decode()
    assert "for another 20\xa0hours, 59\xa0minutes" in page
    age(acme, hours=30)
    page = client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/", follow=True).content.decode()
    assert "from people only" in page


def test_what_meta_refuses_is_said_in_words(acme, ben, meta, conversation):
    meta.world.faults["blocked"] = 1
    pk = answer(acme, conversation, ben)
    run(acme)
    state, error = fate(acme, pk)
    assert state == "failed"
    assert error.startswith("This person cannot be reached in Messenger at the moment.")


def test_a_window_that_closed_on_their_side_is_said_in_words(acme, ben, meta, conversation):
    meta.customer("acme-messenger", PERSON).say("once")
    meta.world.ahead = 30 * 24 * 3600
    pk = answer(acme, conversation, ben)
    run(acme)
    assert fate(acme, pk)[1].startswith("Messenger no longer takes answers here")


def test_a_limit_is_waited_for_as_long_as_it_says(acme, ben, meta, conversation):
    """It counts as no try, and the message stays queued."""
    meta.world.faults["limit"] = 1
    pk = answer(acme, conversation, ben)
    tasks.run_reactions()
    assert (fate(acme, pk)[0], came(meta)) == ("queued", [])
    with acme.scope():
        waits = ReactionDue.objects.filter(name__endswith="deliver").values_list("run_at", flat=True).get()
    assert timedelta(0) < waits - timezone.now() <= timedelta(seconds=2)
    run(acme)
    assert fate(acme, pk)[0] == "sent"


def test_a_token_that_is_gone_needs_attention_and_loses_nothing(acme, ben, meta, conversation):
    """FM-8, CH-3: the answer waits until the page is connected again."""
    meta.world.faults["token"] = 1
    pk = answer(acme, conversation, ben)
    tasks.run_reactions()
    with acme.scope():
        assert Channel.objects.get(pk=acme.messenger.pk).needs_attention_since
    assert fate(acme, pk)[0] == "queued"
    assert "Connect it again" in fate(acme, pk)[1]
    run(acme)
    assert fate(acme, pk) == ("sent", "")


def test_a_line_that_breaks_after_the_yes_never_sends_twice(acme, ben, knocks, conversation):
    """The echo proves that it was taken."""
    knocks.world.faults["die"] = 1
    pk = answer(acme, conversation, ben)
    run(acme)
    assert fate(acme, pk)[0] == "queued"
    knocks.hooks.wait()
    understand_mail()
    run(acme)
    assert fate(acme, pk)[0] in ("sent", "delivered")
    assert came(knocks) == ["Two left."]


def test_without_an_echo_nobody_knows_and_a_person_decides(acme, ben, meta, conversation):
    meta.world.faults["die"] = 1
    pk = answer(acme, conversation, ben)
    run(acme)
    run(acme)
    assert fate(acme, pk)[0] == "queued", "its echo may still come"
    with acme.scope():
        message = Message.objects.get(pk=pk)
        message.extra["messenger"]["tried_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
        message.save()
    run(acme)
    assert fate(acme, pk)[0] == "unknown"
    assert came(meta) == ["Two left."]
    with acme.scope():
        try_again(Message.objects.get(pk=pk), by=ben)
    run(acme)
    assert fate(acme, pk)[0] == "sent"
    assert came(meta) == ["Two left."] * 2


WORK = """
import sys
import django
django.setup()
from django.conf import settings
settings.MESSENGER_API, settings.EGRESS_ALLOWED = sys.argv[1] + "/v25.0", [sys.argv[1].removeprefix("http://")]
from events.tasks import run_reactions
run_reactions()
"""


def test_worker_killed_between_the_yes_and_our_commit(acme, ben, knocks, conversation, monkeypatch):
    """T120: Meta has taken it, nobody here has written it down. It is never sent a second time."""
    pk, taken, go_on = answer(acme, conversation, ben), threading.Event(), threading.Event()
    take = knocks.graph._send

    def hold(*args):
        answered = take(*args)
        taken.set()
        go_on.wait(30)
        return answered

    monkeypatch.setattr(knocks.graph, "_send", hold)
    command = [sys.executable, "-c", WORK, knocks.address]
    worker = subprocess.Popen(command, env=os.environ | urls_of_the_test_database())
    try:
        assert taken.wait(30), "the worker did not get so far"
    finally:
        worker.kill()
        worker.wait()
        go_on.set()
    monkeypatch.undo()
    knocks.hooks.stopping.set()
    assert came(knocks) == ["Two left."]
    for body in list(knocks.hooks.waiting.queue):
        if body:
            post(body[0])
    knocks.hooks.stopping.clear()
    understand_mail()
    run(acme)
    assert fate(acme, pk)[0] in ("sent", "delivered", "queued")
    assert came(knocks) == ["Two left."]


def test_names_faces_and_files_follow(acme, ben, meta, conversation, client_of, settings, tmp_path):
    """The message stands at once; name and picture are asked once, and what a file is, its bytes say."""
    customer = meta.customer("acme-messenger", PERSON, "Fatou Diop")
    settings.MEDIA_ROOT = tmp_path
    with meta.world.lock:
        meta.world.files["face"] = ("image/jpeg", picture())
        customer.person.picture = f"{meta.address}/files/face/fatou.jpg"
        meta.world.files["key"] = ("image/png", b"%PDF-1.7 nothing of a picture")
    url = f"{meta.address}/files/key/lamp.png"
    told = {"mid": "m_file", "attachments": [{"type": "image", "payload": {"url": url}}]}
    from tests.channels_app.messenger.posts import event

    post(post_of(event(message=told)))
    understand_mail()
    with acme.scope():
        message = Message.objects.get(external_id="m_file")
        assert message.extra["messenger"]["media"] == [{"kind": "image", "state": "waiting"}]
    fetch_what_was_sent()
    with acme.scope():
        message.refresh_from_db()
        assert message.extra["messenger"]["media"][0]["state"] == "here"
        assert message.attachments.get().content_type == "application/pdf"
        conversation.refresh_from_db()
        assert conversation.contact_name == "Fatou Diop"
        assert conversation.preview.startswith("File: ")
        avatar = conversation.contact.addresses.get().avatar
    page = client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/", follow=True).content.decode()
    assert (
        page.count(f'<img src="/live/faces/{avatar}.webp"') >= 3
    )  # beside the thread, at the message, in the list
    assert client_of(ben).get(f"/live/faces/{avatar}.webp")["Content-Type"] == "image/webp"
    with acme.scope():
        conversation.contact.addresses.all().delete()
    assert client_of(ben).get(f"/live/faces/{avatar}.webp").status_code == 404


@pytest.mark.parametrize("content", [b"GIF89a no picture", b"<svg onload=alert(1)>", b""])
def test_a_face_that_is_no_picture_is_none(acme, meta, conversation, content):
    customer = meta.customer("acme-messenger", PERSON, "Fatou Diop")
    with meta.world.lock:
        meta.world.files["face"] = ("image/jpeg", content)
        customer.person.picture = f"{meta.address}/files/face/fatou.jpg"
    fetch_what_was_sent()
    with acme.scope():
        conversation.refresh_from_db()
        assert (conversation.contact_name, conversation.contact.addresses.get().avatar) == ("Fatou Diop", "")


def test_files_are_fetched_from_public_places_only(acme, meta, settings, conversation):
    """An address inside our own network is not asked."""
    from tests.channels_app.messenger.posts import event

    settings.EGRESS_ALLOWED = []
    told = {"mid": "m_in", "attachments": [{"type": "file", "payload": {"url": f"{meta.address}/files/x"}}]}
    post(post_of(event(message=told)))
    understand_mail()
    fetch_what_was_sent()
    with acme.scope():
        media = Message.objects.get(external_id="m_in").extra["messenger"]["media"]
    assert media == [{"kind": "file", "state": "gone"}]
