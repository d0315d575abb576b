"""What is owed after an event is done at least once, parked when it keeps failing, and never blocks the next."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.actions import send_reply
from conversations.models import Message
from events import dispatch, tasks
from events.models import Event, ReactionDue
from events.record import record
from events.types import COMMENT_ADDED, CONVERSATION_CLOSED
from tests.factories import make_conversation

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def heard(acme, monkeypatch):
    """A reaction to comments that notes what it was called with; `heard.fail` makes it raise."""

    class Heard(list):
        fail = False

        def __call__(self, event):
            self.append(event.pk)
            if self.fail:
                raise RuntimeError("no luck")

    calls = Heard()
    monkeypatch.setitem(dispatch._reactions, COMMENT_ADDED, ["test"])
    monkeypatch.setitem(dispatch._functions, "test", calls)
    return calls


def tell(acme) -> Event:
    with acme.scope():
        return record(COMMENT_ADDED, None, comment=1)


def due(acme) -> ReactionDue:
    with acme.scope():
        return ReactionDue.objects.get()


def later(acme) -> None:
    with acme.scope():
        ReactionDue.objects.update(run_at=timezone.now())


def test_a_reaction_runs_once_and_is_gone(acme, heard):
    event = tell(acme)
    assert tasks.run_reactions() == 1
    assert heard == [event.pk]
    assert tasks.run_reactions() == 0


def test_what_is_rolled_back_is_told_to_nobody(acme, heard, monkeypatch):
    rung = []
    monkeypatch.setattr(dispatch, "ring", rung.append)
    with pytest.raises(ZeroDivisionError), acme.scope():
        record(COMMENT_ADDED, None, comment=1)
        raise ZeroDivisionError
    assert (tasks.run_reactions(), heard, rung) == (0, [], [])


def test_a_lost_nudge_is_found_by_the_sweep(acme, heard, monkeypatch):
    """Accepted means committed: Valkey away at the wrong moment costs latency only (P3)."""
    monkeypatch.setattr(dispatch, "nudge", lambda: None)
    monkeypatch.setattr(dispatch, "ring", lambda bells: None)
    tell(acme)
    tasks.run_reactions()
    assert len(heard) == 1


def test_a_failure_is_tried_again_later_and_parked_at_last(acme, heard):
    """P8: five tries, then the reason stands there."""
    heard.fail = True
    tell(acme)
    for _ in range(tasks.TRIES):
        tasks.run_reactions()
        assert tasks.run_reactions() == 0, "it waits before the next try"
        later(acme)
    assert len(heard) == tasks.TRIES
    row = due(acme)
    assert row.parked_at and "no luck" in row.error
    assert tasks.run_reactions() == 0


def test_one_that_keeps_failing_delays_no_other(acme, heard):
    heard.fail = True
    tell(acme)
    tasks.run_reactions()
    heard.fail = False
    event = tell(acme)
    tasks.run_reactions()
    assert heard[-1] == event.pk


def test_a_try_counts_before_it_runs(acme, heard, monkeypatch):
    """T130: what kills its worker each time is parked as well."""
    tell(acme)
    row = due(acme)
    for _ in range(tasks.TRIES):
        with acme.scope():
            assert tasks._claim(row.pk)  # and the worker dies here
        later(acme)
    with acme.scope():
        assert tasks._claim(row.pk) is None
    assert due(acme).parked_at


def test_two_workers_do_not_run_the_same_one(acme, heard):
    tell(acme)
    row = due(acme)
    with acme.scope():
        assert tasks._claim(row.pk)
    with acme.scope():
        assert tasks._claim(row.pk) is None, "the lease is held"
        assert ReactionDue.objects.get().run_at > timezone.now() + timedelta(seconds=50)


def test_a_long_queue_is_many_turns(acme, heard, monkeypatch):
    """No task runs into its own time limit: it hands over, and the next goes on."""
    for _ in range(3):
        tell(acme)
    nudged = []
    monkeypatch.setattr(dispatch, "nudge", lambda: nudged.append(1))
    monkeypatch.setattr(tasks, "TURN", -1)
    assert tasks.run_reactions() == 0 and nudged == [1]
    monkeypatch.setattr(tasks, "TURN", 20)
    assert tasks.run_reactions() == 3


def test_a_payload_with_unknown_keys_is_refused(acme):
    with acme.scope(), transaction.atomic(), pytest.raises(ValueError, match="does not carry"):
        record(CONVERSATION_CLOSED, None, body="secret")


def test_one_nudge_waits_at_a_time(acme, heard, monkeypatch):
    sent = []
    monkeypatch.setattr("events.tasks.run_reactions.apply_async", lambda **kw: sent.append(1))
    dispatch.valkey().delete(dispatch.nudge_key())
    for _ in range(5):
        tell(acme)
    assert len(sent) == 1


def test_the_worker_delivers(acme, ben, worker):
    """The whole way with a real worker (P7): within seconds, but for what else a machine of two cores does meanwhile."""

    with acme.scope():
        sent = send_reply(make_conversation(acme), body="On its way", by=ben)
    deadline = time.monotonic() + 45
    while time.monotonic() < deadline:
        with acme.scope():
            if Message.objects.get(pk=sent.message_id).delivery == "sent":
                return
        time.sleep(0.05)
    pytest.fail("the reply was not delivered")


def test_history_owes_nothing_and_rings_no_bell(acme, heard, monkeypatch):
    """What happened long ago: its events stand, and are yielded; whoever comes after is told again."""
    rung = []
    monkeypatch.setattr(dispatch, "after_commit", rung.extend)
    with dispatch.history() as bells:
        event = tell(acme)
    assert [bell.event for bell in bells] == [event.pk] and not rung
    with acme.scope():
        assert not ReactionDue.objects.exists()
    later = tell(acme)
    assert [bell.event for bell in rung] == [later.pk]
    with acme.scope():
        assert ReactionDue.objects.filter(event=later, name="test").exists()
