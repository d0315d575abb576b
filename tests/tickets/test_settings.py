"""Settings > Tickets: pipelines, statuses, what channels do (TK-5, TK-7, TK-8, TK-9); and tickets for programs."""

import pytest
from django.test import Client

from tests.factories import make_conversation, make_ticket
from tickets.models import Pipeline, Stage, Ticket
from tickets.pipelines import automatic, default_pipeline, stages_of
from tickets.presets import preset_of
from workspaces import tokens
from workspaces.models.audit import AuditEntry
from workspaces.permissions import Permission

PAGE = "/w/acme/settings/pipelines/"


@pytest.fixture
def pipeline(acme) -> Pipeline:
    with acme.scope():
        return default_pipeline()


def stage_names(house, pipeline) -> list[str]:
    with house.scope():
        return list(
            Stage.objects.filter(pipeline=pipeline).order_by("position").values_list("name", flat=True)
        )


def test_agents_have_no_business_there(client_of, ben, pipeline):
    assert client_of(ben).get(PAGE).status_code == 404


def test_a_pipeline_is_made_changed_and_put_away(acme, ada, client_of, pipeline):
    client = client_of(ada)
    assert "Support" in client.get(PAGE).content.decode()
    made = client.post(f"{PAGE}new/", {"name": "Returns"})
    page = made["Location"]
    assert "Waiting on contact" in client.get(page).content.decode()
    assert client.post(f"{PAGE}new/", {"name": "returns"}).status_code == 422, "the name is taken"
    with acme.scope():
        returns = Pipeline.objects.get(name="Returns")
        new, contact, us, closed = stages_of(returns)
    said = {
        "name": "Returns",
        "created_in": [new.pk],
        "forbids_skipping": "on",
        "on_a": "on",
        "to_a": us.pk,
        "on_d": "on",
        "to_d": closed.pk,
    }
    assert client.post(page, said).status_code == 302
    with acme.scope():
        returns = Pipeline.objects.get(pk=returns.pk)
        assert returns.created_in == [new.pk] and returns.forbids_skipping and not returns.forbids_backwards
        assert automatic(returns, "a").stage == us and automatic(returns, "d").on
        assert not automatic(returns, "b").on and not automatic(returns, "c").on
    client.post(f"{page}default/")
    client.post(f"{PAGE}{returns.pk}/archive/", {"archived": "1"})
    client.post(f"{PAGE}{pipeline.pk}/archive/", {"archived": "1"})
    with acme.scope():
        assert default_pipeline() == returns and returns.archived_at is None
        assert Pipeline.objects.get(pk=pipeline.pk).archived_at
        rows = AuditEntry.objects.filter(action__startswith="pipeline.")
        verbs = list(rows.order_by("number").values_list("action", flat=True))
    assert verbs == ["pipeline.created", "pipeline.changed", "pipeline.changed", "pipeline.archived"]


def test_two_people_do_not_overwrite_each_other(ada, acme, client_of, pipeline):
    client = client_of(ada)
    page = f"{PAGE}{pipeline.pk}/"
    shown = client.get(page).context["form"]
    values = {name: shown[name].value() for name in shown.fields}
    posted = {name: value for name, value in values.items() if value not in (False, None)} | {
        "seen": shown.seen_value
    }
    with acme.scope():
        Pipeline.objects.filter(pk=pipeline.pk).update(name="Help desk")
    answer = client.post(page, posted)
    assert answer.status_code == 422 and "Help desk" in answer.content.decode()


def test_statuses_are_added_moved_and_removed(acme, ada, client_of, pipeline):
    """TK-7: ordered, open or closed; one of each stays, and no ticket is lost."""
    client = client_of(ada)
    client.post(f"{PAGE}{pipeline.pk}/stages/", {"name": "With the maker"})
    assert stage_names(acme, pipeline)[-2:] == ["With the maker", "Closed"]
    with acme.scope():
        maker = Stage.objects.get(name="With the maker")
        closed = Stage.objects.get(is_closed=True)
        ticket = make_ticket(acme, stage=maker)
    client.post(f"/w/acme/settings/stages/{maker.pk}/place/", {"to": "up"})
    assert stage_names(acme, pipeline) == [
        "New",
        "Waiting on contact",
        "With the maker",
        "Waiting on us",
        "Closed",
    ]
    client.post(f"/w/acme/settings/stages/{maker.pk}/place/", {"to": "0"})
    assert stage_names(acme, pipeline)[0] == "With the maker"
    page = f"/w/acme/settings/stages/{maker.pk}/"
    client.post(page, {"name": "At the maker", "is_closed": "on", "role": ""})
    with acme.scope():
        assert Ticket.objects.get(pk=ticket.pk).closed_at
    refused = client.post(f"{page}removal/", {"to": ""})
    assert refused.status_code == 422 and "Choose where its tickets go." in refused.content.decode()
    assert client.post(f"{page}removal/", {"to": closed.pk}).status_code == 302
    with acme.scope():
        assert Ticket.objects.get(pk=ticket.pk).stage == closed
    last = client.post(f"/w/acme/settings/stages/{closed.pk}/", {"name": "Closed", "role": "closed"})
    assert last.status_code == 422 and "keeps a stage that is open" in last.content.decode()


def test_a_channel_is_told_what_to_do(acme, ada, client_of, pipeline):
    """TK-5."""
    client = client_of(ada)
    with acme.scope():
        us = stages_of(pipeline)[2]
    page = f"/w/acme/settings/channels/{acme.chat.pk}/tickets/"
    assert client.get(page).context["form"].initial["on"] is False
    told = {"on": "on", "stage": us.pk, "priority": "high", "category": "Chat"}
    assert client.post(page, told | {"next": "//evil.example"}).url == "/w/acme/settings/pipelines/"
    home = f"/w/acme/settings/channels/{acme.chat.pk}/"
    assert f'name="next" value="{home}"' in client.get(f"{page}?next={home}").content.decode()
    assert client.post(page, told | {"next": home}).url == home
    with acme.scope():
        acme.chat.refresh_from_db()
        preset = preset_of(acme.chat)
    assert (preset.on, preset.stage, preset.priority, preset.category) == (True, us, "high", "Chat")


def test_programs_make_and_read_tickets(acme, globex, ada, ben, cleo):
    """TK-9 binds the person whose key it is; what they may not see is not there."""
    with acme.scope():
        key = tokens.make_token(ben, name="Shop", scopes=[Permission.WORK], days=None)[1]
        conversation = make_conversation(acme)
        pipeline = default_pipeline()
        new, *_rest, closed = stages_of(pipeline)
        pipeline.created_in = [new.pk]
        pipeline.save()
    with globex.scope():
        theirs = make_conversation(globex)
    program = Client(headers={"Authorization": f"Bearer {key}"})

    def post(said):
        return program.post("/api/v1/tickets", said, content_type="application/json")

    made = post({"name": "Broken lamp", "priority": "high", "inbox": acme.inbox.pk})
    assert made.status_code == 201 and made.json()["number"] == 1 and made.json()["stage"]["name"] == "New"
    from_it = post({"conversation": conversation.pk}).json()
    assert (from_it["name"], from_it["conversations"]) == ("Dimmer flickers", [conversation.pk])
    again = post({"conversation": conversation.pk})
    assert again.status_code == 409 and again.json()["error"] == "refused"
    assert post({"name": "Closed at once", "stage": closed.pk}).status_code == 409
    for wrong in (
        {"name": ""},
        {"name": "x", "priority": "extreme"},
        {"conversation": theirs.pk},
        {"conversation": "1"},
    ):
        assert post(wrong).status_code == 422, wrong
    assert post([]).json() == {"error": "invalid", "field": "body"}
    told = program.get("/api/v1/tickets").json()
    assert [one["number"] for one in told["tickets"]] == [2, 1] and told["before"] is None
    assert program.get("/api/v1/tickets/1").json()["name"] == "Broken lamp"
    assert program.get("/api/v1/tickets/3").status_code == 404
    assert Client().get("/api/v1/tickets").status_code == 401
