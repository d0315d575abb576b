"""Tickets without a conversation: who hears when they are due, and what rules do to them (SL-5, NO-6)."""

import pytest
from django.urls import reverse

from automation import dryrun
from automation.models import DryRun, RuleRun
from automation.views.dry import shown
from contacts.custom import define
from conversations.conditions_custom import key_of
from notifications.models import Notification
from notifications.queries import news_for
from tests.automation.stories import line, make_rule, react, when
from tests.factories import make_ticket
from tests.tickets.promises import MINUTE, a_ticket, again, back, look, promise, settle
from tickets.models import Ticket
from workspaces.models import Team, TeamMember


@pytest.fixture
def late(acme):
    """Turns the clock of a ticket that has only the promise to be closed until it is overdue."""

    def turn(ticket: Ticket, minutes: int = 601) -> None:
        back(ticket, minutes * MINUTE)
        assert look(ticket, "close")

    return turn


def made(house, **fields) -> Ticket:
    ticket = make_ticket(house, "Lamp came broken", **fields)
    settle()
    return ticket


def test_its_owner_or_its_teams_hear_and_go_to_the_ticket(acme, ada, ben, client_of, late):
    """NO-6: due soon and overdue; else its teams, else who manages tickets there; read when the ticket is opened."""
    with acme.scope():
        promise(acme)
        his = made(acme, owner=ben)
        late(his, 500)
        late(his, 120)
        settle()
        rows = list(Notification.objects.order_by("pk"))
        assert [(row.member, row.about, row.ticket, row.conversation) for row in rows] == [
            (ben, "soon", his, None),
            (ben, "late", his, None),
        ]
        told = news_for(ben)["items"]
        assert [one["title"] for one in told] == ["Due soon: ticket #1", "Overdue: ticket #1"]
        assert told[0]["text"] == "Lamp came broken"
    browser = client_of(ben)
    answer = browser.get(told[1]["url"])
    assert answer.url == reverse("tickets:show", args=["acme", 1])
    assert browser.get(answer.url).status_code == 200
    with acme.scope():
        assert not Notification.objects.unread().exists()
        team = Team.objects.create(name="Lamps")
        TeamMember.objects.create(team=team, member=ben)
        late(made(acme, teams=[team]))
        nobodys = made(acme)
        late(nobodys)
        settle()
        latest = Notification.objects.filter(about="late", read_at=None)
        assert set(latest.values_list("ticket__number", "member")) == {(2, ben.pk), (3, ada.pk)}
        # What one may not see any more is not told: the row stays, its words do not come.
        acme.inbox.open_to_everyone = False
        acme.inbox.save(update_fields=["open_to_everyone"])
        assert not Notification.objects.of(ben).exists()


def test_rules_ask_it_and_act_on_it(acme, ada, ben, client_of, late):
    """Conditions about a ticket are understood, those about a conversation are never met; deeds that need one say so."""
    with acme.scope():
        promise(acme)
        kind = define(about="ticket", sort="choice", label="Lamp", options=["Brass", "Steel"])
        stage = made(acme).stage.pipeline.stages.get(role="us")
        deeds = [
            {"do": "assign", "value": f"member:{ben.pk}"},
            {"do": "ticket_stage", "value": str(stage.pk)},
            {"do": "ticket_priority", "value": "urgent"},
            {"do": "close"},
        ]
        conditions = when(
            line("ticket_priority", "is", ["high"]),
            line(key_of(kind), "is", ["Brass"]),
            line("ticket_owner", "is", ["nobody"]),
            line("ticket_open", "yes"),
        )
        rule = make_rule(ada, trigger="sla_late", conditions=conditions, deeds=deeds)
        of_mail = when(line("kind", "is", ["email"]))
        make_rule(ada, name="Mail", trigger="sla_late", conditions=of_mail, deeds=deeds)
        yes = made(acme, priority="high", custom={kind.key: "Brass"})
        no = made(acme, priority="high", custom={kind.key: "Steel"})
        late(yes)
        late(no)
    react(acme)
    with acme.scope():
        now = again(yes)
        assert (now.owner, now.stage, now.priority) == (ben, stage, "urgent")
        assert again(no).owner is None
        run = RuleRun.objects.get()
        assert (run.rule, run.ticket, run.conversation, run.outcome) == (rule, yes, None, "failed")
        assert [told["done"] for told in run.outcomes] == [True, True, True, False]
        assert run.outcomes[3]["why"] == "This ticket has no conversation."
    page = client_of(ada).get(reverse("automation:runs", args=["acme"])).content.decode()
    assert reverse("tickets:show", args=["acme", yes.number]) in page
    retry = client_of(ada).post(reverse("automation:retry", args=["acme", run.pk]))
    assert retry.status_code == 302


def test_trying_a_rule_finds_them_too(acme, ada, ben, client_of, late):
    """The last thirty days' tickets that came due, with and without a conversation; and what would not have been done."""
    with acme.scope():
        promise(acme)
        talk, tied = a_ticket(acme)
        alone, other = made(acme, priority="high"), made(acme)
        for one in (tied, alone, other):
            late(one)
        Ticket.objects.filter(pk=tied.pk).update(priority="high")
        deeds = [{"do": "ticket_priority", "value": "urgent"}, {"do": "close"}]
        asked = when(line("ticket_priority", "is", ["high"]))
        kept = make_rule(ada, trigger="sla_late", conditions=asked, deeds=deeds, on=False)
        tried = dryrun.begin(
            member=ada, trigger="sla_late", after={}, conditions_=kept.conditions, deeds=kept.deeds
        )
        assert (tried.looked_at, tried.found) == (3, 2)
        assert {(told[0], *told[2:]) for told in tried.told["first"]} == {(talk.pk,), (None, alone.pk)}
        assert again(alone).priority == "high" and again(alone).closed_at is None
    page = client_of(ada).get(reverse("automation:dry", args=["acme", tried.pk])).content.decode()
    assert reverse("tickets:show", args=["acme", alone.number]) in page
    assert reverse("conversations:open", args=["acme", talk.pk]) in page
    assert "Close it</b> (not to a ticket without a conversation)" in page
    with acme.scope():
        acme.inbox.open_to_everyone = False
        acme.inbox.save(update_fields=["open_to_everyone"])
        DryRun.objects.update(member=ben)
        assert not shown(DryRun.objects.get(), ben)["first"]  # nobody is shown what they may not read
        always = dryrun.begin(member=ada, trigger="sla_late", after={}, conditions_={}, deeds=kept.deeds)
        of_mail = when(line("kind", "is", ["email"]))
        mail = dryrun.begin(member=ada, trigger="sla_late", after={}, conditions_=of_mail, deeds=kept.deeds)
        assert (always.found, mail.found) == (3, 1)
