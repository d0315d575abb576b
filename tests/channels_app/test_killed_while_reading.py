"""T120 for what comes in by forms and by one's own messenger, and for what leaves by it: a real process is killed between
what it did and its commit. Whoever was told "it is kept" finds it once."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from channels_app.models import InboundPayload
from channels_app.tasks import understand_mail
from conversations.actions import send_reply
from conversations.models import Conversation, Message
from events import tasks
from events.models import ReactionDue
from inboxes.models import Channel
from tests.channels_app.form.conftest import GOOD, Page, publish
from tests.channels_app.test_api_channel import Messenger, said
from tests.servers import urls_of_the_test_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

# The message is written, its post marked as understood; the commit never comes.
READING = """
import time
import django
django.setup()
from channels_app.email import payloads
finish = payloads.finish
def and_wait(understood):
    finish(understood)
    print("written", flush=True)
    time.sleep(60)
payloads.finish = and_wait
from channels_app.tasks import understand_mail
understand_mail()
"""

SENDING = """
import sys
import django
django.setup()
from django.conf import settings
settings.EGRESS_ALLOWED = [sys.argv[1]]
from events.tasks import run_reactions
run_reactions()
"""


def start(code: str, *told: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *told],
        env=os.environ | urls_of_the_test_database(),
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(worker: subprocess.Popen) -> None:
    worker.kill()
    worker.wait()


def by_form(acme, ada, monkeypatch):
    monkeypatch.setattr("channels_app.form.gate.SOONEST", 0)
    publish(acme, ada)
    assert Page().send(GOOD).status_code == 303


def by_messenger_of_ones_own(acme, ada, monkeypatch):
    assert Messenger(acme).post({"events": [said(), said("m-2", "And two more")]}).status_code == 202


@pytest.mark.parametrize(("comes", "messages"), [(by_form, 1), (by_messenger_of_ones_own, 2)])
def test_killed_before_the_commit_of_what_was_kept(acme, ada, monkeypatch, comes, messages):
    comes(acme, ada, monkeypatch)
    worker = start(READING)
    try:
        assert worker.stdout.readline().strip() == "written", "the worker did not get so far"
    finally:
        kill(worker)
    with acme.scope():
        waiting = InboundPayload.objects.get()
        assert (waiting.processed_at, waiting.attempts, Message.objects.count()) == (None, 1, 0)
        InboundPayload.objects.update(next_attempt_at=timezone.now())  # its lease is over
    understand_mail()
    understand_mail()
    with acme.scope():
        assert (Message.objects.count(), Conversation.objects.count()) == (messages, 1)
        assert InboundPayload.objects.get().processed_at


def test_killed_between_their_yes_and_our_commit(acme, ben):
    """The second call says the same id, by which the other side knows it again; here it stands once."""
    got, came, go_on = [], threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers["Parley-Id"], json.loads(body)["text"]))
            came.set()
            go_on.wait(30)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *told):
            """Nothing on the terminal."""

    served = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{served.server_port}"
    app = Messenger(acme)
    app.post(said())
    app.understood()
    with acme.scope():
        config = app.channel.config | {"url": f"http://{place}/in"}
        Channel.objects.filter(pk=app.channel.pk).update(config=config)
        pk = send_reply(Conversation.objects.get(), body="Two left.", by=ben).message_id
    worker = start(SENDING, place)
    try:
        assert came.wait(30), "the worker did not get so far"
    finally:
        kill(worker)
        go_on.set()
    with acme.scope():
        assert Message.objects.get(pk=pk).delivery == "queued"
        ReactionDue.objects.update(run_at=timezone.now())
    again = start(SENDING, place)
    again.wait(60)
    served.shutdown()
    served.server_close()
    with acme.scope():
        assert Message.objects.get(pk=pk).delivery == "sent"
        assert Message.objects.filter(direction="out").count() == 1
    assert got == [got[0], got[0]] and got[0][1] == "Two left."
    tasks.run_reactions()
    assert len(got) == 2
