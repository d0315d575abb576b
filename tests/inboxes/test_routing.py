"""RT-1 to RT-13: who gets what comes in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from conversations import actions, routing, tasks
from conversations.models import Conversation, Occasion, RoutingDecision, Status
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.actions import create_inbox, set_access
from inboxes.availability import set_availability
from inboxes.models import Channel, OpeningHours, RoutingTurn
from inboxes.routing import set_rule
from tests.factories import make_conversation, make_mail, make_member, make_visitor
from workspaces.actions import deactivate
from workspaces.models import Member, Team, TeamMember
from workspaces.permissions import Role

PEOPLE = {"mode": "people", "strategy": "round_robin"}


@pytest.fixture
def dora(acme):
    return make_member(acme.workspace, "dora@acme.example", "Dora Agent")


def started(house, **mail) -> Conversation:
    """A mail that came, and the reaction to it; each from somebody else."""
    number = Conversation.objects.count()
    conversation = make_conversation(house, **{"address": f"c{number}@pine.example", **mail})
    react("conversation.started", conversation)
    conversation.refresh_from_db()
    return conversation


def react(type: str, conversation: Conversation) -> None:
    event = Event.objects.filter(type=type, conversation_id=conversation.pk).latest("pk")
    {"conversation.started": routing.route_started, "conversation.reopened": routing.route_again}[type](event)


def away(member: Member) -> None:
    set_availability(member, availability="away", by=member)


def back(member: Member) -> None:
    set_availability(member, availability="available", by=member)
    routing.drain_for(Event.objects.filter(type="member.availability_changed").latest("pk"))


def passed(conversation: Conversation) -> dict[int, str]:
    return {one["member"]: one["reason"] for one in conversation.decisions.latest("pk").passed}


def test_without_a_rule_it_stays_unassigned(in_acme, ben, django_assert_num_queries):
    """RT-1; and where nothing is given out, asking costs one question."""
    conversation = make_conversation(in_acme)
    event = Event.objects.get(type="conversation.started")
    with django_assert_num_queries(5):  # two for the scope, two for its savepoint
        routing.route_started(event)
    conversation.refresh_from_db()
    assert (conversation.assignee, RoutingDecision.objects.count()) == (None, 0)


def test_each_in_turn(in_acme, ben, dora):
    """RT-7: whoever got one longest ago."""
    set_rule(in_acme.email, members=[ben, dora], **PEOPLE)
    owners = [started(in_acme).assignee for _ in range(5)]
    assert owners == [ben, dora, ben, dora, ben]
    assert RoutingTurn.objects.count() == 2


def test_whoever_was_away_gets_one_and_not_all_they_missed(in_acme, ben, dora):
    set_rule(in_acme.email, members=[ben, dora], **PEOPLE)
    away(ben)
    assert [started(in_acme).assignee for _ in range(3)] == [dora] * 3
    back(ben)
    assert [started(in_acme).assignee for _ in range(3)] == [ben, dora, ben]


def test_only_who_may_and_can(in_acme, ada, ben, dora):
    """RT-6, AC-5, AV-2: each is passed over for a reason of their own, which is kept."""
    eve = make_member(in_acme.workspace, "eve@acme.example", "Eve")
    rita = make_member(in_acme.workspace, "rita@acme.example", "Rita", Role.REPORTER)
    outside = make_member(in_acme.workspace, "out@acme.example", "Otto")
    set_access(in_acme.inbox, everyone=False, members=[ada, ben, dora, eve, rita])
    Member.objects.filter(pk=eve.pk).update(can_be_auto_assigned=False)
    away(ada)
    set_rule(in_acme.email, members=[ada, ben, dora, eve, rita, outside], **PEOPLE)
    conversation = started(in_acme)
    assert conversation.assignee == ben
    expected = {ada: "away", dora: "turn", eve: "seat", rita: "access", outside: "access"}
    assert passed(conversation) == {member.pk: reason for member, reason in expected.items()}


def test_of_a_team_those_whose_main_team_it_is(in_acme, ben, dora):
    """RT-5."""
    team, other = Team.objects.create(name="Lights"), Team.objects.create(name="Cables")
    TeamMember.objects.create(team=team, member=ben, is_main=False)
    TeamMember.objects.create(team=other, member=ben, is_main=True)
    TeamMember.objects.create(team=team, member=dora, is_main=True)
    set_rule(in_acme.email, teams=[team], **PEOPLE)
    assert [started(in_acme).assignee for _ in range(2)] == [dora, dora]
    assert RoutingDecision.objects.latest("pk").rule_then["teams"] == [team.pk], "RT-9: known to tickets"


def test_nobody_there_means_unassigned(in_acme, ben):
    """RT-9: and the reaction may run twice."""
    set_rule(in_acme.email, members=[ben], **PEOPLE)
    away(ben)
    conversation = started(in_acme)
    react("conversation.started", conversation)
    assert (conversation.assignee, conversation.team) == (None, None)
    decision = conversation.decisions.get()
    assert (decision.reason, decision.passed) == ("nobody", [{"member": ben.pk, "reason": "away"}])


def test_what_somebody_took_stays_theirs(in_acme, ada, ben):
    """RT-2: the reaction comes after the answer."""
    set_rule(in_acme.email, members=[ben], **PEOPLE)
    conversation = make_conversation(in_acme)
    actions.send_reply(conversation, body="Hello", by=ada)
    react("conversation.started", conversation)
    conversation.refresh_from_db()
    assert (conversation.assignee, RoutingDecision.objects.count()) == (ada, 0)


@pytest.mark.parametrize("aside", [{"aside": "spam"}, {"aside": "filtered"}, {"is_automatic": True}])
def test_what_was_set_aside_goes_to_nobody(in_acme, ben, aside):
    """SP-7, SP-8."""
    set_rule(in_acme.email, members=[ben], **PEOPLE)
    conversation = make_conversation(in_acme, **aside)
    assert actions.route(conversation) is None
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_nobody_gets_more_than_they_take(in_acme, ben, dora):
    """AV-10, RT-7 least open."""
    Member.objects.filter(pk=ben.pk).update(max_open=2)
    set_rule(in_acme.email, members=[ben, dora], mode="people", strategy="least_open")
    owners = [started(in_acme).assignee for _ in range(6)]
    assert (owners.count(ben), owners.count(dora)) == (2, 4)
    assert passed(Conversation.objects.latest("pk"))[ben.pk] == "full"


def test_language_and_skills(in_acme, ben, dora):
    Member.objects.filter(pk=dora.pk).update(languages=["fr"], skills=["Billing"])
    Member.objects.filter(pk=ben.pk).update(languages=["en", "fr"], skills=[])
    set_rule(in_acme.email, members=[ben, dora], match_language=True, **PEOPLE)
    french = [started(in_acme, language="fr-CA").assignee for _ in range(2)]
    english = started(in_acme, language="en")
    assert (french, english.assignee) == ([ben, dora], ben)
    assert passed(english) == {dora.pk: "language"}
    set_rule(in_acme.email, members=[ben, dora], skills=["billing"], **PEOPLE)
    assert passed(started(in_acme)) == {ben.pk: "skill"}


def test_outside_the_hours_of_a_chat_nobody_gets_it(in_acme, ben):
    """CT-8: even if somebody is available."""
    config = in_acme.chat.config | {"availability": {"mode": "hours"}}
    Channel.objects.filter(pk=in_acme.chat.pk).update(config=config)
    never = [[] for _day in range(7)]
    OpeningHours.objects.create(channel=in_acme.chat, time_zone="UTC", weekly=never)
    set_rule(in_acme.chat, members=[ben], **PEOPLE)
    chat = Inbound(channel=in_acme.chat, visitor=make_visitor(in_acme), body="Hello")
    conversation = Conversation.objects.get(pk=receive(chat).conversation_id)
    react("conversation.started", conversation)
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.decisions.get().reason) == (None, "closed")


# ── The owner of the contact (RT-8) ──


def owned(house, owner: Member | None, **mail) -> Conversation:
    conversation = make_conversation(house, **mail)
    Contact.objects.filter(pk=conversation.contact_id).update(owner=owner)
    react("conversation.started", conversation)
    conversation.refresh_from_db()
    return conversation


def test_the_owner_of_the_contact_gets_it(in_acme, ben):
    set_rule(in_acme.email, mode="owner")
    assert owned(in_acme, ben).assignee == ben
    nobodys = owned(in_acme, None, address="new@pine.example")
    assert (nobodys.assignee, nobodys.decisions.get().reason) == (None, "no_owner")


@pytest.mark.parametrize(
    ("fallback", "gets", "told"), [("unassigned", None, 1), ("anyway", "ben", 0), ("people", "dora", 0)]
)
def test_an_owner_who_is_away(in_acme, ben, dora, fallback, gets, told):
    away(ben)
    set_rule(in_acme.email, members=[dora], mode="owner", owner_fallback=fallback)
    conversation = owned(in_acme, ben)
    assert conversation.assignee == {"ben": ben, "dora": dora}.get(gets)
    assert Event.objects.filter(type="conversation.owner_missed").count() == told


def test_nobody_is_given_what_they_may_not_see(in_acme, ada, ben):
    """RT-8 "all the same" ends at the door of the inbox (RT-6)."""
    set_access(in_acme.inbox, everyone=False, members=[ada])
    set_rule(in_acme.email, mode="owner", owner_fallback="anyway")
    assert owned(in_acme, ben).assignee is None


# ── Later (RT-11 to RT-13) ──


def answered_again(house, conversation: Conversation) -> Conversation:
    first = conversation.messages.order_by("seq").first()
    receive(
        make_mail(house, "And now?", address=conversation.contact.email, in_reply_to=(first.external_id,))
    )
    react("conversation.reopened", conversation)
    conversation.refresh_from_db()
    return conversation


def test_a_reopened_one_keeps_its_owner_even_if_away(in_acme, ben, dora):
    """RT-11; and with the option it goes to somebody who is there."""
    set_rule(in_acme.email, members=[ben, dora], **PEOPLE)
    conversation = started(in_acme)
    away(ben)
    actions.set_status(conversation, Status.CLOSED, by=ben)
    assert answered_again(in_acme, conversation).assignee == ben
    actions.set_status(conversation, Status.CLOSED, by=ben)
    set_rule(in_acme.email, members=[ben, dora], reroute_reopened_if_owner_away=True, **PEOPLE)
    assert answered_again(in_acme, conversation).assignee == dora


@pytest.mark.parametrize("with_rule", [True, False])
def test_a_reopened_one_of_somebody_who_left_is_given_out_again(in_acme, ada, ben, dora, with_rule):
    """RT-11; without a rule it waits for anybody."""
    conversation = make_conversation(in_acme)
    actions.assign(conversation, to=ben, by=ada)
    actions.set_status(conversation, Status.CLOSED, by=ben)
    deactivate(ben, by=ada)
    if with_rule:
        set_rule(in_acme.email, members=[ben, dora], **PEOPLE)
    assert answered_again(in_acme, conversation).assignee == (dora if with_rule else None)


def test_the_queue_goes_to_whoever_becomes_available(in_acme, ben):
    """RT-12: longest waiting first, no more than they take; off unless the rule says so."""
    Member.objects.filter(pk=ben.pk).update(max_open=2)
    set_rule(in_acme.email, members=[ben], **PEOPLE)
    away(ben)
    waiting = [started(in_acme) for _ in range(3)]
    back(ben)
    assert not Conversation.objects.assigned_to(ben).exists()
    set_rule(in_acme.email, members=[ben], drain_queue_on_available=True, **PEOPLE)
    away(ben)
    back(ben)
    assert set(Conversation.objects.assigned_to(ben)) == set(waiting[:2])
    actions.set_status(waiting[0], Status.CLOSED, by=ben)
    routing.drain_for(Event.objects.filter(type="conversation.closed").latest("pk"))
    waiting[2].refresh_from_db()
    assert waiting[2].assignee == ben, "who closes one has room again"


def later(conversation: Conversation) -> Conversation:
    """The minutes of the rule go by."""
    RoutingDecision.objects.exclude(recheck_at=None).update(recheck_at=timezone.now() - timedelta(seconds=1))
    for pk in RoutingDecision.objects.exclude(recheck_at=None).values_list("pk", flat=True):
        actions.route_unanswered(pk)
    conversation.refresh_from_db()
    return conversation


def test_what_is_not_answered_in_time_goes_on(in_acme, ben, dora):
    """RT-13: once each time; with nobody else there it stays."""
    set_rule(in_acme.email, members=[ben, dora], reassign_unanswered_after_minutes=5, **PEOPLE)
    conversation = started(in_acme)
    assert conversation.assignee == ben
    assert later(conversation).assignee == dora
    assert conversation.decisions.latest("pk").occasion == Occasion.UNANSWERED
    away(ben)
    assert later(conversation).assignee == dora
    back(ben)
    assert later(conversation).assignee == ben, "it was looked at again"


def test_what_was_answered_stays(in_acme, ben, dora):
    """RT-13: before the first answer only."""
    set_rule(in_acme.email, members=[ben, dora], reassign_unanswered_after_minutes=5, **PEOPLE)
    conversation = started(in_acme)
    actions.send_reply(conversation, body="Hello", by=ben)
    receive(make_mail(in_acme, "And?", address=conversation.contact.email, subject="Re: x"))
    assert later(conversation).assignee == ben
    assert not RoutingDecision.objects.exclude(recheck_at=None).exists()


def test_it_does_not_go_round_for_ever(in_acme, ben, dora):
    set_rule(in_acme.email, members=[ben, dora], reassign_unanswered_after_minutes=5, **PEOPLE)
    conversation = started(in_acme)
    for _ in range(9):
        later(conversation)
    assert conversation.decisions.filter(occasion=Occasion.UNANSWERED).count() == 5


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_the_sweeps_look_across_workspaces(acme, ben):
    with acme.scope():
        other = make_member(acme.workspace, "dora@acme.example", "Dora")
        set_rule(acme.email, members=[ben, other], reassign_unanswered_after_minutes=5, **PEOPLE)
        conversation = started(acme)
        long_ago = timezone.now() - timedelta(days=31)
        RoutingDecision.objects.update(recheck_at=timezone.now(), created_at=long_ago)
    tasks.recheck_unanswered()
    with acme.scope():
        conversation.refresh_from_db()
        assert conversation.assignee == other
    tasks.forget_decisions()
    with acme.scope():
        assert RoutingDecision.objects.count() == 1, "thirty days"


def test_a_channel_of_another_inbox_has_its_own_turns(in_acme, ben, dora):
    sales = create_inbox(name="Sales")
    set_rule(in_acme.email, members=[ben, dora], **PEOPLE)
    set_rule(in_acme.form, members=[ben, dora], **PEOPLE)
    assert sales and started(in_acme).assignee == ben
    assert RoutingTurn.objects.filter(rule__channel=in_acme.form).count() == 0
