"""Kept first, understood later, once: whatever is killed between (P8)."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.email import incoming, payloads
from channels_app.email.payloads import keep, print_of, understand
from channels_app.email.webhooks import open_hook
from channels_app.models import InboundPayload
from channels_app.tasks import understand_mail
from config.embedded import paths
from conversations.models import Attachment, Message
from tests.channels_app.mails import mail
from tests.servers import urls_of_the_test_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


def kept(house, letter=None) -> InboundPayload:
    raw = (letter or mail()).as_bytes()
    with house.scope():
        return keep(house.email, source="smtp", external_id=print_of(raw), raw=raw)


def fresh(house, payload) -> InboundPayload:
    with house.scope():
        return InboundPayload.objects.get(pk=payload.pk)


def again_now(house, payload) -> None:
    with house.scope():
        InboundPayload.objects.filter(pk=payload.pk).update(next_attempt_at=None)


def count(house) -> int:
    with house.scope():
        return Message.objects.count()


def test_the_sweep_finds_what_nobody_nudged_for(acme, globex):
    """A crash between keeping and understanding costs seconds; workspaces take turns."""
    for house in (acme, acme, globex):
        kept(house)
    assert [row[0] for row in payloads.due(2)] == [acme.workspace.pk, globex.workspace.pk]
    assert understand_mail() == 3
    assert (count(acme), count(globex)) == (2, 1)


def test_a_copy_is_kept_once(acme):
    letter = mail()
    assert kept(acme, letter).pk == kept(acme, letter).pk


@pytest.mark.parametrize("step", ["parse", "keep_files", "receive", "finish"])
def test_failing_at_any_step_loses_and_doubles_nothing(acme, monkeypatch, step):
    letter = mail()
    letter.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="plan.pdf")
    payload = kept(acme, letter)
    place = payloads if step == "finish" else incoming
    with monkeypatch.context() as broken:
        broken.setattr(place, step, lambda *a, **b: 1 / 0)
        assert understand(acme.workspace.pk, payload.pk) is None
    assert count(acme) == 0 and "ZeroDivisionError" in fresh(acme, payload).error
    again_now(acme, payload)
    assert understand(acme.workspace.pk, payload.pk).is_new
    assert understand(acme.workspace.pk, payload.pk) is None
    assert count(acme) == 1
    with acme.scope():
        assert Attachment.objects.exclude(message=None).count() == 1


KILLED = """
import os, signal, sys, django
django.setup()
from channels_app.email import incoming, payloads
place = payloads if sys.argv[3] == "finish" else incoming
def die(*a, **b):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(place, sys.argv[3], die)
payloads.understand(int(sys.argv[1]), int(sys.argv[2]))
"""


@pytest.mark.parametrize("step", ["parse", "receive", "finish"])
def test_a_killed_worker_loses_and_doubles_nothing(acme, step):
    """A real process, really killed."""
    payload = kept(acme)
    environment = os.environ | urls_of_the_test_database() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", KILLED, str(acme.workspace.pk), str(payload.pk), step]
    ended = subprocess.run(command, cwd=paths.ROOT, env=environment, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    row = fresh(acme, payload)
    assert (row.attempts, row.processed_at) == (1, None) and row.next_attempt_at > timezone.now()
    again_now(acme, payload)
    assert understand_mail() == 1
    assert count(acme) == 1


def test_what_keeps_failing_is_parked_and_can_be_tried_again(acme, ada, ben, client_of, monkeypatch):
    payload = kept(acme)
    with monkeypatch.context() as broken:
        broken.setattr(incoming, "parse_payload", lambda *a, **b: 1 / 0)
        for _ in range(payloads.TRIES):
            again_now(acme, payload)
            understand(acme.workspace.pk, payload.pk)
    assert fresh(acme, payload).parked_at and count(acme) == 0
    client, base = client_of(ada), "/w/acme/settings/unread/"
    assert "ZeroDivisionError" in client.get(base).content.decode()
    source = client.get(f"{base}{payload.pk}/source/")
    assert source["Content-Type"].startswith("text/plain") and b"The dimmer flickers." in source.content
    assert "attachment" in source["Content-Disposition"]
    assert client_of(ben).get(base).status_code == 404
    assert client.post(f"{base}{payload.pk}/retry/").status_code == 302
    assert understand_mail() == 1
    assert count(acme) == 1


def test_what_ends_its_worker_each_time_is_parked(acme):
    payload = kept(acme)
    with acme.scope():
        InboundPayload.objects.update(attempts=payloads.TRIES)
    assert understand(acme.workspace.pk, payload.pk) is None
    assert fresh(acme, payload).error == payloads.KILLER


class TestWebhooks:
    """Mail that a provider posts: Postmark's documented body."""

    POST = {
        "From": "james@pine.example",
        "MessageStream": "inbound",
        "FromName": "James Whitfield",
        "FromFull": {"Email": "james@pine.example", "Name": "James Whitfield", "MailboxHash": ""},
        "To": "support@acme.example",
        "ToFull": [{"Email": "support@acme.example", "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": "support@acme.example",
        "ReplyTo": "",
        "Subject": "Dimmer flickers",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Fri, 1 Aug 2014 16:45:32 -04:00",
        "TextBody": "The dimmer flickers.",
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [{"Name": "Message-ID", "Value": "<one@pine.example>"}],
        "Attachments": [],
    }

    @pytest.fixture
    def hook(self, acme) -> str:
        with acme.scope():
            return open_hook(acme.email, "postmark").split("//", 1)[1].partition("/")[2]

    def post(self, hook: str, body) -> int:
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return Client().post(f"/{hook}", raw, content_type="application/json").status_code

    def test_a_post_becomes_a_message_once(self, acme, hook):
        assert [self.post(hook, self.POST) for _ in range(2)] == [200, 200]
        assert understand_mail() == 1
        with acme.scope():
            message = Message.objects.get()
            assert (message.body, message.external_id) == ("The dimmer flickers.", "<one@pine.example>")

    def test_a_wrong_secret_is_no_page(self, acme, hook):
        head, secret = hook.rstrip("/").rsplit("/", 1)
        assert self.post(f"{head}/{secret[:-1]}x/", self.POST) == 404
        assert self.post(hook.replace("postmark", "carrier-pigeon"), self.POST) == 404

    def test_what_cannot_be_read_is_kept_and_parked(self, acme, hook):
        assert self.post(hook, "{not json") == 200
        with acme.scope():
            assert InboundPayload.objects.get().parked_at

    def test_a_large_mail_is_taken(self, acme, hook):
        assert self.post(hook, self.POST | {"TextBody": "x" * 4_000_000}) == 200

    def test_a_paused_channel_asks_to_come_again(self, acme, hook):
        with acme.scope():
            acme.email.paused_at = timezone.now()
            acme.email.save()
        assert self.post(hook, self.POST) == 503
