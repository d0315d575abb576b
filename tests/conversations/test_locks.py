"""Two requests of one page at the same time: neither waits for what the other holds."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import save_draft, schedule_reply, send_reply
from conversations.models import Draft
from tests.factories import make_conversation
from tests.meanwhile import Other

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
    with acme.scope():
        draft = save_draft(conversation, body="Dear James", mode="reply", by=ben)
        draft.save(update_fields=["envelope"])  # as for a letter that is passed on
        sent = Other(acme, lambda: answer(conversation, body="Dear James", by=ben)).wait_for_us()
    assert not isinstance(sent.ends_with(), Exception)
    with acme.scope():
        assert not Draft.objects.exists()
