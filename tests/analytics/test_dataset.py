"""The generator writes what the product writes: the same events with the same keys, the same columns filled in the same cases."""

import pytest
from django.db import connection

from chatflows.satisfaction import vote
from conversations.actions import assign, label_called, send_reply, set_label, set_priority, set_status, trash
from conversations.aside import mark_spam
from conversations.models import Conversation, Status
from conversations.receive import receive
from tests.factories import make_conversation, make_mail, make_ticket
from tickets.actions import create_from, set_owner, set_stage
from tickets.pipelines import default_pipeline, stage_with
from workspaces.models import Team

pytestmark = pytest.mark.django_db
# What an event looks like, and what a message's row has.
EVENTS = """
select e.type, e.actor_kind, e.audience, e.actor_id is not null, e.conversation_id is not null,
    array(select k from jsonb_object_keys(e.payload) k where k not in ('cause', 'cause_id') order by k)
from events_event e where e.workspace_id = %s group by 1, 2, 3, 4, 5, 6
"""
MESSAGES = """
select direction, author_kind, kind, member_id is not null, contact_id is not null, delivery = 'received'
from conversations_message where workspace_id = %s and channel_kind = 'email' group by 1, 2, 3, 4, 5, 6
"""
CONVERSATIONS = """
select status, closed_at is not null, spam_at is not null, trashed_at is not null,
    assignee_id is not null and team_id is not null, snoozed_until is not null and status <> 'snoozed'
from conversations_conversation where workspace_id = %s and filtered_at is null and merged_into_id is null group by 1, 2, 3, 4, 5, 6
"""
TICKETS = """
select s.role, t.closed_at is not null, t.inbox_id is not null, t.conversations_count, k.id is not null
from tickets_ticket t join tickets_stage s on s.id = t.stage_id left join tickets_ticketconversation k on k.ticket_id = t.id
where t.workspace_id = %s and t.source = 'email' group by 1, 2, 3, 4, 5
"""


def asked(sql: str, workspace) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk])
        return {tuple(tuple(one) if isinstance(one, list) else one for one in row) for row in cursor}


def live_through(acme, ada, ben) -> None:
    """One of each: answered, closed and opened again with a vote and a ticket; one for a team; spam; trash."""
    one = make_conversation(acme, external_id="<first@pine.example>")
    ticket = create_from(one, by=None)
    set_label(one, label_called("billing"), True, by=None)
    set_priority(one, "high", by=None)
    assign(one, to=ben, by=None, reason="routed")
    set_owner(ticket, ben, by=None)
    send_reply(one, by=ben, body="It has been sent again.")
    set_status(one, Status.CLOSED, by=ben)
    vote(one, 4)
    set_stage(ticket, stage_with(default_pipeline(), "closed"), by=ben)
    receive(make_mail(acme, "Any news?", in_reply_to=("<first@pine.example>",)))
    make_conversation(acme)
    make_ticket(acme)
    create_from(make_conversation(acme), by=None)
    set_status(make_conversation(acme), Status.CLOSED, by=ben)
    assign(make_conversation(acme), to=Team.objects.create(name="Care"), by=None, reason="routed")
    mark_spam(make_conversation(acme), by=ada)
    trash(make_conversation(acme), by=ada)


def test_the_same_rows_as_by_the_products_own_verbs(acme, ada, ben, world_of):
    with acme.scope():
        live_through(acme, ada, ben)
        lived = {sql: asked(sql, acme.workspace) for sql in (EVENTS, MESSAGES, CONVERSATIONS, TICKETS)}
    with world_of(60) as world:
        made = {sql: asked(sql, world.workspace) for sql in lived}
        assert Conversation.objects.count() == 60
    both = {row[0] for row in lived[EVENTS]} & {row[0] for row in made[EVENTS]}
    assert len(both) >= 13
    for type in both:
        keys = {row[5] for row in lived[EVENTS] if row[0] == type}
        assert {row[5] for row in made[EVENTS] if row[0] == type} <= keys, type
    # Who acted differs from case to case: what it is about, and who may hear of it, does not.
    told = {(row[0], row[2], row[4]) for row in lived[EVENTS]}
    assert {(row[0], row[2], row[4]) for row in made[EVENTS] if row[0] in both} <= told
    assert {row for row in made[MESSAGES] if row[1] != "system"} == lived[MESSAGES]
    assert {row for row in made[CONVERSATIONS] if row[0] != "snoozed"} <= lived[CONVERSATIONS]
    assert {row[:3] for row in made[TICKETS]} <= {row[:3] for row in lived[TICKETS]}
