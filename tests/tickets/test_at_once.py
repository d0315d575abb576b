"""Two connections at once: what one of them waits for, and what it finds then."""

import pytest

from tests.factories import make_ticket
from tests.meanwhile import Other
from tickets import actions, settings
from tickets.models import Role, Stage, Ticket
from tickets.pipelines import default_pipeline, stage_with
from tickets.refusals import StageRefused


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
