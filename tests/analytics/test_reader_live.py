"""The reader beside those who work: what is done is in the numbers at the next look, whatever is still on its way."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from analytics import again, reader
from analytics.models import Fact, Kind, Reading, SubjectRead
from analytics.numbers import Scope, counts
from analytics.place import LOCK
from conversations import aside
from conversations.actions import assign, send_reply, set_status
from conversations.actions.place import trash
from conversations.models import Conversation
from events.models import Event
from tests.factories import make_conversation
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


def look(house) -> dict[str, int]:
    """What a report of today says after the next look."""
    reader.read(house.workspace.pk)
    while again.go_on(house.workspace.pk):
        pass
    today = timezone.now().date()
    scope = Scope(today - timedelta(days=1), today + timedelta(days=1), "UTC")
    return {cell.kind: cell.n for cell in counts(scope, Kind.values)}


def test_what_was_done_is_seen_at_once(acme, ada, ben):
    """P: younger than half a minute, events are read and the cursor waits; what has no news is left alone."""
    with acme.scope():
        conversation = make_conversation(acme)
        assert look(acme) == {"created": 1}
        assign(conversation, to=ben, by=ada)
        send_reply(conversation, body="On its way.", by=ben)
        set_status(conversation, "closed", by=ben)
        found = look(acme)
        assert {kind: found[kind] for kind in ("assigned", "reply", "response", "first_response", "closed", "settled")} == {
            "assigned": 1, "reply": 1, "response": 1, "first_response": 1, "closed": 1, "settled": 1,
        }  # fmt: skip
        assert Fact.objects.get(kind=Kind.CREATED).member_id == ben.pk
        assign(conversation, to=ada, by=ada)  # "owner now" right after each re-assignment
        look(acme)
        assert Fact.objects.get(kind=Kind.CREATED).member_id == ada.pk
        assert Fact.objects.get(kind=Kind.CLOSED).member_id == ben.pk
        assert Reading.objects.get().event_id < Event.objects.order_by("pk")[0].pk
        Event.objects.update(created_at=timezone.now() - timedelta(minutes=5))
        look(acme)
        assert Reading.objects.get().event_id == Event.objects.order_by("-pk")[0].pk


def test_set_aside_it_leaves_the_numbers_and_comes_back(acme, ada):
    """AN-5: spam and trash are in no report."""
    with acme.scope():
        conversation, other = make_conversation(acme), make_conversation(acme)
        assert look(acme)["created"] == 2
        aside.mark_spam(conversation, by=ada)
        trash(other, by=ada)
        assert look(acme) == {}
        aside.not_spam(conversation, by=ada)
        assert look(acme)["created"] == 1
        Conversation.objects.filter(pk=conversation.pk).delete()
        Event.objects.filter(conversation_id=conversation.pk).update(created_at=timezone.now())
        SubjectRead.objects.all().delete()
        assert look(acme) == {}


def test_a_chat_is_missed_by_the_mere_passing_of_time(acme):
    """AN-4: no event tells of it."""
    with acme.scope():
        conversation = make_conversation(acme)
        Conversation.objects.update(channel_kind="chat", channel=acme.chat)
        assert look(acme) == {"created": 1}
        due = SubjectRead.objects.get(subject="c").look_at
        assert timedelta(minutes=1) < due - timezone.now() < timedelta(minutes=3)
        conversation.messages.update(created_at=timezone.now() - timedelta(minutes=4))
        SubjectRead.objects.update(look_at=timezone.now())
        reader.look_again(acme.workspace.pk)
        assert look(acme) == {"created": 1, "missed": 1}
        assert SubjectRead.objects.get(subject="c").look_at is None


@pytest.mark.django_db(databases=["default", "maintenance"])
def test_one_reader_a_workspace_and_no_other_workspaces_facts(acme, globex, monkeypatch):
    """A second one goes away after a while; each sees its own log only."""
    monkeypatch.setattr(reader, "PATIENCE", 0.1)
    with acme.scope():
        make_conversation(acme)
    other, lock = connections["maintenance"], [LOCK, acme.workspace.pk % 2**31]
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", lock)
        try:
            assert reader.read(acme.workspace.pk) == 0 and not Reading.unscoped.exists()
        finally:
            cursor.execute("select pg_advisory_unlock(%s, %s)", lock)
    with globex.scope():
        make_conversation(globex)
        assert look(globex) == {"created": 1}
    with acme.scope():
        assert look(acme) == {"created": 1}
        assert Fact.objects.count() == 1


def test_a_look_costs_the_same_whatever_came(acme, django_assert_max_num_queries):
    """A batch is a fixed number of statements."""
    with acme.scope():
        look(acme)
        for _i in range(3):
            make_conversation(acme)
        reader.read(acme.workspace.pk)
        for _i in range(6):
            make_conversation(acme)
        with django_assert_max_num_queries(34):
            reader.read(acme.workspace.pk)


def test_writers_pay_nothing(acme, ada):
    """No reaction, no row: what is recorded with a message is what it was before there were reports."""
    from config.reactions import REACTIONS

    names = [getattr(one, "__module__", "") for each in REACTIONS.values() for one in each]
    assert not [name for name in names if name.startswith("analytics")]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_proc where prosrc ilike '%analytics_%'")
        assert cursor.fetchone() == (0,)  # no trigger, no function of the database either
    with workspace_scope(acme.workspace):
        make_conversation(acme)
        assert not Fact.objects.exists()
