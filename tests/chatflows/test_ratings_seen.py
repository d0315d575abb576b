"""What is done with a vote: views and rules ask for it, a low one is told, and it stands on the ticket."""

import pytest
from django.utils import timezone

from automation.triggers import keys_of
from chatflows.satisfaction import asked, vote
from conversations.actions import assign
from conversations.conditions import Asked, clean, to_q
from conversations.models import Conversation
from events.models import Event
from events.types import SURVEY_ANSWERED
from inboxes.actions import set_access
from notifications.models import Notification
from notifications.reactions import notify
from tests.factories import make_conversation, make_member
from tickets.actions import create_from
from workspaces.permissions import Role


def found(member, field: str, op: str, value=None) -> set[int]:
    line = {"field": field, "op": op} | ({"value": value} if value else {})
    wanted = clean({"any": [{"all": [line]}]})
    rows = Conversation.objects.filter(to_q(wanted, Asked(member.pk, timezone.now())))
    return set(rows.values_list("pk", flat=True))


def test_views_and_rules_ask_for_votes(in_acme, ben):
    poor, good, silent, unasked = (make_conversation(in_acme, address=f"{n}@elm.example") for n in "abcd")
    vote(poor, 1, "Slow")
    vote(good, 5)
    asked(silent, None)
    assert found(ben, "rating", "is", ["1", "2"]) == {poor.pk}
    assert found(ben, "rating", "is_not", ["1", "2"]) == {good.pk, silent.pk, unasked.pk}
    assert found(ben, "rating_given", "yes") == {poor.pk, good.pk}
    assert found(ben, "rating_given", "no") == {silent.pk, unasked.pk}
    assert found(ben, "rating_comment", "yes") == {poor.pk}
    assert keys_of(Event.objects.filter(type=SURVEY_ANSWERED).earliest("pk")) == ["rated"]


@pytest.mark.parametrize(("score", "told"), [(2, {"ben", "max"}), (3, set())])
def test_a_low_vote_is_told_to_its_owner_and_to_managers(in_acme, ben, score, told):
    manager = make_member(in_acme.workspace, "max@acme.example", "Max", Role.MANAGER)
    make_member(in_acme.workspace, "zoe@acme.example", "Zoe")
    conversation = make_conversation(in_acme)
    assign(conversation, to=ben, by=ben)
    vote(Conversation.objects.get(pk=conversation.pk), score)
    Notification.objects.all().delete()
    event = Event.objects.get(type=SURVEY_ANSWERED)
    for _twice in range(2):
        notify(event)
    rows = Notification.objects.select_related("member")
    names = {ben.pk: "ben", manager.pk: "max"}
    assert sorted(names[row.member_id] for row in rows) == sorted(told)
    assert {row.topic for row in rows} <= {"rated"}


def test_a_vote_stands_on_the_ticket_for_who_may_read_it(acme, ada, ben, client_of):
    with acme.scope():
        conversation = make_conversation(acme)
        ticket = create_from(conversation, by=ada)
        vote(conversation, 4, "Fine")
    url = f"/w/acme/tickets/{ticket.number}/"
    assert "4 of 5 “Fine”" in client_of(ben).get(url).content.decode()
    with acme.scope():
        set_access(acme.inbox, everyone=False, members=[ada], teams=[])
    assert client_of(ben).get(url).status_code == 404
