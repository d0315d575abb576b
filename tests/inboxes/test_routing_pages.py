"""Settings of who gets it, the page "Why?", and what an owner hears who was away."""

import pytest

from contacts.models import Contact
from conversations import routing
from conversations.models import Conversation
from conversations.queries.thread import thread_of
from events.models import Event
from inboxes.actions import set_access
from inboxes.availability import set_availability
from inboxes.routing import rule_of, set_rule
from notifications.describe import title_of
from notifications.models import Notification
from notifications.reactions import notify
from tests.factories import make_conversation, make_member
from workspaces.models import AuditEntry, Member, Team
from workspaces.permissions import Role


@pytest.fixture
def page(acme):
    return f"/w/acme/settings/channels/{acme.email.pk}/routing/"


def posted(member: Member, **fields) -> dict:
    return {"mode": "people", "members": [member.pk], "strategy": "least_open"} | fields


def test_who_gets_it_is_set_and_said(acme, ada, ben, client_of, page):
    """RT-3, RT-7."""
    client = client_of(ada)
    assert b"nobody is given anything" in client.get(page).content
    with acme.scope():
        Team.objects.create(name="Lights")
    client.post(page, posted(ben, skills="Billing, cables ,", reassign_unanswered_after_minutes="15"))
    with acme.scope():
        rule = rule_of(acme.email)
        assert (rule.strategy, rule.skills) == ("least_open", ["billing", "cables"])
        assert rule.reassign_unanswered_after_minutes == 15
        assert list(rule.targets.values_list("member", flat=True)) == [ben.pk]
        line = AuditEntry.objects.get(action="routing.changed")
        assert (line.member_name, line.after["goes to"]) == ("Ada Owner", ["Ben Agent"])
    shown = client.get(page).content.decode()
    assert "It would wait in Unassigned" in shown and "lacks a skill" in shown
    client.post(page, posted(ben))
    assert "Ben Agent would get the next one" in client.get(f"{page}now/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": []},
        {"mode": "owner", "owner_fallback": "people", "members": []},
        {"mode": "everybody"},
        {"reassign_unanswered_after_minutes": "0"},
        {"skills": ",".join("abcdefghijk")},
    ],
)
def test_what_cannot_be_is_refused_and_kept(acme, ada, ben, client_of, page, wrong):
    answer = client_of(ada).post(page, posted(ben, **wrong))
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    with acme.scope():
        assert rule_of(acme.email) is None


def test_the_second_of_two_admins_sees_what_changed(acme, ada, ben, client_of, page):
    seen = client_of(ada).get(page).context["form"].seen.split('value="')[1].split('"')[0]
    with acme.scope():
        set_rule(acme.email, mode="people", strategy="random", members=[ben])
    answer = client_of(ada).post(page, posted(ben, seen=seen))
    assert answer.status_code == 422
    with acme.scope():
        assert rule_of(acme.email).strategy == "random"


def test_what_somebody_can_be_given(acme, ada, ben, client_of):
    """AC-5, AV-10, AC-4: set by who looks after availability."""
    url = f"/w/acme/settings/availability/{ben.pk}/load/"
    assert client_of(ben).get(url).status_code == 404
    client = client_of(ada)
    assert client.post(url, {"max_open": "many"}).status_code == 422
    client.post(url, {"max_open": "3", "languages": ["fr"], "skills": "Billing, Cable  cars"})
    ben.refresh_from_db()
    assert (ben.can_be_auto_assigned, ben.max_open) == (False, 3)
    assert (ben.languages, ben.skills) == (["fr"], ["billing", "cable cars"])
    assert 'value="billing, cable cars"' in client.get(url).content.decode()
    with acme.scope():
        assert AuditEntry.objects.get(action="member.changed").after["max_open"] == 3


def test_whoever_lost_access_stays_in_sight(acme, ada, ben, client_of, page):
    """A rule must not lose somebody by being saved."""
    with acme.scope():
        set_rule(acme.email, mode="people", members=[ben])
        set_access(acme.inbox, everyone=False, members=[ada])
    shown = client_of(ada).get(page).content.decode()
    assert f'value="{ben.pk}"' in shown and "does not work in this inbox" in shown


def test_the_pages_ask_the_same_whatever_the_number(
    acme, ada, ben, client_of, page, django_assert_max_num_queries
):
    people = [make_member(acme.workspace, f"p{n}@acme.example", f"Person {n}") for n in range(12)]
    with acme.scope():
        set_rule(acme.email, mode="people", members=[ben, *people])
    client = client_of(ada)
    client.get(page)
    with django_assert_max_num_queries(32):
        client.get(page)


# ── Why? ──


def given_out(house) -> Conversation:
    conversation = make_conversation(house)
    routing.route_started(Event.objects.get(type="conversation.started", conversation_id=conversation.pk))
    conversation.refresh_from_db()
    return conversation


def test_why_says_the_rule_and_who_was_passed_over(acme, ada, ben, client_of):
    with acme.scope():
        set_availability(ben, availability="away", by=ben)
        set_rule(acme.email, mode="people", members=[ada, ben])
        conversation = given_out(acme)
        events = [item["e"] for item in thread_of(conversation, ada).items if item["type"] == "event"]
    url = f"/w/acme/conversations/{conversation.pk}/why/"
    assert [event.get("why_url") for event in events] == [url], "the line in the thread leads there"
    shown = client_of(ada).get(url).content.decode()
    assert "It was their turn." in shown and "<bdi>Ben Agent</bdi>: is away" in shown
    assert "In turn: whoever got one longest ago" in shown


def test_why_is_for_who_may_read_it(acme, ada, ben, client_of):
    """T001, AC-1."""
    with acme.scope():
        conversation = given_out(acme)
        set_access(acme.inbox, everyone=False, members=[ada])
    assert client_of(ada).get(f"/w/acme/conversations/{conversation.pk}/why/").status_code == 200
    assert client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/why/").status_code == 404


def test_an_owner_who_was_away_is_told(in_acme, ada, ben):
    """RT-8: once, by the ways they chose; it waits for anybody."""
    set_rule(in_acme.email, mode="owner")
    set_availability(ben, availability="away", by=ben)
    conversation = make_conversation(in_acme)
    Contact.objects.filter(pk=conversation.contact_id).update(owner=ben)
    routing.route_started(Event.objects.get(type="conversation.started"))
    missed = Event.objects.get(type="conversation.owner_missed")
    notify(missed)
    notify(missed)
    told = Notification.objects.get(member=ben)
    assert title_of(told) == "James Whitfield wrote, whose owner you are. It waits for anybody"
    assert "email" in told.ways and told.message.body == "The dimmer flickers."


def test_a_restricted_agent_is_given_work_by_routing_alone(in_acme):
    """AC-6: they see what is theirs."""
    rosa = make_member(in_acme.workspace, "rosa@acme.example", "Rosa", Role.RESTRICTED)
    set_rule(in_acme.email, mode="people", members=[rosa])
    conversation = given_out(in_acme)
    assert list(Conversation.objects.visible_to(rosa)) == [conversation]
