"""T120, T127: the worker dies at each step of a delivery. Nothing is lost; twice comes only what was handed over."""

import os
import subprocess
import sys

import pytest
from django.utils import timezone

from conversations.actions import send_reply
from conversations.models import Message
from events import tasks
from events.models import ReactionDue
from tests.factories import make_conversation
from tests.postoffice import post_office
from tests.servers import urls_of_the_test_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

WORK = """
import sys
import django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", int(sys.argv[1]), False
from events.tasks import run_reactions
run_reactions()
"""


@pytest.mark.parametrize(
    ("step", "copies"), [("EHLO", 1), ("MAIL", 1), ("RCPT", 1), ("DATA", 1), ("QUIT", 2)]
)
def test_kill(acme, ben, settings, step, copies):
    """At QUIT the server has taken the mail and nobody here has written it down: P7's one window."""
    with acme.scope():
        reply = send_reply(make_conversation(acme), body="Two left.", by=ben)
    with post_office(settings) as post:
        post.hold_at = step
        worker = subprocess.Popen(
            [sys.executable, "-c", WORK, str(post.port)], env=os.environ | urls_of_the_test_database()
        )
        try:
            assert post.came.wait(30), "the worker did not get so far"
        finally:
            worker.kill()
            worker.wait()
        post.hold_at = ""
        post.go_on.set()
        tasks.run_reactions()
        assert state(acme, reply) == "queued", "its lease is not over"
        with acme.scope():
            ReactionDue.objects.update(run_at=timezone.now())
        tasks.run_reactions()
        assert state(acme, reply) == "sent"
        assert len(post.letters) == copies
        assert len({letter["Message-ID"] for letter in post.read}) == 1


def state(acme, reply) -> str:
    with acme.scope():
        return Message.objects.get(pk=reply.message_id).delivery
