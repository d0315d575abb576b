"""Boards of others follow: a ticket's events reach those who may see it, and nobody else."""

from events.models import Event
from inboxes.actions import create_inbox
from inboxes.models import Inbox
from realtime.frames import for_members
from realtime.tickets import reader_of
from tests.factories import make_member, make_ticket
from tickets import actions
from tickets.models import Role
from tickets.pipelines import stage_with
from workspaces.permissions import Role as MemberRole


def frames_of(house, event, *members):
    with house.scope():
        readers = [(reader_of(member, "", "en"), None) for member in members]
    told = for_members(house.workspace.pk, [event.pk], readers)
    return [[frame for frame in told[reader] if frame["t"] == "ticket"] for reader, _shows in readers]


def test_a_moved_card_is_told_to_who_may_see_it(acme, ada, ben):
    restricted = make_member(acme.workspace, "rex@acme.example", "Rex", MemberRole.RESTRICTED)
    with acme.scope():
        closed = create_inbox(name="Sales")
        Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
        ticket, hidden = make_ticket(acme), make_ticket(acme, inbox=closed)
        us = stage_with(ticket.pipeline, Role.US)
        for one in (ticket, hidden):
            actions.set_stage(one, us, by=ada)
        moved = list(Event.objects.filter(type="ticket.stage_changed").order_by("pk"))
    [[frame], [same], nothing] = frames_of(acme, moved[0], ada, ben, restricted)
    assert frame["ticket"] == ticket.pk and frame["stage"] == us.pk and frame["number"] == ticket.number
    assert same == frame and nothing == []
    [[_one], nothing, also] = frames_of(acme, moved[1], ada, ben, restricted)
    assert nothing == also == []
