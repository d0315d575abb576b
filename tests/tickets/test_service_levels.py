"""Promises and their clocks, rule by rule: SL-1 to SL-6, SPEC 8 case 14."""

from datetime import UTC, datetime, timedelta

from conversations import actions as on_conversation
from conversations.models import AuthorKind, Conversation, Direction, Status
from conversations.queries.lists import page_of
from conversations.queries.views import get_view
from conversations.receive import receive
from events.dispatch import name_of
from events.models import Event, Interest, ReactionDue
from events.tasks import run_one
from events.types import TICKET_SLA_CHANGED, TICKET_SLA_DUE_SOON, TICKET_SLA_OVERDUE
from inboxes.timetables import save_hours
from notifications.models import Notification
from notifications.reactions import notify
from tests.factories import make_conversation, make_mail, make_ticket
from tickets import actions
from tickets.models import MadeBy, Role, SlaClock, SlaPolicy, Ticket
from tickets.pipelines import default_pipeline, stage_with
from tickets.queries.conditions import FIELDS
from tickets.queries.narrow import narrow_from, narrowed
from tickets.queries.table import page_of as table_page
from tickets.queries.table import sort_from
from tickets.reactions import close_conversations, follow, give_conversations, open_ticket
from tickets.sla.policies import save_policy
from tickets.sla.reactions import turn_clocks
from tickets.sla.sweep import mark
from workspaces.models import Team

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OURS = [
    name_of(one)
    for one in (open_ticket, follow, close_conversations, give_conversations, turn_clocks, notify)
]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


def settle() -> None:
    while due := list(
        ReactionDue.objects.filter(name__in=OURS).order_by("pk").values_list("workspace_id", "pk")
    ):
        for workspace_id, pk in due:
            assert run_one(workspace_id, pk)


def promise(house, **settings) -> SlaPolicy:
    usual = {
        "on": True,
        "working_hours": False,
        "goals": {"first": 60, "next": 120, "close": 600},
        "lines": [],
        "counts_all": True,
        "any_reply": False,
    }
    made = save_policy(house.inbox, by=None, **(usual | settings))
    SlaPolicy.objects.filter(pk=made.pk).update(created_at=START - timedelta(days=30))
    return SlaPolicy.objects.get(pk=made.pk)


def a_ticket(house) -> tuple[Conversation, Ticket]:
    conversation = make_conversation(house)
    settle()
    return conversation, Ticket.objects.get(ties__conversation=conversation)


def write(house, conversation):
    first = conversation.messages.order_by("seq").first()
    receive(make_mail(house, "And again.", in_reply_to=(first.external_id,)))
    settle()


def reply(conversation, by):
    on_conversation.send_reply(conversation, by=by, body="We look into it.")
    settle()


def clock(ticket, goal) -> SlaClock:
    return SlaClock.objects.filter(ticket=ticket, goal=goal).order_by("-pk").first()


def states(ticket) -> dict[str, str]:
    return {row.goal: row.state for row in SlaClock.objects.filter(ticket=ticket).order_by("pk")}


def back(ticket, by: timedelta) -> None:
    """As if its clocks had begun so much earlier."""
    names = ("started_at", "since", "changed_at", "half_at", "soon_at", "due_at", "watch_at")
    for row in SlaClock.objects.filter(ticket=ticket, ended_at=None):
        for name in names:
            if getattr(row, name):
                setattr(row, name, getattr(row, name) - by)
        row.save()


def look(ticket, goal) -> bool:
    from django.utils import timezone

    return mark(ticket.pk, clock(ticket, goal).pk, timezone.now())


def again(row):
    return type(row).objects.get(pk=row.pk)


def stage(role):
    return stage_with(default_pipeline(), role)


def told(ticket, type) -> list[dict]:
    rows = Event.objects.filter(type=type, payload__ticket=ticket.pk).order_by("pk")
    return list(rows.values_list("payload", flat=True))


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
    """SPEC 8, case 14."""
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


def test_lists_find_and_order_what_is_due(in_acme, ada, django_assert_num_queries):
    """SL-5: filters and orders of conversations and tickets; a row shows its ticket and its fuse from half on, without a query."""
    from django.utils import timezone

    from conversations.conditions import Asked, to_q

    in_acme.email.config["ticket"] = {"on": False}
    in_acme.email.save(update_fields=["config"])
    make_conversation(in_acme, address="no@pine.example")
    settle()
    in_acme.email.config["ticket"] = {"on": True}
    in_acme.email.save(update_fields=["config"])
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    second = make_conversation(in_acme, address="kim@pine.example")
    settle()
    back(ticket, 50 * MINUTE)
    look(ticket, "first")
    rows = page_of(get_view("open"), ada, sort="due")
    rows = [*rows.yours, *rows.theirs]
    assert [row.pk for row in rows][:2] == [conversation.pk, second.pk]
    assert (rows[0].due.state, rows[0].due.is_shown, rows[0].ticket) == ("soon", True, ticket.number)
    assert not rows[1].due.is_shown and rows[2].due is None
    asked = Asked(ada.pk, timezone.now())

    def found(value):
        line = {"field": "ticket_due", "op": "is", "value": [value]}
        return list(
            Conversation.objects.filter(to_q({"any": [{"all": [line]}]}, asked)).values_list("pk", flat=True)
        )

    assert (found("soon"), found("late"), found("calm")) == ([conversation.pk], [], [second.pk])
    line = {"field": "due", "op": "is", "value": ["soon"]}
    assert Ticket.objects.get(to_q({"any": [{"all": [line]}]}, asked, FIELDS)) == ticket
    assert narrowed(Ticket.objects.all(), narrow_from({"due": "pressing"}), ada).get() == ticket
    with django_assert_num_queries(1):
        cards, _after = table_page(Ticket.objects.all(), sort_from("due"), "", "acme")
    assert [card.pk for card in cards] == [ticket.pk, Ticket.objects.get(ties__conversation=second).pk]
    assert cards[0].mark["due"] == "soon"


def test_pages_of_what_is_due_go_on_past_those_without(in_acme, ada, monkeypatch):
    """Keyset: a page of one at a time shows each once, those without a promise last."""
    from conversations.queries import lists
    from tickets.queries import table

    promise(in_acme)
    in_acme.email.config["ticket"] = {"on": True}
    for n in range(2):
        make_conversation(in_acme, address=f"a{n}@pine.example")
        settle()
    Conversation.objects.update(due_at=None)
    first, second = Conversation.objects.order_by("pk")
    Conversation.objects.filter(pk=second.pk).update(due_at=START)
    monkeypatch.setattr(lists, "PAGE", 1)
    page = page_of(get_view("open"), ada, sort="due")
    after = page_of(get_view("open"), ada, sort="due", after=page.next)
    assert [row.pk for row in (*page.yours, *page.theirs, *after.yours, *after.theirs)] == [
        second.pk,
        first.pk,
    ]
    monkeypatch.setattr(table, "PAGE", 1)
    Ticket.objects.update(due_at=None)
    newest = Ticket.objects.latest("pk")
    Ticket.objects.filter(pk=newest.pk).update(due_at=START)
    cards, key = table_page(Ticket.objects.all(), sort_from("due"), "", "acme")
    more, end = table_page(Ticket.objects.all(), sort_from("due"), key, "acme")
    assert cards[0].pk == newest.pk and more[0].pk != newest.pk and end == ""
