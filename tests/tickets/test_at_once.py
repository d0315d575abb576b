"""Two connections at once: what one of them waits for, and what it finds then."""

import threading
import time

import pytest
from django.db import connection

from tests.factories import make_ticket
from tickets import actions, settings
from tickets.models import Role, Stage, Ticket
from tickets.pipelines import default_pipeline, stage_with
from tickets.refusals import StageRefused

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


class Other(threading.Thread):
    """Something that another connection does meanwhile."""

    def __init__(self, house, what):
        super().__init__(daemon=True)
        self.house, self.what, self.gave = house, what, None

    def run(self):
        try:
            with self.house.scope():
                self.gave = self.what()
        except Exception as error:  # the test looks at it
            self.gave = error
        finally:
            connection.close()

    def wait_for_us(self) -> "Other":
        """Begin, and come as far as our lock."""
        self.start()
        until = time.monotonic() + 30
        while time.monotonic() < until and self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    return self
            time.sleep(0.01)
        raise AssertionError(f"It did not wait: {self.gave!r}")

    def ends_with(self) -> object:
        self.join(30)
        return self.gave


@pytest.mark.django_db(transaction=True)
def test_a_stage_is_removed_in_the_moment_of_a_move(acme, ben):
    """Whoever comes second waits: the ticket is carried over, or its mover is told that the stage is gone."""
    with acme.scope():
        ticket, pipeline = make_ticket(acme), default_pipeline()
        us = stage_with(pipeline, Role.US)
        first, second = (settings.add_stage(pipeline, name=name, is_closed=False) for name in ("One", "Two"))
    with acme.scope():
        actions.set_stage(ticket, first, by=ben)
        late = Other(acme, lambda: settings.remove_stage(Stage.objects.get(pk=first.pk), to=us)).wait_for_us()
    assert late.ends_with() == 1
    with acme.scope():
        ticket = Ticket.objects.get()
        assert ticket.stage_id == us.pk
        settings.remove_stage(Stage.objects.get(pk=second.pk), to=None)
        late = Other(acme, lambda: actions.set_stage(ticket, second, by=ben)).wait_for_us()
    assert isinstance(late.ends_with(), StageRefused)
    with acme.scope():
        assert Ticket.objects.get().stage_id == us.pk
