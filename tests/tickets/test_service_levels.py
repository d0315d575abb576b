"""Promises and their clocks, rule by rule: SL-1 to SL-6."""

from datetime import timedelta

from conversations import actions as on_conversation
from conversations.models import AuthorKind, Direction, Status
from conversations.receive import receive
from events.dispatch import name_of
from events.models import Event, Interest, ReactionDue
from events.types import TICKET_SLA_CHANGED, TICKET_SLA_DUE_SOON, TICKET_SLA_OVERDUE
from inboxes.timetables import save_hours
from notifications.models import Notification
from tests.factories import make_conversation, make_mail, make_ticket
from tests.tickets.promises import (
    HOUR,
    MINUTE,
    a_ticket,
    again,
    back,
    clock,
    look,
    promise,
    reply,
    settle,
    stage,
    states,
    told,
    write,
)
from tickets import actions
from tickets.models import MadeBy, Role, SlaClock, SlaPolicy, Ticket
from tickets.pipelines import default_pipeline
from tickets.sla.policies import save_policy
from tickets.sla.reactions import turn_clocks
from workspaces.models import Team


def test_three_goals_run_from_the_ticket_and_end_with_what_they_promise(in_acme, ben):
    """SL-1: first reply, next reply, close; doing everything twice changes nothing."""
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    assert states(ticket) == {"first": "active", "close": "active"}
    first = clock(ticket, "first")
    assert (first.target, first.due_at) == (HOUR, ticket.created_at + HOUR)
    assert again(ticket).due_at == again(conversation).due_at == first.due_at
    assert again(conversation).ticket_number == ticket.number
    assert told(ticket, TICKET_SLA_CHANGED)[0]["goals"] == {"first": "started", "close": "started"}
    write(in_acme, conversation)  # they still wait for the first
    assert states(ticket) == {"first": "active", "close": "active"}
    reply(conversation, ben)
    assert states(ticket) == {"first": "met", "close": "active"}
    assert again(conversation).due_at is None  # it stands still: we wait for them
    write(in_acme, conversation)
    following = clock(ticket, "next")
    assert following.state == "active" and following.target == 2 * HOUR
    reply(conversation, ben)
    assert states(ticket) == {"first": "met", "close": "active", "next": "met"}
    events = Event.objects.filter(type__in=["message.received", "message.sent", "ticket.created"])
    before = list(SlaClock.objects.order_by("pk").values())
    for event in events.order_by("pk"):
        turn_clocks(event)
    assert list(SlaClock.objects.order_by("pk").values()) == before
    actions.set_stage(again(ticket), stage(Role.CLOSED), by=ben)
    settle()
    assert states(ticket)["close"] == "met"


def test_a_workspace_without_promises_owes_nothing(in_acme):
    make_conversation(in_acme)
    assert not ReactionDue.objects.filter(name=name_of(turn_clocks)).exists()
    promise(in_acme)
    assert Interest.objects.filter(name=name_of(turn_clocks)).count() == 14


def test_the_first_line_that_fits_is_what_counts(in_acme):
    """SL-2: by priority, team, source or pipeline, in order; a line without times promises nothing."""
    lamps = Team.objects.create(name="Lamps")
    lines = [
        {"by": "priority", "is": "urgent", "goals": {"first": 15}},
        {"by": "team", "is": str(lamps.pk), "goals": {"first": 30}},
        {"by": "source", "is": "phone", "goals": {}},
        {"by": "pipeline", "is": str(default_pipeline().pk), "goals": {"close": 90}},
    ]
    promise(in_acme, lines=lines)

    def targets(**fields):
        ticket = make_ticket(in_acme, **fields)
        actions.link(ticket, make_conversation(in_acme, address=f"x{ticket.pk}@pine.example"), by=None)
        settle()
        return {row.goal: row.target for row in again(ticket).clocks.all()}

    in_acme.email.config["ticket"] = {"on": False}
    in_acme.email.save(update_fields=["config"])
    assert targets(priority="urgent") == {"first": 15 * MINUTE}
    assert targets(teams=[lamps]) == {"first": 30 * MINUTE}
    assert targets(source="phone") == {}
    assert targets() == {"close": 90 * MINUTE}


def test_working_hours_are_those_of_the_channel_as_they_were(in_acme):
    """SL-3: the timetable when the clock began; changing it later changes no clock."""
    week = [[[540, 1020]]] * 5 + [[], []]
    save_hours(
        channel=in_acme.email,
        time_zone="Europe/Paris",
        weekly=week,
        exceptions=[],
        country="",
        subdivision="",
    )
    promise(in_acme, working_hours=True, goals={"first": 60, "close": 60 * 24})
    _conversation, ticket = a_ticket(in_acme)
    row = clock(ticket, "close")
    assert row.hours["weekly"] == week and row.due_at - row.started_at > timedelta(days=2)
    save_hours(
        channel=in_acme.email, time_zone="UTC", weekly=[[]] * 7, exceptions=[], country="", subdivision=""
    )
    actions.set_stage(again(ticket), stage(Role.CONTACT), by=None)
    actions.set_stage(again(ticket), stage(Role.US), by=None)
    settle()
    assert abs(clock(ticket, "close").due_at - row.due_at) < MINUTE


def test_what_machines_made_counts_only_where_the_inbox_says_so(in_acme):
    """SL-4."""
    promise(in_acme, counts_all=False)
    made = {by: make_ticket(in_acme, made_by=by) for by in (MadeBy.BOT, MadeBy.RULE, MadeBy.API, MadeBy.HAND)}
    _conversation, by_channel = a_ticket(in_acme)
    assert all(not again(ticket).clocks.exists() for ticket in made.values())
    assert states(by_channel) == {"first": "active", "close": "active"}
    promise(in_acme, counts_all=True)
    ticket = make_ticket(in_acme, made_by=MadeBy.RULE)
    settle()
    assert states(ticket) == {"close": "active"}  # nobody wrote: no reply is owed


def test_bots_welcomes_and_what_was_written_elsewhere_are_no_first_reply(in_acme, ben):
    """SL-4, SL-6; the switch lets what was written elsewhere count."""
    from conversations.append import NewMessage, append

    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)

    def say(**fields):
        append([
            NewMessage(
                conversation_id=conversation.pk,
                channel_id=in_acme.email.pk,
                channel_kind="email",
                direction=Direction.OUT,
                body="Hello",
                **fields,
            )
        ])  # fmt: skip
        settle()

    say(author_kind=AuthorKind.BOT)
    say(author_kind=AuthorKind.MEMBER, kind="welcome")
    say(author_kind=AuthorKind.MEMBER)  # an echo: nobody of us wrote it here
    assert states(ticket)["first"] == "active"
    SlaPolicy.objects.update(any_reply=True)
    say(author_kind=AuthorKind.MEMBER)
    assert states(ticket)["first"] == "met"


def test_an_out_of_office_answer_stops_and_starts_nothing(in_acme, ben):
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    reply(conversation, ben)
    first = conversation.messages.order_by("seq").first()
    receive(make_mail(in_acme, "I am away.", in_reply_to=(first.external_id,), is_automatic=True))
    settle()
    assert states(ticket) == {"first": "met", "close": "active"}


def test_due_soon_and_overdue_are_found_marked_told_and_kept(in_acme, ada, ben):
    """SL-5: active, due soon, overdue, breached; the owner hears of it, else who manages tickets."""
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    assert not look(ticket, "first")
    back(ticket, 50 * MINUTE)
    assert look(ticket, "first") and not look(ticket, "first")
    assert states(ticket)["first"] == "due_soon"
    assert [one["goal"] for one in told(ticket, TICKET_SLA_DUE_SOON)] == ["first"]
    settle()
    assert list(Notification.objects.filter(topic="due").values_list("member", "about")) == [(ada.pk, "soon")]
    on_conversation.assign(conversation, to=ben, by=ada)
    settle()
    back(ticket, 20 * MINUTE)
    assert look(ticket, "first")
    settle()
    assert states(ticket)["first"] == "overdue"
    assert list(Notification.objects.filter(topic="due", about="late").values_list("member", flat=True)) == [
        ben.pk
    ]
    assert clock(ticket, "first").watch_at is None
    for verb in (actions.delete, actions.restore):
        verb(again(ticket), by=ada)
        settle()
    assert states(ticket)["first"] == "overdue" and not look(ticket, "first"), "it is not told twice"
    reply(again(conversation), ben)
    assert states(ticket)["first"] == "breached" and len(told(ticket, TICKET_SLA_OVERDUE)) == 1


def test_waiting_on_the_contact_pauses_the_time_to_close_alone(in_acme, ben):
    """SL-6, with the switch of the pipeline."""
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    back(ticket, 30 * MINUTE)
    actions.set_stage(again(ticket), stage(Role.CONTACT), by=ben)
    settle()
    row = clock(ticket, "close")
    assert row.since is None and row.due_at is None and timedelta(minutes=30) <= row.used < 31 * MINUTE
    assert clock(ticket, "first").since is not None
    actions.set_stage(again(ticket), stage(Role.US), by=ben)
    settle()
    row = clock(ticket, "close")
    assert row.since and abs(row.due_at - (row.since + timedelta(minutes=570))) < MINUTE
    line = default_pipeline()
    line.pauses_close = False
    line.save()
    actions.set_stage(again(ticket), stage(Role.CONTACT), by=ben)
    settle()
    assert clock(ticket, "close").since is not None


def test_another_priority_is_reckoned_from_the_start_and_says_why(in_acme, ben):
    """SL-6."""
    promise(in_acme, lines=[{"by": "priority", "is": "urgent", "goals": {"first": 15, "close": 120}}])
    conversation, ticket = a_ticket(in_acme)
    begun = clock(ticket, "first").started_at
    actions.set_priority(again(ticket), "urgent", by=ben)
    settle()
    assert clock(ticket, "first").due_at == begun + 15 * MINUTE
    assert clock(ticket, "close").due_at == begun + 2 * HOUR
    last = told(ticket, TICKET_SLA_CHANGED)[-1]
    assert (
        last["goals"] == {"first": "recomputed", "close": "recomputed"}
        and last["why"] == "ticket.priority_changed"
    )
    back(ticket, 20 * MINUTE)
    look(ticket, "first")
    assert states(ticket)["first"] == "overdue"
    actions.set_priority(again(ticket), "low", by=ben)
    settle()
    assert states(ticket)["first"] == "active"  # an hour was promised to all others
    assert told(ticket, "ticket.sla_changed")[-1]["goals"]["first"] == "recomputed"


def test_new_settings_are_for_new_tickets(in_acme):
    """SL-6; what is off promises nothing to those that come."""
    promise(in_acme)
    _conversation, ticket = a_ticket(in_acme)
    save_policy(in_acme.inbox, by=None, goals={"first": 5, "close": 10})
    actions.set_priority(again(ticket), "urgent", by=None)
    settle()
    assert {row.target for row in ticket.clocks.all()} == {HOUR, 10 * HOUR}
    _conversation, second = make_conversation(in_acme, address="kim@pine.example"), settle()
    second = Ticket.objects.latest("pk")
    assert {row.target for row in second.clocks.all()} == {5 * MINUTE, 10 * MINUTE}
    save_policy(in_acme.inbox, by=None, on=False)
    make_conversation(in_acme, address="lee@pine.example")
    settle()
    assert states(Ticket.objects.latest("pk")) == {}


def test_opening_again_resumes_closing_and_begins_the_next_reply_anew(in_acme, ben):
    """SL-6."""
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    reply(conversation, ben)
    write(in_acme, conversation)
    back(ticket, 60 * MINUTE)
    actions.set_stage(again(ticket), stage(Role.CLOSED), by=ben)
    settle()
    assert states(ticket) == {"first": "met", "close": "met", "next": "cancelled"}
    used = clock(ticket, "close").used
    assert used >= HOUR
    on_conversation.set_status(again(conversation), Status.OPEN, by=ben)
    actions.set_stage(again(ticket), stage(Role.US), by=ben)
    settle()
    assert clock(ticket, "close").state == "active" and clock(ticket, "close").used == used
    newest = clock(ticket, "next")
    assert newest.state == "active" and newest.due_at - newest.started_at == 2 * HOUR
    assert SlaClock.objects.filter(ticket=ticket, goal="close").count() == 1


def test_what_is_deleted_or_merged_promises_nothing_until_it_comes_back(in_acme, ben):
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    due = clock(ticket, "first").due_at
    actions.delete(again(ticket), by=ben)
    settle()
    assert set(states(ticket).values()) == {"cancelled"} and again(conversation).due_at is None
    actions.restore(again(ticket), by=ben)
    settle()
    assert clock(ticket, "first").due_at == due == again(conversation).due_at
    other = make_ticket(in_acme)
    settle()
    record = actions.merge(again(other), again(ticket), by=ben)
    settle()
    assert set(states(ticket).values()) == {"cancelled"}
    actions.undo(record, by=ben)
    settle()
    assert states(ticket) == {"first": "active", "close": "active"} and again(conversation).due_at == due
