"""Two requests of one page at the same time: neither waits for what the other holds."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from conversations.actions import save_draft, schedule_reply, send_reply
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db(transaction=True)


def later(conversation, **letter) -> None:
    schedule_reply(
        conversation, send_at=timezone.now() + timedelta(hours=1), client_id=uuid.uuid4(), **letter
    )


@pytest.mark.parametrize("answer", [send_reply, later])
def test_a_draft_that_is_kept_while_its_answer_is_sent_stops_neither(acme, ben, answer):
    """The draft's keys are looked at when it commits, and the answer drops the draft: once a deadlock."""
    with acme.scope():
        conversation = make_conversation(acme)
        save_draft(conversation, body="Dear", mode="reply", by=ben)
    kept, wrong = threading.Event(), []

    def keep() -> None:
        with acme.scope():
            draft = save_draft(conversation, body="Dear James", mode="reply", by=ben)
            draft.save(update_fields=["envelope"])  # as for a letter that is passed on
            kept.set()
            time.sleep(0.5)

    def send() -> None:
        kept.wait(30)
        with acme.scope():
            answer(conversation, body="Dear James", by=ben)

    def run(deed) -> None:
        try:
            deed()
        except Exception as problem:  # of a thread: told below
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[deed]) for deed in (keep, send)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
