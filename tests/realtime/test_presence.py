"""Who reads and who writes a conversation: told to those beside them, gone when they go, and never stored."""

import json
import time
from contextlib import contextmanager

import pytest
from django.conf import settings

from conversations.actions import assign
from conversations.models import Conversation
from events.dispatch import bell_channel, valkey
from events.models import Event
from inboxes.actions import create_inbox
from realtime import presence
from realtime.presence import _key as key_of
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(acme) -> Conversation:
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def beside(agent_line, conversation):
    """A member's socket that shows the conversation: `with beside(ben) as line`."""

    @contextmanager
    def sit(member, pk: int | None = None):
        with agent_line(member, after=10**9) as line:
            line.hear("ready")
            line.say(t="see", conversation=pk or conversation.pk)
            yield line

    return sit


def who(line) -> list[tuple[str, str]]:
    return [(person["name"], person["doing"]) for person in line.hear("presence")["who"]]


def present(conversation) -> list:
    return valkey().hvals(key_of(conversation.workspace_id, conversation.pk))


def test_two_who_read_the_same_hear_of_each_other(beside, conversation, ada, ben):
    with beside(ben) as bens, beside(ada) as adas:
        frame = adas.hear("presence")
        assert frame["conversation"] == conversation.pk
        assert frame["who"] == [
            {"id": ben.pk, "name": "Ben Agent", "initials": "BA", "hue": ben.hue, "doing": "reading"}
        ]
        assert who(bens) == [("Ada Owner", "reading")]
        assert bens.hears_nothing("presence") and adas.hears_nothing("presence")


def test_writing_a_reply_is_told_and_so_is_that_it_ended(beside, conversation, ada, ben):
    with beside(ben) as bens, beside(ada) as adas:
        assert who(adas) == [("Ben Agent", "reading")]
        for _ in range(2):
            bens.say(t="typing", conversation=conversation.pk, on=True)
        assert who(adas) == [("Ben Agent", "replying")]
        bens.say(t="typing", conversation=conversation.pk, on=False)
        assert who(adas) == [("Ben Agent", "reading")]


def test_writing_ends_by_itself_when_the_page_falls_silent(beside, conversation, ada, ben, monkeypatch):
    with beside(ben) as bens, beside(ada) as adas:
        who(adas)
        bens.say(t="typing", conversation=conversation.pk, on=True)
        assert who(adas) == [("Ben Agent", "replying")]
        monkeypatch.setattr(presence, "WRITING", 0.2)
        assert who(adas) == [("Ben Agent", "reading")]


def test_who_goes_is_gone_at_once(beside, conversation, ada, ben):
    with beside(ada) as adas:
        with beside(ben) as bens:
            assert who(adas) == [("Ben Agent", "reading")]
            bens.say(t="see", conversation=None)
            assert who(adas) == []
            bens.say(t="see", conversation=conversation.pk)
            assert who(adas) == [("Ben Agent", "reading")]
        assert who(adas) == []


def test_another_conversation_is_another_company(beside, acme, ada, ben):
    with acme.scope():
        other = make_conversation(acme, address="lea@pine.example")
    with beside(ben) as bens, beside(ada, other.pk) as adas:
        assert bens.hears_nothing("presence") and adas.hears_nothing("presence")
        adas.say(t="see", conversation=None)
        assert bens.hears_nothing("presence")


def test_two_tabs_are_one_person_who_does_not_meet_themselves(beside, conversation, ada, ben):
    with beside(ben) as first, beside(ada) as adas:
        who(adas), who(first)
        with beside(ben) as second:
            assert who(second) == [("Ada Owner", "reading")]
            second.say(t="typing", conversation=conversation.pk, on=True)
            assert who(adas) == [("Ben Agent", "replying")]
        assert who(adas) == [("Ben Agent", "reading")]
        assert first.hears_nothing("presence")


def test_another_workspace_is_neither_told_nor_seen(beside, conversation, ben, cleo):
    """T061."""
    with beside(ben) as bens, beside(cleo) as cleos:
        cleos.say(t="typing", conversation=conversation.pk, on=True)
        assert bens.hears_nothing("presence") and cleos.hears_nothing("presence")
        assert len(present(conversation)) == 1


def test_without_access_one_is_neither_told_nor_seen(beside, acme, conversation, ada, ben):
    """T061: another inbox, and a restricted agent who was not given the conversation."""
    lou = make_member(acme.workspace, "lou@acme.example", "Lou Restricted", Role.RESTRICTED)
    with acme.scope():
        hidden = make_conversation(acme, address="lea@pine.example")
        Conversation.objects.filter(pk=hidden.pk).update(inbox=create_inbox(name="Sales", members=[ada]))
    with beside(ada, hidden.pk) as adas, beside(ben, hidden.pk) as bens, beside(lou) as lous:
        with beside(ben) as again:
            assert again.hears_nothing("presence")
        assert all(line.hears_nothing("presence") for line in (adas, bens, lous))


def test_a_reporter_is_not_there(beside, acme, conversation, ben):
    """AC-1: who may see figures only."""
    rae = make_member(acme.workspace, "rae@acme.example", "Rae Reporter", Role.REPORTER)
    with beside(ben) as bens, beside(rae) as raes:
        raes.say(t="typing", conversation=conversation.pk, on=True)
        assert bens.hears_nothing("presence")
        assert len(present(conversation)) == 1


def test_access_that_ends_ends_the_presence(beside, acme, conversation, ada, monkeypatch):
    """T062: with the next heartbeat, also for those who stay."""
    monkeypatch.setattr("realtime.hub.PING", 0.5)
    lou = make_member(acme.workspace, "lou@acme.example", "Lou Restricted", Role.RESTRICTED)
    with acme.scope():
        assign(conversation, to=lou, by=ada)
    with beside(ada) as adas, beside(lou):
        assert who(adas) == [("Lou Restricted", "reading")]
        with acme.scope():
            assign(conversation, to=ada, by=ada)
        assert who(adas) == []


def test_what_a_dead_process_left_is_passed_over(beside, conversation, ada, ben):
    """A kill -9 takes no field away; nobody renews it, so it counts for a minute."""
    old = {"id": ben.pk, "name": "Ben Agent", "initials": "BA", "hue": 1, "doing": "replying"}
    for age in (presence.FRESH + 1, 1):
        entry = json.dumps(old | {"at": time.time() - age})
        valkey().hset(key_of(conversation.workspace_id, conversation.pk), "dead", entry)
        with beside(ada) as adas:
            if age > presence.FRESH:
                assert adas.hears_nothing("presence")
            else:
                assert who(adas) == [("Ben Agent", "replying")]


def test_other_processes_are_heard_through_the_bell(beside, conversation, ada):
    """What another process noted and rang for reaches this one."""
    entry = {"id": 4711, "name": "Zoe", "initials": "Z", "hue": 1, "doing": "reading", "at": time.time()}
    with beside(ada) as adas:
        assert adas.hears_nothing("presence")
        valkey().hset(key_of(conversation.workspace_id, conversation.pk), "elsewhere", json.dumps(entry))
        valkey().publish(bell_channel(conversation.workspace_id), json.dumps([{"presence": conversation.pk}]))
        assert who(adas) == [("Zoe", "reading")]


def test_presence_is_no_event_and_does_not_stay(beside, acme, conversation, ada, ben):
    with acme.scope():
        before = Event.objects.count()
    with beside(ben) as bens, beside(ada) as adas:
        who(adas), who(bens)
        ttl = valkey().ttl(key_of(conversation.workspace_id, conversation.pk))
        assert 0 < ttl <= presence.FRESH * 2
        assert settings.KEY_PREFIX in key_of(conversation.workspace_id, conversation.pk)
    with acme.scope():
        assert Event.objects.count() == before


@pytest.mark.parametrize("number", [True, -1, 0, 2**63, 1.5, "1", [1], {"a": 1}])
def test_numbers_that_are_no_conversation_change_nothing(beside, conversation, ada, number):
    """T070."""
    with beside(ada) as line:
        line.say(t="see", conversation=number)
        line.say(t="typing", conversation=number, on=True)
        line.say(t="sync", after=10**9)
        assert line.hear("ready")
