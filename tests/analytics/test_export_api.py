"""Raw facts as a file in the background, and reports for programs: the same filters, the same numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from analytics import api
from analytics.exports import work
from analytics.models import ExportState, Fact, FactsExport, Kind, Rollup
from tests.factories import make_member
from workspaces.permissions import Permission, Role
from workspaces.tokens import make_token

AT = datetime(2026, 5, 12, 10, tzinfo=UTC)
DAYS = "period=own&from=2026-05-01&to=2026-05-31"


def facts(n: int, at: datetime = AT, **more) -> None:
    first = Fact.objects.count()
    for number in range(first, first + n):
        told = {"subject": "c", "subject_id": number + 1, "kind": Kind.CREATED, "key": "", "at": at} | more
        Fact.objects.create(**told)


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_a_file_is_made_in_the_background(acme, ada, ben, client_of, monkeypatch):
    """In pieces, formula-safe; a second is refused meanwhile; fetched by who asked alone; it goes when it is old."""
    monkeypatch.setattr(work, "PIECE", 2)
    with acme.scope():
        facts(3)
        facts(2, kind=Kind.CLOSED, page="=cmd", labels=[3, 4])
        facts(1, at=AT - timedelta(days=90))
        export = FactsExport.objects.create(
            member=ada, first_day=date(2026, 5, 1), last_day=date(2026, 5, 31)
        )
        with pytest.raises(Exception, match="already"):
            work.ask(first=date(2026, 5, 1), last=date(2026, 5, 2), query="", by=ada)
    work.run(acme.workspace.pk, export.pk)
    with acme.scope():
        export.refresh_from_db()
    lines = export.path.read_text(encoding="utf-8-sig").splitlines()
    assert (export.state, export.rows, len(lines)) == (ExportState.DONE, 5, 6)
    assert sum(",'=cmd," in line and line.endswith("3 4") for line in lines) == 2
    address = f"/w/acme/analytics/exports/{export.pk}/"
    assert b"subject_id" in b"".join(client_of(ada).get(address).streaming_content)
    manager = make_member(acme.workspace, "mia@acme.example", "Mia Manager", Role.MANAGER)
    assert client_of(manager).get(address).status_code == 404
    assert client_of(manager).get("/w/acme/analytics/exports/").status_code == 200
    assert client_of(ben).get("/w/acme/analytics/exports/").status_code == 404
    with acme.scope():
        FactsExport.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert work.old() == [(acme.workspace.pk, export.pk)]
    work.forget(acme.workspace.pk, export.pk)
    assert work.old() == [] and not export.path.exists()


def test_reports_and_facts_for_programs(acme, ada, monkeypatch):
    """The pages' numbers as JSON; facts by pages that end; a key without the scope is refused."""
    monkeypatch.setattr(api, "PAGE", 2)
    with acme.scope():
        facts(3)
        Rollup.objects.create(kind=Kind.CREATED, at=AT.replace(hour=0), n=3)
        _token, key = make_token(ada, name="Reports", scopes=[Permission.VIEW_REPORTS], days=None)
        _token, poor = make_token(ada, name="Work", scopes=[Permission.WORK], days=None)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    told = client.get("/api/v1/reports").json()["reports"]
    assert {"key", "title", "meaning", "page"} == set(told[0])
    for one in told:
        assert client.get(f"/api/v1/reports/{one['key']}?{DAYS}").status_code == 200, one["key"]
    assert {"figures", "bot", "bots", "now", "volume-over-time"} <= {one["key"] for one in told}
    first, *_rest = client.get("/api/v1/reports/now").json()["rows"]
    assert first["values"]["n"] == {"value": 0, "text": "0"}
    assert first["values"]["beside"] == {"value": "nobody waits", "text": "nobody waits"}
    found = client.get(f"/api/v1/facts?{DAYS}").json()
    rest = client.get(f"/api/v1/facts?{DAYS}&after={found['after']}").json()
    ids = [fact["subject_id"] for fact in found["facts"] + rest["facts"]]
    assert (ids, rest["after"], found["from"]) == ([1, 2, 3], None, "2026-05-01")
    assert found["facts"][0]["subject"] == "conversation" and found["facts"][0]["inbox_id"] is None
    assert client.get(f"/api/v1/facts?{DAYS}&after=x").status_code == 422
    assert client.get("/api/v1/facts?what=nonsense").status_code == 422
    assert client.get("/api/v1/reports/volume?period=nonsense").status_code in (404, 422)
    assert Client(headers={"Authorization": f"Bearer {poor}"}).get("/api/v1/reports").status_code == 403
