"""Dashboards: begun from a ready one, put together, shared by role, read by its own filters."""

import pytest

from analytics.dashboards import actions
from analytics.letters.write import mail_of
from analytics.models import Dashboard, Letter
from tests.factories import make_member
from workspaces.models.audit import AuditEntry
from workspaces.permissions import Role

BASE = "/w/acme/analytics/dashboards/"


@pytest.fixture
def rita(acme):
    return make_member(acme.workspace, "rita@acme.example", "Rita Reporter", Role.REPORTER)


def test_one_is_begun_from_a_ready_one_and_put_together(acme, ada, client_of):
    """AN-2: reports may be deselected on adding; then order, size, taking out, filters of its own."""
    client = client_of(ada)
    page = client.get(f"{BASE}new/?from=chat")
    chosen = [one.key for _page, reports in page.context["groups"] for one, on in reports if on]
    assert len(chosen) > 3 and page.context["name"] == "Chat"
    made = client.post(f"{BASE}new/?from=chat", {"name": "Mine", "report": [*chosen[:3], "nonsense"]})
    with acme.scope():
        board = Dashboard.objects.get()
    assert made.url == f"{BASE}{board.pk}/edit/" and [one["report"] for one in board.panels] == chosen[:3]
    first, second, third = chosen[:3]
    for told in (
        {"report": third, "to": "0"},
        {"report": first, "drop": "1"},
        {"report": second, "size": "full"},
        {"report": [chosen[3], third], "add": "1"},
        {"report": second, "to": "x"},
    ):
        assert client.post(f"{BASE}{board.pk}/panel/", told).status_code == 302
    with acme.scope():
        board.refresh_from_db()
        assert board.panels == [
            {"report": third, "half": True},
            {"report": second, "half": False},
            {"report": chosen[3], "half": True},
        ]
    client.post(f"{BASE}{board.pk}/filters/", {"query": "period=7"})
    shown = client.get(f"{BASE}{board.pk}/")
    assert [one.report.key for one in shown.context["answers"]] == [third, second, chosen[3]]
    assert [one.report.span for one in shown.context["answers"]] == [6, 12, 6]
    assert shown.context["filters"].preset == "7"
    assert client.get(f"{BASE}{board.pk}/?csv={second}")["Content-Type"].startswith("text/csv")
    assert client.get(f"{BASE}{board.pk}/?period=90").context["filters"].preset == "90"
    assert client.get(f"{BASE}new/?from={board.pk}").context["name"] == "Copy of Mine"
    assert client.post(f"{BASE}new/", {"name": " "}).status_code == 422
    assert client.post(f"{BASE}{board.pk}/removal/").status_code == 302
    with acme.scope():
        assert not Dashboard.objects.exists()
        told = AuditEntry.objects.filter(action__startswith="dashboard.").values_list("action", flat=True)
        assert set(told) == {"dashboard.created", "dashboard.changed", "dashboard.removed"}


def test_it_is_seen_by_its_maker_and_by_the_roles_it_is_shared_with(acme, ada, rita, ben, client_of):
    with acme.scope():
        board = actions.create(name="Mine", reports=[], by=ada)
        theirs = actions.create(name="Theirs", reports=[], by=rita)
    client = client_of(rita)
    assert client.get(f"{BASE}{board.pk}/").status_code == 404
    with acme.scope():
        actions.save(board, name="Mine", roles=[Role.REPORTER, "x"], query="", by=ada)
        assert board.roles == ["reporter"]
    assert client.get(f"{BASE}{board.pk}/").status_code == 200
    assert client.get(f"{BASE}{board.pk}/edit/").status_code == 404
    assert client.post(f"{BASE}{board.pk}/removal/").status_code == 404
    assert client.get(f"{BASE}{theirs.pk}/edit/").status_code == 200
    assert client_of(ada).get(f"{BASE}{theirs.pk}/").status_code == 200
    assert client_of(ben).get(BASE).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=%00", "&".join("a" * 400), "from=9999-12-31&to=9999-12-31", "label=²"]
)
def test_filters_of_any_shape_that_were_kept_open_it(query, acme, ada, client_of):
    """T113: what is kept is read on every page on which it stands, and by the letters of everybody who gets them."""
    client = client_of(ada)
    client.post(f"{BASE}new/", {"name": "Odd", "report": ["volume"]})
    with acme.scope():
        board = Dashboard.objects.get()
    client.post(f"{BASE}{board.pk}/filters/", {"query": query})
    assert client.get(f"{BASE}{board.pk}/").status_code == 200
    told = {"every": "day", "weekday": "0", "day": "1", "hour": "8", "zone": "UTC", "readers": [ada.pk]}
    kept = {"what": "chat", "query": query, "filtered": "on"} | told
    assert client.post("/w/acme/analytics/letters/new/", kept).status_code in (302, 422)
    client.post("/w/acme/analytics/letters/new/", told | {"what": f"d{board.pk}"})
    assert client.get("/w/acme/analytics/letters/").status_code == 200
    with acme.scope():
        letters = list(Letter.objects.all())
        assert letters and all(mail_of(one, ada, one.next_at).body for one in letters)
