"""Verbs of tickets and who may see them: TK-2, TK-9, TK-10, TK-12, AC-1, AC-6, AC-7."""

import pytest
from django.db.models import Sum
from django.utils import timezone

from chatflows.doers import Doing, carry_out
from contacts.custom import ValuesForm, define, in_words
from contacts.forms import NewDefinitionForm
from conversations import deeds
from conversations.builder import field_words
from conversations.conditions import Asked, clean, to_q
from conversations.conditions_custom import key_of, own_choices
from conversations.models import Conversation
from events.cause import Cause
from inboxes.actions import create_inbox
from inboxes.models import Inbox, InboxAccess, Relocation
from records.erase import erase_conversation
from tests.factories import make_conversation, make_member, make_ticket
from tickets import actions
from tickets.leaving import hand_over
from tickets.models import Role, Ticket, TicketCount
from tickets.pipelines import default_pipeline, in_use, stage_with, stages_of
from tickets.queries import conditions as of_tickets
from tickets.refusals import CannotUndo, GoesInCircles, HasTicket, NothingLeft, NotTogether, StageRefused
from tickets.tasks import fold
from workspaces.models import Team
from workspaces.permissions import Role as MemberRole


def told(ticket) -> list[str]:
    return list(ticket.history.order_by("event").values_list("event__type", flat=True))


def counts() -> dict[str, int]:
    rows = TicketCount.objects.values_list("stage__role").annotate(n=Sum("n"))
    return {role: n for role, n in rows if n}


def test_every_workspace_has_the_pipeline_of_the_product(in_acme):
    """TK-7: New, Waiting on contact, Waiting on us, Closed; in the language of the workspace; made once."""
    in_acme.workspace.language = "fr"
    in_acme.workspace.save()
    [pipeline] = in_use()
    assert pipeline == default_pipeline() and pipeline.is_default
    assert [stage.role for stage in stages_of(pipeline)] == ["new", "contact", "us", "closed"]
    assert [stage.is_closed for stage in stages_of(pipeline)] == [False, False, False, True]


def test_numbers_are_counted_for_each_workspace(acme, globex, ada):
    with acme.scope():
        assert [make_ticket(acme).number for _ in range(3)] == [1, 2, 3]
    with globex.scope():
        assert make_ticket(globex).number == 1


def test_a_conversation_has_one_ticket_and_managers_give_it_another(in_acme, ada, ben):
    """TK-1, TK-2, TK-4: name, contact, inbox and owner come from the conversation; replace and unlink."""
    conversation = make_conversation(in_acme)
    ticket = actions.create_from(conversation, by=ben, priority="high")
    assert (ticket.name, ticket.priority, ticket.contact) == ("Dimmer flickers", "high", conversation.contact)
    assert actions.ticket_of(conversation) == ticket and ticket.last_customer_reply_at
    with pytest.raises(HasTicket):
        actions.create_from(conversation, by=ben)
    assert actions.create_from(conversation, by=None) == ticket
    other = make_ticket(in_acme, "Another")
    with pytest.raises(HasTicket):
        actions.link(other, conversation, by=ben)
    actions.replace(conversation, other, by=ada)
    assert actions.ticket_of(conversation) == other
    actions.unlink(conversation, by=ada)
    assert actions.ticket_of(conversation) is None and actions.unlink(conversation, by=ada) is None
    assert told(ticket) == ["ticket.created", "ticket.unlinked"]
    assert Ticket.objects.get(pk=other.pk).conversations_count == 0


def test_the_rules_of_a_pipeline_bind_people_but_not_what_happens_by_itself(in_acme, ada, ben):
    """TK-9: where tickets may be made, no skipping, no way back; not for automation, owners and admins."""
    pipeline = default_pipeline()
    new, contact, us, closed = stages_of(pipeline)
    pipeline.created_in, pipeline.forbids_skipping, pipeline.forbids_backwards = [new.pk], True, True
    pipeline.save()
    with pytest.raises(StageRefused, match="may be made in “Waiting on us”"):
        make_ticket(in_acme, by=ben, stage=us)
    make_ticket(in_acme, by=None, stage=us)
    make_ticket(in_acme, by=ada, stage=us)
    ticket = make_ticket(in_acme, by=ben)
    with pytest.raises(StageRefused, match="do not skip"):
        actions.set_stage(ticket, us, by=ben)
    ticket = actions.set_stage(ticket, contact, by=ben)
    with pytest.raises(StageRefused, match="backwards"):
        actions.set_stage(ticket, new, by=ben)
    # What one did oneself a moment ago can be taken back; what somebody else did cannot.
    ticket = actions.set_stage(ticket, new, by=ben, undo=True)
    ticket = actions.set_stage(ticket, contact, by=ada)
    with pytest.raises(StageRefused, match="backwards"):
        actions.set_stage(ticket, new, by=ben, undo=True)
    ticket = actions.set_stage(ticket, new, by=None)
    ticket = actions.set_stage(ticket, closed, by=ada)
    assert ticket.closed_at
    ticket = actions.set_stage(ticket, new, by=ada)
    assert ticket.closed_at is None
    assert told(ticket)[-4:] == [
        "ticket.stage_changed",
        "ticket.closed",
        "ticket.stage_changed",
        "ticket.reopened",
    ]


def test_columns_are_counted_as_tickets_come_and_go(in_acme, ben):
    first, _second = make_ticket(in_acme), make_ticket(in_acme)
    actions.set_stage(first, stage_with(first.pipeline, Role.US), by=ben)
    assert counts() == {"new": 1, "us": 1}
    actions.delete(first, by=ben)
    fold(in_acme.workspace.pk)
    assert counts() == {"new": 1} and TicketCount.objects.count() == 1
    actions.restore(first, by=ben)
    assert counts() == {"new": 1, "us": 1}


def test_merging_and_splitting_can_be_undone(in_acme, ada):
    """TK-12."""
    one, two = make_conversation(in_acme), make_conversation(in_acme, address="sofia@oak.example")
    kept, gone = actions.create_from(one, by=ada), actions.create_from(two, by=ada)
    child = actions.set_parent(make_ticket(in_acme, "Below"), gone, by=ada)
    actions.comment(gone, "Look here", by=ada)
    third = make_ticket(in_acme, "Beside")
    actions.relate(gone, third, by=ada)
    record = actions.merge(kept, gone, by=ada)
    assert actions.ticket_of(two) == kept and kept.comments.count() == 1
    assert Ticket.objects.get(pk=child.pk).parent == kept
    assert not Ticket.objects.present().filter(pk=gone.pk).exists()
    with pytest.raises(NotTogether):
        actions.merge(kept, gone, by=ada)
    actions.undo(record, by=ada)
    assert actions.ticket_of(two) == gone and gone.comments.count() == 1 and kept.comments.count() == 0
    assert Ticket.objects.get(pk=child.pk).parent == gone
    assert gone.links_out.count() == 1 and third.links_in.count() == 1
    with pytest.raises(CannotUndo):
        actions.undo(record, by=ada)

    actions.replace(two, kept, by=ada)
    with pytest.raises(NothingLeft):
        actions.split(kept, [one, two], name="", by=ada)
    split = actions.split(kept, [two], name="Of its own", by=ada)
    assert actions.ticket_of(two) == split.other and split.other.name == "Of its own"
    actions.undo(split, by=ada)
    assert actions.ticket_of(two) == kept


def test_nothing_stands_below_itself(in_acme, ada):
    above = make_ticket(in_acme)
    below = actions.set_parent(make_ticket(in_acme), above, by=ada)
    with pytest.raises(GoesInCircles):
        actions.set_parent(above, below, by=ada)


def test_properties_of_ones_own(in_acme, ben):
    """TK-10: what changed is told by name; doing it twice tells it once."""
    one = define(about="ticket", sort="text", label="Order")
    ticket = make_ticket(in_acme)
    ticket = actions.edit(ticket, by=ben, resolution="Replaced", custom={one.key: "4711"})
    assert (ticket.custom, ticket.resolution) == ({one.key: "4711"}, "Replaced")
    actions.edit(ticket, by=ben, resolution="Replaced", custom={one.key: "4711"})
    assert told(ticket) == ["ticket.created", "ticket.edited"]
    with pytest.raises(ValueError, match="owner"):
        actions.edit(ticket, by=ben, owner=ben)


def test_a_property_holds_somebody_of_the_team(in_acme, ada, ben):
    """TK-10: chosen among those who are here, found by views of tickets and of conversations; of tickets alone."""
    told = {"label": "Expert", "sort": "member", "about": "contact", "position": 1}
    assert "Only properties of tickets" in str(NewDefinitionForm(told).errors["sort"])
    assert NewDefinitionForm(told | {"about": "ticket"}).is_valid()
    one = define(about="ticket", sort="member", label="Expert")
    form = ValuesForm({f"ticket-{one.key}": str(ben.pk)}, about="ticket", values={})
    assert form.is_valid() and form.values() == {one.key: str(ben.pk)}
    assert not ValuesForm({f"ticket-{one.key}": "99999"}, about="ticket", values={}).is_valid()
    conversation = make_conversation(in_acme)
    ticket = actions.create_from(conversation, by=ben, custom=form.values())
    other = make_ticket(in_acme)
    asked = Asked(ada.pk, timezone.now())

    def when(key, value):
        return {"any": [{"all": [{"field": key, "op": "is", "value": [value]}]}]}

    key = of_tickets.key_of(one)
    cleaned = clean(when(key, str(ben.pk)), of_tickets.FIELDS)
    assert Ticket.objects.get(to_q(cleaned, asked, of_tickets.FIELDS)) == ticket != other
    assert Conversation.objects.get(to_q(when(key_of(one), str(ben.pk)), asked)) == conversation
    for choices in (of_tickets.choices_for(ada)[f"own:{key}"], own_choices()[f"own:{key_of(one)}"]):
        assert choices == [(str(ada.pk), ada.display_name), (str(ben.pk), ben.display_name)]
    assert in_words(one, str(ben.pk)) == ben.display_name


def test_who_sees_a_ticket(in_acme, ada, ben):
    """AC-1, AC-6: through its inbox, as conversations; one without an inbox is everybody's who works."""
    closed = create_inbox(name="Sales")
    Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
    ours, theirs, free = (
        make_ticket(in_acme),
        make_ticket(in_acme, inbox=closed),
        make_ticket(in_acme, inbox=None),
    )
    restricted = make_member(in_acme.workspace, "rex@acme.example", "Rex", MemberRole.RESTRICTED)
    reporter = make_member(in_acme.workspace, "rita@acme.example", "Rita", MemberRole.REPORTER)

    def seen(member):
        return set(Ticket.objects.visible_to(member))

    assert seen(ada) == {ours, theirs, free}
    assert seen(ben) == {ours, free} and set(Ticket.objects.worked_by(ada)) == {ours, free}
    assert seen(restricted) == set() == seen(reporter)
    actions.set_owner(ours, restricted, by=ada)
    assert seen(restricted) == {ours}
    InboxAccess.objects.create(inbox=closed, member=ben)
    assert seen(ben) == {ours, theirs, free}


def test_who_leaves_lets_go_of_tickets(in_acme, ada, ben):
    """AC-7: to the heir who works there, else to nobody; closed ones keep whose they were."""
    closed = make_ticket(in_acme, owner=ben, stage=stage_with(default_pipeline(), Role.CLOSED))
    mine = make_ticket(in_acme, owner=ben)
    ben.heir = f"member:{ada.pk}"
    assert hand_over(ben, by=ada) is False
    assert Ticket.objects.get(pk=mine.pk).owner == ada
    assert Ticket.objects.get(pk=closed.pk).owner == ben
    ben.heir = ""
    actions.set_owner(mine, ben, by=ada)
    hand_over(ben, by=ada)
    assert Ticket.objects.get(pk=mine.pk).owner is None


def test_an_inbox_that_goes_takes_no_ticket_with_it(in_acme, ada):
    going = create_inbox(name="Going")
    ticket = make_ticket(in_acme, inbox=going)
    Relocation.objects.create(inbox=going, to=in_acme.inbox, deletes_inbox=True, member=ada)
    going.channels.all().delete()
    going.delete()
    assert Ticket.objects.get(pk=ticket.pk).inbox == in_acme.inbox


def test_macros_and_rules_make_and_move_tickets(in_acme, ben):
    """TK-9 binds whoever runs a macro, not a rule."""
    conversation = make_conversation(in_acme)
    us = stage_with(default_pipeline(), Role.US)
    does = deeds.clean(
        [
            {"do": "ticket", "value": "usual"},
            {"do": "ticket_stage", "value": str(us.pk)},
            {"do": "ticket_priority", "value": "urgent"},
        ]
    )
    assert "Waiting on us" in deeds.describe(does[1])
    pipeline = us.pipeline
    pipeline.forbids_skipping = True
    pipeline.save()
    macro = Cause("macro", 1, "Take it in")
    done = deeds.apply(conversation, does, actor=ben, cause=macro, key="macro:1")
    assert [one.done for one in done] == [True, False, True] and "do not skip" in done[1].why
    rule = Cause("rule", 1, "Take it in")
    done = deeds.apply(conversation, does, actor=None, cause=rule, key="rule:1")
    assert all(one.done for one in done)
    ticket = actions.ticket_of(conversation)
    assert (ticket.stage, ticket.priority) == (us, "urgent")


def test_views_and_rules_ask_about_tickets(in_acme, ben):
    """VW-3."""
    conversation, other = make_conversation(in_acme), make_conversation(in_acme, address="sofia@oak.example")
    ticket = actions.create_from(conversation, by=ben, owner=ben)

    def found(field, op, value=None):
        line = {"field": field, "op": op} | ({"value": value} if value is not None else {})
        asked = Asked(ben.pk, timezone.now())
        return set(Conversation.objects.filter(to_q({"any": [{"all": [line]}]}, asked)))

    assert found("ticket", "yes") == {conversation} and found("ticket", "no") == {other}
    assert found("ticket_stage", "is", [str(ticket.stage_id)]) == {conversation}
    assert found("ticket_owner", "is", ["me"]) == {conversation}
    assert found("ticket_owner", "is", ["nobody"]) == {other}
    assert found("ticket_priority", "is_not", ["medium"]) == {other}
    assert found("ticket_created", "within", {"n": 1, "unit": "hours"}) == {conversation}
    assert found("ticket_open", "no") == set()
    team = Team.objects.create(name="Lamps")
    actions.set_teams(ticket, [team], by=ben)
    assert found("ticket_team", "is", [str(team.pk)]) == {conversation}
    assert found("ticket_team", "is_not", [str(team.pk)]) == {other}
    own = define(about="ticket", sort="text", label="Order")
    actions.edit(ticket, by=ben, custom={own.key: "4711"})
    assert found(key_of(own), "contains", "471") == {conversation}
    assert found(key_of(own), "no") == {other}
    words = dict(field_words())
    assert (key_of(own), "Order") in words["Ticket"] and (key_of(own), "Order") not in words["Conversation"]


def test_a_bot_makes_one_ticket(in_acme):
    """BE, type 7: what the step names in words is found by name; asked twice it is the same one."""
    conversation = make_conversation(in_acme)
    doing = Doing(session=None, conversation=conversation, bot="Ava")
    effect = {
        "do": "ticket",
        "job": 1,
        "subject": "Broken lamp",
        "description": "It hums",
        "pipeline": "support",
        "stage": "Waiting on us",
        "priority": "normal",
        "owner": [],
    }
    assert carry_out(doing, effect) == {"ok": True, "number": 1}
    ticket = Ticket.objects.get()
    assert (ticket.name, ticket.stage.role, ticket.made_by) == ("Broken lamp", Role.US, "bot")
    conversation = Conversation.objects.get(pk=conversation.pk)
    assert carry_out(Doing(session=None, conversation=conversation, bot="Ava"), effect)["number"] == 1


def test_erasing_a_person_empties_their_tickets(in_acme, ben):
    """T150: that there was one stays."""
    conversation = make_conversation(in_acme)
    ticket = actions.create_from(conversation, by=ben, description="James lives at Pine street")
    actions.comment(ticket, "James called", by=ben)
    erase_conversation(conversation)
    ticket = Ticket.objects.get()
    assert (ticket.name, ticket.description, ticket.contact) == ("", "", None)
    assert not ticket.comments.exists() and not ticket.ties.exists() and ticket.number == 1
