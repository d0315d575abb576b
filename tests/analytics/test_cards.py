"""Chatflows and the live board on dashboards (AN-2, AN-3): put there from their pages, with filters, as file, in letters."""

import re
from datetime import date, datetime

import pytest
from django.http import QueryDict
from django.test import Client

from analytics.bots.words import meanings
from analytics.choices import choices_of
from analytics.dashboards import actions, panels
from analytics.filters import filters_from
from analytics.letters.write import mail_of
from analytics.models import Dashboard, Every, Kind, Letter
from analytics.reports import answer, gather
from analytics.scope import Scope
from chatflows.models import Measure
from tests.analytics.test_bots import TODAY, a_bot, counted, walks
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role

BASE = "/w/acme/analytics/dashboards/"
WALKED = ((Kind.BOT_STARTED, 20), (Kind.BOT_COMPLETED, 8), (Kind.BOT_ABANDONED, 8), (Kind.BOT_HANDED_OVER, 4))


@pytest.fixture
def flows(in_acme, ada):
    """Two bots: of the first everything was counted, of the second a little."""
    first, second = a_bot(in_acme, ada, "Lumi"), a_bot(in_acme, ada, "Ombre")
    for kind, n in WALKED:
        walks(first, kind, n)
    walks(second, Kind.BOT_STARTED, 10)
    walks(second, Kind.BOT_COMPLETED, 9)
    counted(first, Measure.SHOWN, 200)
    step = first.published.definition["steps"][0]["id"]
    counted(first, Measure.REACHED, 20, step)
    counted(first, Measure.DROPPED, 5, step)
    return first, second


def read(workspace, keys, query: str = "") -> dict:
    scope = Scope(TODAY, TODAY, workspace.time_zone)
    choices = choices_of(workspace, scope)
    filters = filters_from(QueryDict(query), choices, today=TODAY, zone=workspace.time_zone)
    found = panels.found(keys)
    book = gather(list(found.values()), filters, choices)
    return {key: answer(report, book) for key, report in found.items()}


def test_bots_stand_beside_each_other_and_share_their_questions(
    in_acme, flows, django_assert_max_num_queries
):
    first, second = flows
    keys = ["bots", "live-chats"]
    keys += [f"bot-{flow.pk}{end}" for flow in flows for end in ("", "-time", "-steps")]
    with django_assert_max_num_queries(10):
        said = read(in_acme.workspace, [*keys, "bot-987654", "bot-x", "nonsense"])
    assert list(said) == keys
    funnel = said[f"bot-{first.pk}"]
    assert funnel.finding == "“Lumi” settles 4 in 10 alone"
    assert {row.key: row.figures[0].value for row in funnel.rows} == {
        "shown": 200, "walks": 20, "completed": 8, "handed_over": 4, "abandoned": 8,
    }  # fmt: skip
    assert funnel.rows[1].figures[0].behind.value == str(first.pk)
    assert said[f"bot-{first.pk}-time"].total.figures[0].value == 20
    [step] = said[f"bot-{first.pk}-steps"].rows
    assert [figure.value for figure in step.figures] == [20, 0, 5, 0.25]
    beside = said["bots"]
    assert [row.title for row in beside.rows] == ["Lumi", "Ombre"] and len(beside.columns) == 7
    assert "“Ombre” completes most: 90" in beside.finding
    # What pages count knows no inbox: it is left out rather than wrong; of another chatflow there is nothing.
    narrowed = read(in_acme.workspace, [f"bot-{first.pk}"], f"inbox={in_acme.inbox.pk}")
    assert "shown" not in {row.key for row in narrowed[f"bot-{first.pk}"].rows}
    other = read(in_acme.workspace, [f"bot-{first.pk}", "bots"], f"flow={second.pk}")
    assert other[f"bot-{first.pk}"].empty and len(other["bots"].rows) == 1


def test_a_card_goes_onto_a_dashboard_from_where_it_stands(acme, ada, flows, client_of):
    """AN-3: save to dashboard. A new one keeps the filters; a full one says so; somebody else's is not offered."""
    flow, _other = flows
    client: Client = client_of(ada)
    key = f"bot-{flow.pk}"
    assert f"report={key}&" in client.get(f"/w/acme/analytics/bots/{flow.pk}/").content.decode().replace(
        "&amp;", "&"
    )
    assert "report=volume" in client.get("/w/acme/analytics/volume/?period=7").content.decode()
    add = f"{BASE}add/?report={key}&filters=period%3D7"
    assert client.get(f"{BASE}add/?report=bot-98765").status_code == 404
    assert client.post(add, {"to": "new", "name": " "}).status_code == 422
    assert client.post(add, {"to": "77"}).status_code == 422
    assert client.post(add, {"to": "new", "name": "Bots"}).status_code == 302
    with acme.scope():
        board = Dashboard.objects.get()
    assert (board.query, board.panels) == ("period=7", [{"report": key, "half": True}])
    for name in ("now", "now-inboxes", "now-people", "bots", key):
        assert client.post(f"{BASE}add/?report={name}", {"to": board.pk}).url == f"{BASE}{board.pk}/"
    page = client.get(f"{BASE}{board.pk}/")
    assert [one.report.key for one in page.context["answers"]] == [
        key,
        "now",
        "now-inboxes",
        "now-people",
        "bots",
    ]
    assert "Ada" in page.content.decode() and f"csv={key}" in page.content.decode()
    assert client.get(f"{BASE}{board.pk}/?csv=now-people").content.decode().count("\n") >= 2
    card = client.get("/w/acme/analytics/live/board/?card=now-people&span=6").content.decode()
    assert 'id="report-now-people"' in card and "--span:6" in card
    leads_where_the_live_board_does(acme, client)
    rita = make_member(acme.workspace, "rita@acme.example", "Rita Reporter", Role.REPORTER)
    assert client_of(rita).post(f"{BASE}add/?report=now", {"to": board.pk}).status_code == 422
    with acme.scope():
        board.refresh_from_db()
        board.panels = [{"report": f"gone-{n}", "half": True} for n in range(actions.MOST_PANELS)]
        board.save()
        assert not actions.add(board, ["busy-hours"]) and len(board.panels) == actions.MOST_PANELS


def leads_where_the_live_board_does(acme, client):
    """Its own page and its cards name the same lists, whatever the dashboard is narrowed to."""
    with acme.scope():
        make_conversation(acme)
    address = "/w/acme/analytics/live/board/"
    whole = set(re.findall(r'href="(/w/acme/[^"]+)"', client.get(address).content.decode()))
    found = set()
    for card in ("now", "now-inboxes", "now-people"):
        told = client.get(f"{address}?card={card}&period=7").content.decode()
        body = told.partition("<tbody>")[2].partition("</tbody>")[0]
        found |= set(re.findall(r'href="(/w/acme/[^"]+)"', body))
    assert found and found <= whole, found - whole
    assert any("what=waiting_now" in url for url in found) and any("what=open_now" in url for url in found)


def test_a_letter_of_such_a_dashboard(in_acme, ada, flows):
    board = actions.create(name="Bots", reports=["bots", "now", f"bot-{flows[0].pk}"], by=ada)
    letter = Letter(pk=1, workspace=in_acme.workspace, dashboard=board, every=Every.DAY, hour=8, zone="UTC")
    made = mail_of(letter, ada, datetime.fromisoformat("2026-05-13T08:00Z"))
    assert "Lumi" in made.body and "Ombre" in made.body


def test_a_zone_of_half_hours_says_how_hours_count():
    day = date(2026, 5, 13)
    plain, half = (len(meanings(Scope(day, day, zone))) for zone in ("Europe/Paris", "Asia/Kolkata"))
    assert half == plain + 1
