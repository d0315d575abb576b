"""What happens to tickets by itself: TK-3, TK-5, TK-6, TK-8."""

import pytest

from conversations import actions as on_conversation
from conversations.aside import mark_spam, not_spam
from conversations.models import Conversation, Status
from conversations.receive import receive
from events.dispatch import name_of
from events.models import ReactionDue
from events.tasks import run_one
from inboxes.actions import create_inbox
from inboxes.models import Inbox, InboxAccess
from tests.factories import make_conversation, make_mail, make_ticket
from tickets import actions
from tickets.models import Priority, Role, Ticket, TicketConversation
from tickets.pipelines import default_pipeline, stage_with
from tickets.reactions import close_conversations, follow, give_conversations, open_ticket
from workspaces.models import Team

OURS = [name_of(one) for one in (open_ticket, follow, close_conversations, give_conversations)]


def settle() -> None:
    """Run what tickets owe, until nothing is left; what other rooms owe is not looked at."""
    while due := list(
        ReactionDue.objects.filter(name__in=OURS).order_by("pk").values_list("workspace_id", "pk")
    ):
        for workspace_id, pk in due:
            assert run_one(workspace_id, pk)


def a_ticket(house, **mail) -> tuple[Conversation, Ticket]:
    conversation = make_conversation(house, **mail)
    settle()
    return conversation, Ticket.objects.get(ties__conversation=conversation)


def again(row):
    return type(row).objects.get(pk=row.pk)


def write(house, conversation, body="And again."):
    first = conversation.messages.order_by("seq").first()
    return receive(make_mail(house, body, in_reply_to=(first.external_id,)))


def test_a_mail_makes_a_ticket_and_a_chat_does_not(in_acme):
    """TK-5: on from the start for mail, off for chat; doing it twice makes one."""
    conversation, ticket = a_ticket(in_acme)
    assert (ticket.number, ticket.name, ticket.source) == (1, "Dimmer flickers", "email")
    assert (ticket.stage.role, ticket.contact, ticket.inbox) == (
        Role.NEW,
        conversation.contact,
        in_acme.inbox,
    )
    assert ticket.made_by == "channel" and ticket.conversations_count == 1
    event = conversation.pk and ticket.history.order_by("event").first().event
    assert (event.type, event.conversation_id) == ("ticket.created", conversation.pk)
    in_acme.email.config["ticket"] = {"on": False}
    in_acme.email.save()
    other = make_conversation(in_acme, address="sofia@oak.example")
    settle()
    assert not TicketConversation.objects.filter(conversation=other).exists()


def test_a_channel_says_what_its_tickets_begin_with(in_acme):
    """TK-5: pipeline, stage and priority of the channel; a pipeline that is gone is the default again."""
    stage = stage_with(default_pipeline(), Role.US)
    in_acme.email.config["ticket"] = {
        "pipeline": stage.pipeline_id,
        "stage": stage.pk,
        "priority": "urgent",
        "category": "Mail",
    }
    in_acme.email.save()
    _conversation, ticket = a_ticket(in_acme)
    assert (ticket.stage, ticket.priority, ticket.category) == (stage, Priority.URGENT, "Mail")
    in_acme.email.config["ticket"] = {"pipeline": 99999, "priority": "nonsense"}
    in_acme.email.save()
    _conversation, ticket = a_ticket(in_acme, address="sofia@oak.example")
    assert (ticket.stage.role, ticket.priority) == (Role.NEW, Priority.MEDIUM)


def test_what_was_set_aside_makes_a_ticket_when_it_is_rescued(in_acme, ben):
    """TK-6: none for spam, filtered and automatic answers; the automation runs at the rescue."""
    filtered = make_conversation(in_acme, aside="filtered", aside_reason="auto_reply", is_automatic=True)
    settle()
    assert not Ticket.objects.exists()
    not_spam(filtered, by=ben)
    settle()
    assert Ticket.objects.get().ties.get().conversation == filtered
    spam = make_conversation(in_acme, address="sofia@oak.example")
    mark_spam(spam, by=ben)
    settle()
    assert Ticket.objects.count() == 1
    not_spam(spam, by=ben)
    settle()
    settle()
    assert Ticket.objects.count() == 2


def test_answers_move_the_ticket_to_and_fro(in_acme, ben):
    """TK-8 a and b; comments and what a bot says do not."""
    conversation, ticket = a_ticket(in_acme)
    write(in_acme, conversation)
    settle()
    assert again(ticket).stage.role == Role.NEW, "nobody has answered: it is as new as it was"
    on_conversation.comment(conversation, body="Look at this", by=ben)
    settle()
    assert again(ticket).stage.role == Role.NEW
    on_conversation.send_reply(conversation, body="Try this", by=ben)
    settle()
    ticket = again(ticket)
    assert ticket.stage.role == Role.CONTACT and ticket.first_reply_at and ticket.last_agent_reply_at
    write(in_acme, conversation, "It still flickers")
    settle()
    ticket = again(ticket)
    assert ticket.stage.role == Role.US and ticket.last_customer_reply_at > ticket.last_agent_reply_at
    first = ticket.first_reply_at
    on_conversation.send_reply(conversation, body="And this", by=ben)
    settle()
    assert again(ticket).stage.role == Role.CONTACT and again(ticket).first_reply_at == first


def test_closing_goes_down_and_an_answer_opens_again(in_acme, ben):
    """TK-8 c and e: the conversation closes with the ticket, and the owner is kept when it opens."""
    conversation, ticket = a_ticket(in_acme)
    on_conversation.send_reply(conversation, body="Try this", by=ben)
    settle()
    assert again(ticket).owner == ben
    actions.set_stage(again(ticket), stage_with(ticket.pipeline, Role.CLOSED), by=ben)
    settle()
    assert again(conversation).status == Status.CLOSED and again(ticket).closed_at
    write(in_acme, conversation, "Not solved")
    settle()
    ticket = again(ticket)
    assert (ticket.stage.role, ticket.closed_at, ticket.owner) == (Role.US, None, ben)
    assert again(conversation).status == Status.OPEN


def test_closing_conversations_closes_the_ticket_only_where_that_is_on(in_acme, ben):
    """TK-8 d: off from the start; with several conversations it is the last that closes it; (c) is not set off."""
    conversation, ticket = a_ticket(in_acme)
    second = make_conversation(in_acme, address="sofia@oak.example")
    settle()
    actions.replace(second, ticket, by=ben)
    on_conversation.set_status(conversation, Status.CLOSED, by=ben)
    settle()
    assert again(ticket).is_open(), "(d) is off"
    pipeline = ticket.pipeline
    pipeline.automation = {"d": {"on": True}}
    pipeline.save()
    on_conversation.set_status(conversation, Status.OPEN, by=ben)
    on_conversation.set_status(conversation, Status.CLOSED, by=ben)
    settle()
    assert again(ticket).is_open(), "one is open still"
    on_conversation.set_status(second, Status.CLOSED, by=ben)
    settle()
    assert again(ticket).stage.role == Role.CLOSED
    write(in_acme, conversation, "One thing more")
    settle()
    assert again(ticket).is_open() and again(second).status == Status.CLOSED


@pytest.mark.parametrize("key", ["a", "b", "c", "e"])
def test_each_switch_can_be_off(in_acme, ben, key):
    """TK-8: a switch for each, per pipeline."""
    conversation, ticket = a_ticket(in_acme)
    pipeline = ticket.pipeline
    pipeline.automation = {key: {"on": False}}
    pipeline.save()
    on_conversation.send_reply(conversation, body="Try this", by=ben)
    settle()
    assert again(ticket).stage.role == (Role.NEW if key == "a" else Role.CONTACT)
    write(in_acme, conversation)
    settle()
    assert (again(ticket).stage.role == Role.US) == (key != "b")
    actions.set_stage(again(ticket), stage_with(ticket.pipeline, Role.CLOSED), by=ben)
    settle()
    assert (again(conversation).status == Status.CLOSED) == (key != "c")
    write(in_acme, conversation)
    settle()
    assert again(ticket).is_open() == (key != "e")


def test_a_switch_goes_to_the_stage_that_was_chosen(in_acme, ben):
    """TK-8 f: a new ticket stays where it is when it is given to somebody, unless the pipeline says where to."""
    conversation, ticket = a_ticket(in_acme)
    on_conversation.assign(conversation, to=ben, by=ben)
    settle()
    assert again(ticket).stage.role == Role.NEW
    other, second = a_ticket(in_acme, address="sofia@oak.example")
    second.pipeline.automation = {"f": {"on": True, "stage": stage_with(second.pipeline, Role.CONTACT).pk}}
    second.pipeline.save()
    on_conversation.assign(other, to=ben, by=ben)
    settle()
    assert again(second).stage.role == Role.CONTACT


def test_owners_go_one_way_unless_the_pipeline_says_both(in_acme, ada, ben):
    """TK-3; TK-10: the main team of the one who got it, which stays when the owner goes."""
    team = Team.objects.create(name="Desk")
    team.places.create(member=ben, is_main=True)
    conversation, ticket = a_ticket(in_acme)
    on_conversation.assign(conversation, to=ben, by=ada)
    settle()
    assert again(ticket).owner == ben and list(ticket.teams.all()) == [team]
    actions.set_owner(ticket, ada, by=ada)
    settle()
    assert again(conversation).assignee == ben, "not the other way"
    on_conversation.assign(conversation, to=None, by=ada)
    settle()
    assert again(ticket).owner is None and list(ticket.teams.all()) == [team]
    pipeline = ticket.pipeline
    pipeline.owner_goes_both_ways = True
    pipeline.save()
    actions.set_owner(ticket, ada, by=ada)
    settle()
    assert again(conversation).assignee == ada
    assert again(ticket).owner == ada


def test_a_ticket_moves_with_its_conversation(in_acme, ada, ben):
    """CO-5: in an inbox where its owner does not work it has none, and who may see it changes with it."""
    conversation, ticket = a_ticket(in_acme)
    on_conversation.assign(conversation, to=ben, by=ada)
    settle()
    assert Ticket.objects.worked_by(ben).filter(pk=ticket.pk).exists()
    closed = create_inbox(name="Sales")
    Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
    InboxAccess.objects.create(inbox=closed, member=ada)
    on_conversation.move(conversation, closed, by=ada)
    settle()
    ticket = again(ticket)
    assert (ticket.inbox, ticket.owner) == (closed, None)
    assert not Ticket.objects.visible_to(ben).filter(pk=ticket.pk).exists()
    assert Ticket.objects.worked_by(ada).filter(pk=ticket.pk).exists()


def test_a_workspace_without_tickets_owes_nothing_for_a_message(in_acme, ben):
    in_acme.email.config["ticket"] = {"on": False}
    in_acme.email.save()
    conversation = make_conversation(in_acme)
    on_conversation.send_reply(conversation, body="Try this", by=ben)
    assert not ReactionDue.objects.filter(name=name_of(follow)).exists()
    make_ticket(in_acme)
    on_conversation.send_reply(conversation, body="And this", by=ben)
    assert ReactionDue.objects.filter(name=name_of(follow)).count() == 1
