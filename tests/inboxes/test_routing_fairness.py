"""What routing promises whatever happens: fair turns, nobody without access, never two owners (RT-6, RT-7)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from conversations.actions import route
from conversations.models import Conversation, RoutingDecision, Status
from events.models import Event
from inboxes.actions import set_access
from inboxes.models import Inbox, RoutingRule, RoutingTurn
from inboxes.routing import set_rule
from tests.conversations.test_receive import at_once
from tests.factories import make_member
from workspaces.models import Member


def waiting(house, count: int) -> list[Conversation]:
    """Conversations as they stand after they came in."""
    contact = Contact.objects.create(name="James")
    return Conversation.objects.bulk_create(
        Conversation(
            workspace=house.workspace,
            inbox=house.inbox,
            channel=house.email,
            channel_kind="email",
            contact=contact,
            waiting_since=contact.created_at,
        )
        for _ in range(count)
    )


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_take_fifty_turns(acme, ada, ben):
    """Two workers never pick the same turn: each conversation is offered twice, to fifty threads at the same moment."""
    dora = make_member(acme.workspace, "dora@acme.example", "Dora")
    outside = make_member(acme.workspace, "otto@acme.example", "Otto")
    with acme.scope():
        Member.objects.filter(pk=dora.pk).update(max_open=5)
        set_access(acme.inbox, everyone=False, members=[ada, ben, dora])
        set_rule(acme.email, mode="people", members=[ada, ben, dora, outside])
        work = [conversation.pk for conversation in waiting(acme, 25)] * 2

    def do() -> None:
        with acme.scope():
            route(Conversation.objects.get(pk=work.pop()))

    at_once(50, do)
    with acme.scope():
        shares = Counter(Conversation.objects.values_list("assignee", flat=True))
        assert shares == {ada.pk: 10, ben.pk: 10, dora.pk: 5}, "fair, and never more than she takes"
        assert Event.objects.filter(type="conversation.assigned").count() == 25, "never two owners"
        assert RoutingDecision.objects.count() == 25


MEMBERS = st.fixed_dictionaries(
    {
        "away": st.booleans(),
        "seat": st.booleans(),
        "inside": st.booleans(),
        "named": st.booleans(),
        "most": st.none() | st.integers(0, 3),
    }
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(
    people=st.lists(MEMBERS, min_size=4, max_size=4), strategy=st.sampled_from(["round_robin", "least_open"])
)
def test_whatever_the_people_are(acme, crew, people, strategy):
    """Nobody without access, nobody beyond their limit; all others within one of each other."""
    with acme.scope():
        arrange(acme, crew, people)
        named = [member for member, one in zip(crew, people, strict=True) if one["named"]]
        set_rule(acme.email, mode="people", strategy=strategy, members=named)
        conversations = waiting(acme, 9)
        for conversation in conversations:
            route(conversation)
        shares = Counter(Conversation.objects.open().values_list("assignee", flat=True))
        able = [
            (member.pk, one["most"])
            for member, one in zip(crew, people, strict=True)
            if one["named"] and one["inside"] and one["seat"] and not one["away"]
        ]
        assert set(shares) <= {pk for pk, most in able if most != 0} | {None}
        assert all(most is None or shares[pk] <= most for pk, most in able)
        if all(most is None for _pk, most in able) and able:
            assert max(shares[pk] for pk, _ in able) - min(shares[pk] for pk, _ in able) <= 1
        if any(most is None for _pk, most in able):
            assert None not in shares, "there was somebody"
        works = {pk: set(Inbox.objects.worked_by(Member.objects.get(pk=pk))) for pk in shares if pk}
        assert all(acme.inbox in inboxes for inboxes in works.values())


@pytest.fixture
def crew(acme):
    return [make_member(acme.workspace, f"m{n}@acme.example", f"Member {n}") for n in range(4)]


def arrange(house, crew, people) -> None:
    """The next example: the same people in another state, nothing left of the last one."""
    Conversation.objects.update(status=Status.CLOSED, closed_at="2026-01-01T00:00Z")
    RoutingTurn.objects.all().delete()
    RoutingRule.objects.all().delete()
    for member, one in zip(crew, people, strict=True):
        availability = "away" if one["away"] else "available"
        Member.objects.filter(pk=member.pk).update(
            availability=availability, can_be_auto_assigned=one["seat"], max_open=one["most"]
        )
    inside = [member for member, one in zip(crew, people, strict=True) if one["inside"]]
    set_access(house.inbox, everyone=False, members=inside)
