"""Where tickets are easily lost: stages and pipelines that go, tickets that became part of another, deleted ones, full places."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import deeds
from conversations.models import Conversation
from events.models import Event
from inboxes.actions import create_inbox
from inboxes.models import Inbox
from realtime.frames import for_members
from realtime.tickets import reader_of
from tests.factories import make_conversation, make_member, make_ticket
from tests.tickets.promises import a_ticket, promise, settle, states
from tickets import actions, settings
from tickets.actions.places import between
from tickets.leaving import forget
from tickets.models import Role, Stage, Ticket
from tickets.pipelines import default_pipeline, stage_with, stages_of
from tickets.refusals import CannotUndo, IsPart, NotTheirs, StageRefused
from workspaces.permissions import Role as MemberRole

HX = {"HTTP_HX_REQUEST": "true"}


def again(row):
    return type(row).objects.get(pk=row.pk)


def told(ticket) -> list[str]:
    return list(ticket.history.order_by("event").values_list("event__type", flat=True))


def test_a_stage_that_goes_leaves_no_rule_and_no_clock_behind(in_acme, ada, ben):
    """TK-7, TK-9, SL-6: logs and promises follow, conversations stay as they are, and people may still make tickets."""
    pipeline = default_pipeline()
    new, closed = stage_with(pipeline, Role.NEW), stage_with(pipeline, Role.CLOSED)
    settings.change_pipeline(pipeline, created_in=[new.pk], automation={"a": {"on": True, "stage": new.pk}})
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    late = settings.add_stage(pipeline, name="Triage", is_closed=False)
    actions.set_stage(ticket, late, by=None)
    settle()
    settings.change_stage(late, name="Given up", is_closed=True, role="")
    settle()
    assert again(ticket).closed_at and told(ticket)[-2:] == ["ticket.closed", "ticket.sla_changed"]
    assert set(states(ticket).values()) == {"cancelled", "met"} and again(ticket).due_at is None
    assert not again(conversation).is_closed()
    assert settings.remove_stage(again(late), to=stage_with(default_pipeline(), Role.US)) == 1
    settle()
    assert again(ticket).closed_at is None and states(ticket)["close"] == "active"
    assert settings.remove_stage(again(new), to=stage_with(default_pipeline(), Role.US)) == 0
    pipeline = default_pipeline()
    assert pipeline.created_in == [stage_with(pipeline, Role.US).pk] and pipeline.automation["a"] == {
        "on": True
    }
    assert actions.create_ticket(name="Lamp", by=ben).stage.role == Role.US
    pipeline.created_in = [0]  # of a stage that went before rules followed
    pipeline.save()
    assert actions.create_ticket(name="Lamp", by=ben, stage=closed).stage == closed


def test_a_stage_that_goes_in_the_moment_of_a_move_is_a_refusal(in_acme, ben):
    """Whoever held it from before is told so, by itself or by hand; the ticket stays where it was."""
    ticket, pipeline = make_ticket(in_acme), default_pipeline()
    gone = settings.add_stage(pipeline, name="Triage", is_closed=False)
    settings.remove_stage(again(gone), to=None)
    for by in (ben, None):
        with pytest.raises(StageRefused, match="not here any more"):
            actions.set_stage(ticket, gone, by=by)
        with pytest.raises(StageRefused, match="not here any more"):
            actions.create_ticket(name="Lamp", by=by, stage=gone)
    assert again(ticket).stage_id == ticket.stage_id


def test_what_is_part_of_another_is_left_alone(acme, ada, ben, client_of):
    """TK-12: who still looks at it is told where it went, and loses no word; boards hear of both."""
    with acme.scope():
        kept, gone = make_ticket(acme, "Kept"), make_ticket(acme, "Gone")
        actions.merge(kept, gone, by=ada)
        merged = Event.objects.get(type="ticket.merged")
        for verb in (
            lambda: actions.comment(gone, "Lost?", by=ben),
            lambda: actions.set_stage(gone, stage_with(kept.pipeline, Role.US), by=ben),
            lambda: actions.set_owner(gone, ben, by=ben),
            lambda: actions.edit(gone, by=ben, category="Lamps"),
            lambda: actions.delete(gone, by=ada),
        ):
            with pytest.raises(IsPart, match=f"part of #{kept.number} now"):
                verb()
        reader = reader_of(ben, "", "en")
    frames = for_members(acme.workspace.pk, [merged.pk], [(reader, None)])[reader]
    assert [(one["ticket"], one["gone"]) for one in frames if one["t"] == "ticket"] == [
        (kept.pk, False),
        (gone.pk, True),
    ]
    refused = client_of(ben).post(f"/w/acme/tickets/{gone.number}/comments/", {"body": "Lost?"}, **HX)
    assert refused.status_code == 422 and f"#{kept.number}" in refused.content.decode()


def test_merging_makes_no_circle_and_undoing_a_split_loses_nothing(in_acme, ada):
    """TK-12: whatever was above stands above again; comments of the new ticket come home with its conversations."""
    top = make_ticket(in_acme, "Top")
    middle = actions.set_parent(make_ticket(in_acme, "Middle"), top, by=ada)
    low = actions.set_parent(make_ticket(in_acme, "Low"), middle, by=ada)
    merged = actions.merge(low, top, by=ada)
    assert again(low).parent is None and again(middle).parent == low
    actions.undo(merged, by=ada)
    assert again(low).parent == middle and again(middle).parent == top

    one, two = make_conversation(in_acme), make_conversation(in_acme, address="sofia@oak.example")
    ticket = actions.create_from(one, by=ada)
    actions.link(ticket, two, by=ada)
    first = actions.split(ticket, [two], name="Apart", by=ada)
    actions.comment(first.other, "Only here", by=ada)
    actions.undo(first, by=ada)
    assert ticket.comments.get().body == "Only here" and actions.ticket_of(two) == ticket
    second = actions.split(ticket, [two], name="Apart", by=ada)
    actions.merge(low, second.other, by=ada)
    with pytest.raises(CannotUndo):
        actions.undo(second, by=ada)


def test_a_ticket_is_given_to_who_works_there(acme, ada, ben, client_of):
    """AC-1: nobody owns what they may not open; menus offer nobody else, many at once leave it and say why."""
    with acme.scope():
        closed = create_inbox(name="Sales")
        Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
        closed.access.create(member=ada)
        theirs, ours = make_ticket(acme, inbox=closed), make_ticket(acme)
        reporter = make_member(acme.workspace, "rita@acme.example", "Rita", MemberRole.REPORTER)
        for ticket, to in ((theirs, ben), (make_ticket(acme, inbox=None), reporter)):
            with pytest.raises(NotTheirs):
                actions.set_owner(ticket, to, by=ada)
    client = client_of(ada)
    menu = client.get(f"/w/acme/tickets/{theirs.number}/menu/", {"only": "owner"}, **HX).content.decode()
    assert "Ben Agent" not in menu
    given = {"verb": "tk_owner", "to": ben.pk, "ids": f"{theirs.pk},{ours.pk}"}
    said = client.post("/w/acme/tickets/bulk/", given, **HX).json()["say"]
    assert said.startswith("1 ticket assigned. 1 ticket stayed as it is: Ben Agent does not work")
    with acme.scope():
        assert (again(ours).owner, again(theirs).owner) == (ben, None)


def test_the_name_of_what_it_is_part_of_stays_where_it_belongs(acme, ada, ben, client_of):
    """AC-1: a ticket below one of an inbox that the reader may not see tells its number alone."""
    with acme.scope():
        closed = create_inbox(name="Sales")
        Inbox.objects.filter(pk=closed.pk).update(open_to_everyone=False)
        above = make_ticket(acme, "The secret sale", inbox=closed)
        below = actions.set_parent(make_ticket(acme), above, by=ada)
    page = f"/w/acme/tickets/{below.number}/"
    assert "The secret sale" not in client_of(ben).get(page).content.decode()
    assert "The secret sale" in client_of(ada).get(page).content.decode()


def test_there_is_always_room_between_two_cards(in_acme, django_assert_max_num_queries):
    """TK-11: in a lane of five hundred, however often somebody puts one in the same place."""
    stage = stages_of(default_pipeline())[0]
    rows = [make_ticket(in_acme, f"Lamp {n}") for n in range(4)]
    Ticket.objects.bulk_update(
        [Ticket(pk=row.pk, position=-1.7e9 + n * 1e-6) for n, row in enumerate(rows)], ["position"]
    )
    top, second, third, last = rows
    order = [row.pk for row in rows]
    with django_assert_max_num_queries(400):
        for _n in range(40):
            place = between(stage, second.pk, third.pk)
            assert again(second).position < place < again(third).position
            Ticket.objects.filter(pk=third.pk).update(position=place)
            place = between(stage, second.pk, None)
            assert again(second).position < place < again(third).position
    assert list(Ticket.objects.order_by("position", "pk").values_list("pk", flat=True)) == order
    assert (
        between(stage, last.pk, None) > again(last).position
        and between(stage, None, top.pk) < again(top).position
    )
    assert again(second).position < between(stage, second.pk, top.pk) < again(third).position


def test_what_was_deleted_is_found_brought_back_and_forgotten(acme, ada, ben, client_of):
    """For thirty days; its conversation may have another one meanwhile, and outlives it."""
    with acme.scope():
        conversation = make_conversation(acme)
        ticket = actions.create_from(conversation, by=ada)
        part = make_ticket(acme, "Part")
        actions.merge(ticket, part, by=ada)
        actions.delete(ticket, by=ada)
    aside = f"/w/acme/conversations/{conversation.pk}/ticket/"
    agent, manager = client_of(ben), client_of(ada)
    assert "#1 was deleted." in agent.get(aside, **HX).content.decode()
    assert "ticket-row-" not in agent.get("/w/acme/tickets/", {"deleted": "1"}).content.decode()
    assert f"ticket-row-{ticket.pk}" in manager.get("/w/acme/tickets/", {"deleted": "1"}).content.decode()
    back = manager.post("/w/acme/tickets/bulk/?deleted=1", {"verb": "tk_restore", "all": "1"}, **HX)
    assert "1 ticket brought back" in back.json()["say"]
    with acme.scope():
        assert again(ticket).deleted_at is None
        actions.delete(ticket, by=ada)
        other = actions.create_from(again(conversation), by=ben)
        assert actions.ticket_of(conversation) == other
        actions.replace(conversation, other, by=ada)
        Ticket.objects.filter(pk=ticket.pk).update(deleted_at=timezone.now() - timedelta(days=31))
        assert forget(ticket.pk) and not forget(other.pk)
        assert not Ticket.objects.filter(pk__in=[ticket.pk, part.pk]).exists()
        assert Conversation.objects.get(pk=conversation.pk).ticket_number == other.number


def test_an_archived_pipeline_takes_nothing_and_keeps_what_it_has(acme, ada, ben, client_of):
    """TK-7: no rule moves a ticket into it; what stands there goes on, and is found."""
    with acme.scope():
        old = settings.create_pipeline(name="Old")
        there = make_ticket(acme, "There", stage=stages_of(old)[0])
        here = make_conversation(acme)
        actions.create_from(here, by=None)
        inside = make_conversation(acme, address="kim@pine.example")
        actions.link(there, inside, by=ada)
        settings.archive_pipeline(old, True)
        move = [{"do": "ticket_stage", "value": str(stages_of(old)[1].pk)}]
        [refused] = deeds.apply(here, move, actor=None, cause=None, key="one")
        [done] = deeds.apply(inside, move, actor=None, cause=None, key="two")
        assert (refused.done, done.done) == (False, True) and "“Old” is archived" in refused.why
        stage = Stage.objects.get(pk=stages_of(old)[0].pk)
    client = client_of(ben)
    page = client.get("/w/acme/tickets/", {"pipeline": old.pk})
    assert [card.name for card in page.context["cards"]] == ["There"]
    assert "/tickets/new/?stage" not in client.get(f"/w/acme/tickets/board/{old.pk}/").content.decode()
    moved = client.post(
        "/w/acme/tickets/bulk/", {"verb": "tk_stage", "stage": stage.pk, "ids": there.pk}, **HX
    )
    assert moved.status_code == 422
    gone = client.post(f"/w/acme/tickets/{there.number}/stage/", {"stage": 999_999}, **HX)
    assert gone.status_code == 422 and "This stage is not here any more." in gone.content.decode()


def test_a_board_in_french_keeps_its_order(acme, ben, client_of):
    """TK-11: a place is a number that scripts read, whatever the language writes for a decimal point."""
    with acme.scope():
        pk = make_ticket(acme).pipeline_id
    ben.user.language = "fr"
    ben.user.save()
    page = client_of(ben).get(f"/w/acme/tickets/board/{pk}/").content.decode()
    [rank] = re.findall(r'data-rank="([^"]+)"', page)
    assert 'lang="fr"' in page and float(rank) < -1e9
