"""Board, table and page of tickets: what they show, within rights, in a fixed number of statements (TK-4, TK-9, TK-11)."""

import pytest

from contacts.custom import define
from conversations.models import BulkJob
from tests.factories import make_conversation, make_member, make_ticket
from tickets import actions
from tickets.models import Stage, Ticket, TicketView
from tickets.pipelines import default_pipeline
from workspaces.permissions import Role

HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def agent(ben, client_of):
    return client_of(ben)


@pytest.fixture
def stages(acme):
    with acme.scope():
        return list(default_pipeline().stages.order_by("position"))


def board(stages) -> str:
    return f"/w/acme/tickets/board/{stages[0].pipeline_id}/"


def post(client, path: str, **fields):
    return client.post(f"/w/acme/tickets/{path}", fields, **HX)


def test_a_board_costs_as_much_for_many_tickets_as_for_two(
    acme, ben, agent, stages, django_assert_max_num_queries
):
    with acme.scope():
        for n in range(2):
            make_ticket(
                acme, f"Lamp {n}", owner=ben, contact=acme.contact if hasattr(acme, "contact") else None
            )
    agent.get(board(stages))
    with django_assert_max_num_queries(40) as few:
        assert b"Lamp 1" in agent.get(board(stages)).content
    with acme.scope():
        for n in range(35):
            make_ticket(acme, f"More {n}", stage=stages[n % 4], owner=ben)
    with django_assert_max_num_queries(len(few)):
        page = agent.get(board(stages))
    lanes = page.context["lanes"]
    assert [(lane.stage.name, lane.shown) for lane in lanes][0] == ("New", "11")
    assert lanes[3].stage.is_closed and lanes[3].count == 8


def test_a_lane_goes_on_where_its_first_page_ended(acme, agent, stages):
    with acme.scope():
        for n in range(33):
            make_ticket(acme, f"Lamp {n:02}")
    lane = agent.get(board(stages)).context["lanes"][0]
    assert (lane.shown, len(lane.cards)) == ("33", 30)
    more = agent.get(f"{board(stages)}lanes/{stages[0].pk}/", {"after": lane.after}, **HX)
    assert [card.name for card in more.context["cards"]] == ["Lamp 02", "Lamp 01", "Lamp 00"]


def test_quick_filters_narrow_board_and_table(acme, ben, agent, stages):
    with acme.scope():
        make_ticket(acme, "Mine", owner=ben)
        make_ticket(acme, "Urgent", priority="urgent")
    for asked, names in (
        ({"owner": "me"}, ["Mine"]),
        ({"owner": "nobody"}, ["Urgent"]),
        ({"priority": "urgent"}, ["Urgent"]),
        ({"q": "min"}, ["Mine"]),
        ({"q": "#2"}, ["Urgent"]),
    ):
        lanes = agent.get(board(stages), asked).context["lanes"]
        assert [card.name for card in lanes[0].cards] == names and lanes[0].count == 1
        assert [card.name for card in agent.get("/w/acme/tickets/", asked).context["cards"]] == names


def test_a_card_lands_between_its_neighbours_and_comes_back(acme, agent, stages):
    """TK-11: moving answers with the way back."""
    with acme.scope():
        low, high, card = (make_ticket(acme, name) for name in ("Low", "High", "Card"))
        for one in (low, high):
            actions.set_stage(one, stages[1], by=None)
    told = {"stage": stages[1].pk, "above": high.pk, "below": low.pk}
    done = post(agent, f"{card.number}/stage/", **told).json()
    assert done["say"] and done["undo"]["fields"] == {"stage": stages[0].pk, "undo": 1}
    lane = agent.get(board(stages)).context["lanes"][1]
    assert [one.name for one in lane.cards] == ["High", "Card", "Low"]
    found = agent.get(f"{board(stages)}cards/", {"ids": f"{card.pk},99999"}).content.decode()
    assert f'data-ticket="{card.pk}"' in found and "99999" not in found
    agent.post(done["undo"]["url"], done["undo"]["fields"], **HX)
    with acme.scope():
        assert Ticket.objects.get(pk=card.pk).stage_id == stages[0].pk


def test_a_rule_of_the_pipeline_refuses_in_words(acme, agent, ada, client_of, stages):
    """TK-9: people are told why; admins are free."""
    with acme.scope():
        pipeline = default_pipeline()
        pipeline.forbids_skipping = pipeline.forbids_backwards = True
        pipeline.save()
        number = make_ticket(acme).number
    refused = post(agent, f"{number}/stage/", stage=stages[2].pk)
    assert refused.status_code == 422 and "skip a stage" in refused.content.decode()
    plain = agent.post(f"/w/acme/tickets/{number}/stage/", {"stage": stages[2].pk}, follow=True)
    assert "skip a stage" in plain.content.decode()
    assert post(client_of(ada), f"{number}/stage/", stage=stages[2].pk).status_code == 200
    back = post(agent, f"{number}/stage/", stage=stages[0].pk)
    assert "backwards" in back.content.decode()


def test_a_closed_inbox_closes_its_tickets_too(acme, agent, ben, client_of, stages):
    """AC-1: who does not see the inbox sees neither card nor page; a reporter sees none."""
    with acme.scope():
        ticket = make_ticket(acme, "Secret")
        acme.inbox.open_to_everyone = False
        acme.inbox.save()
    reporter = client_of(make_member(acme.workspace, "rita@acme.example", "Rita", Role.REPORTER))
    for client in (agent, reporter):
        assert b"Secret" not in client.get(board(stages)).content
        assert b"Secret" not in client.get("/w/acme/tickets/").content
        assert client.get(f"/w/acme/tickets/{ticket.number}/").status_code == 404
        assert post(client, f"{ticket.number}/owner/", owner="").status_code == 404


def test_the_page_of_a_ticket_tells_its_story(
    acme, ben, agent, ada, client_of, django_assert_max_num_queries
):
    with acme.scope():
        conversation = make_conversation(acme, subject="Dimmer", body="It flickers.")
        ticket = actions.create_from(conversation, by=ben)
        other = make_ticket(acme, "Another lamp")
    number = ticket.number
    post(agent, f"{number}/owner/", owner=ben.pk)
    post(agent, f"{number}/priority/", priority="urgent")
    post(agent, f"{number}/comments/", body="Ask the workshop.")
    assert post(agent, f"{number}/comments/", body=" ").status_code == 422
    post(agent, f"{number}/related/", other=f"#{other.number}")
    with acme.scope():
        own = define(about="ticket", sort="text", label="Order number")
    agent.post(f"/w/acme/tickets/{number}/custom/", {f"ticket-{own.key}": "4711"}, **HX)
    said = agent.post(f"/w/acme/tickets/{number}/facts/category/", {"value": "Lamps"}, **HX)
    assert "Lamps" in said.content.decode()
    wrong = agent.post(f"/w/acme/tickets/{number}/facts/parent/", {"value": "999"}, **HX).content.decode()
    assert "No ticket has this number." in wrong and 'value="999"' in wrong
    with django_assert_max_num_queries(45):
        page = agent.get(f"/w/acme/tickets/{number}/").content.decode()
    for words in (
        "Ben Agent gave it to Ben Agent",
        "Urgent",
        "Ask the workshop.",
        "Another lamp",
        "Ben Agent changed: Order number.",
        f'<a href="/w/acme/contacts/{conversation.contact_id}/">',
        "Lamps",
        "Dimmer",
    ):
        assert words in page
    boss = client_of(ada)
    merged = post(boss, f"{number}/merge/", other=other.number).json()
    gone = boss.get(f"/w/acme/tickets/{other.number}/")
    assert gone.status_code == 302 and gone.url.endswith(f"/tickets/{number}/")
    boss.post(merged["undo"]["url"], **HX)
    assert boss.get(f"/w/acme/tickets/{other.number}/").status_code == 200
    removed = post(boss, f"{number}/removal/", on="1").json()
    assert b"Dimmer" not in boss.get("/w/acme/tickets/").content
    boss.post(removed["undo"]["url"], removed["undo"]["fields"], **HX)
    assert b"Dimmer" in boss.get("/w/acme/tickets/").content
    assert post(agent, f"{number}/removal/", on="1").status_code == 404


def test_a_ticket_is_made_beside_its_conversation(acme, ben, agent, ada, client_of, stages):
    """TK-2, TK-4: the name is the subject, the owner the conversation's; another takes its place only for managers."""
    with acme.scope():
        conversation = make_conversation(acme, subject="Dimmer", body="It flickers.")
        other = make_ticket(acme, "Other")
    url = f"/w/acme/conversations/{conversation.pk}/ticket/"
    form = agent.get(f"{url}?new", **HX).content.decode()
    assert 'value="Dimmer"' in form
    told = {"name": "Dimmer", "stage": stages[0].pk, "priority": "high", "owner": ben.pk}
    made = agent.post(url, told, **HX).content.decode()
    assert "Open the ticket" in made
    with acme.scope():
        ticket = actions.ticket_of(conversation)
        assert (ticket.name, ticket.priority, ticket.owner_id) == ("Dimmer", "high", ben.pk)
    assert "has a ticket already" in agent.post(url, told, **HX).content.decode()
    assert agent.post(f"{url}other/", {"number": other.number}, **HX).status_code == 404
    boss = client_of(ada)
    assert "Other" in boss.post(f"{url}other/", {"number": f"#{other.number}"}, **HX).content.decode()
    assert "Create a ticket" in boss.post(f"{url}other/", {"on": "0"}, **HX).content.decode()


def test_a_ticket_is_made_by_hand(acme, agent, stages):
    told = {
        "name": "By hand",
        "stage": stages[1].pk,
        "priority": "low",
        "owner": "",
        "contact": "nobody.here",
    }
    refused = agent.post("/w/acme/tickets/new/", told)
    assert refused.status_code == 422 and b"No contact like this." in refused.content
    agent.post("/w/acme/tickets/new/", told | {"contact": ""})
    with acme.scope():
        assert Ticket.objects.get(name="By hand").stage_id == stages[1].pk


def test_a_view_of_tickets_has_conditions_columns_and_order(acme, ben, agent, yann_client, stages):
    """TK-11"""
    line = "c-0-0"
    told = {"name": "Urgent ones", "sharing": "everyone", "sort": "number", "column": ["number", "name"]}
    told |= {
        f"{line}-field": "priority",
        f"{line}-was": "priority",
        f"{line}-op": "is",
        f"{line}-value": "urgent",
    }
    made = agent.post("/w/acme/tickets/views/new/", told | {"save": "1"})
    with acme.scope():
        view = TicketView.objects.get()
        make_ticket(acme, "Calm")
        make_ticket(acme, "Burning", priority="urgent")
    assert made.status_code == 302 and made.url.endswith(f"?view={view.pk}")
    page = yann_client.get(made.url)
    assert [card.name for card in page.context["cards"]] == ["Burning"]
    assert page.context["columns"] == ["number", "name"] and page.context["sort"].asked == "number"
    assert yann_client.get(f"/w/acme/tickets/views/{view.pk}/").status_code == 404
    agent.post("/w/acme/tickets/columns/", {"column": ["name", "owner"]})
    assert agent.get("/w/acme/tickets/").context["columns"] == ["name", "owner"]


@pytest.fixture
def yann_client(acme, client_of):
    return client_of(make_member(acme.workspace, "yann@acme.example", "Yann Le Goff"))


def test_a_table_has_pages_and_a_fixed_cost(acme, ben, agent, django_assert_max_num_queries):
    with acme.scope():
        for n in range(52):
            make_ticket(acme, f"Lamp {n}", owner=ben)
    agent.get("/w/acme/tickets/")
    with django_assert_max_num_queries(40):
        first = agent.get("/w/acme/tickets/", {"sort": "-number"})
    assert first.context["cards"][0].name == "Lamp 51" and first.context["after"]
    rest = agent.get("/w/acme/tickets/", {"sort": "-number", "after": first.context["after"]}, **HX)
    assert [card.name for card in rest.context["cards"]] == ["Lamp 1", "Lamp 0"] and not rest.context["after"]


def test_rows_that_are_shown_are_drawn_as_they_stand_now(acme, ben, agent, stages):
    """TK-11: a table asks for the rows that a colleague changed; what fits no longer is left out."""
    with acme.scope():
        mine, other = make_ticket(acme, "Mine", owner=ben), make_ticket(acme, "Theirs")
    asked = {"owner": "me", "ids": f"{mine.pk},{other.pk},x"}
    page = agent.get("/w/acme/tickets/", asked, **HX).content.decode()
    assert f'id="ticket-row-{mine.pk}"' in page and "Theirs" not in page and "<thead" not in page


def test_many_at_once_and_back(acme, ben, agent, ada, client_of, stages):
    """TK-11, TK-9: what a rule refuses is told, the others go; a job of tickets takes no conversations."""
    with acme.scope():
        ids = [make_ticket(acme, f"Lamp {n}").pk for n in range(3)]
        pipeline = default_pipeline()
        pipeline.forbids_skipping = True
        pipeline.save()
        actions.set_stage(Ticket.objects.get(pk=ids[0]), stages[1], by=None)
    told = {"ids": ",".join(map(str, ids))}
    done = post(agent, "bulk/", verb="tk_owner", to=ben.pk, **told).json()
    assert not done["running"] and "3" in done["say"]
    moved = post(agent, "bulk/", verb="tk_stage", stage=stages[2].pk, **told).json()
    assert "skip a stage" in moved["say"]
    with acme.scope():
        at = dict(Ticket.objects.values_list("pk", "stage"))
        assert [at[pk] for pk in ids] == [stages[2].pk, stages[0].pk, stages[0].pk]
    agent.post(moved["undo"], **HX)
    agent.post(done["undo"], **HX)
    with acme.scope():
        assert Ticket.objects.filter(owner=None).count() == 3
        assert BulkJob.objects.count() == 2
    assert post(agent, "bulk/", verb="tk_delete", **told).status_code == 422
    assert post(agent, "bulk/", verb="close", **told).status_code == 422
    everything = post(client_of(ada), "bulk/", verb="tk_delete", all="1").json()
    assert "3" in everything["say"]
    with acme.scope():
        assert not Ticket.objects.present().exists() and Stage.objects.count() == 4
