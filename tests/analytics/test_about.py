"""About these figures: how far they are, whether they agreed, reading them again; weeks begin on one day everywhere."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from analytics import reader, reconcile
from analytics.models import Kind, Reading, Reconciliation
from analytics.reports import PAGES
from events.models import Event
from events.types import FIGURES_DRIFTED
from notifications.models import Notification
from notifications.reactions import tell_of_drift
from tests.analytics.facts import make_facts
from workspaces.models import AuditEntry


@pytest.fixture
def counted(acme, ada, ben):
    with acme.scope():
        make_facts(acme, [ada, ben])
    return acme


def about(house) -> str:
    return reverse("analytics:about", args=[house.workspace.slug])


def test_a_night_that_differs_is_told_once_and_leads_to_what_differed(counted, ada, ben, client_of):
    """Who manages the workspace hears of it; who does not is not bothered."""
    reader.read(counted.workspace.pk)
    with counted.scope():
        drift = [
            {
                "what": "rollups",
                "kind": Kind.CREATED,
                "at": "2026-05-03T12:00:00+00:00",
                "kept": 12,
                "counted": 13,
            }
        ]
        found = reconcile.tell(
            Reconciliation(first_day=date(2026, 4, 1), last_day=date(2026, 5, 5), drift=drift)
        )
        event = Event.objects.get(type=FIGURES_DRIFTED)
        assert (event.payload, found.mended_at) == ({"n": 1}, None)
    for _twice in range(2):
        tell_of_drift(event)
    with counted.scope():
        told = list(Notification.objects.values_list("member", "about"))
        number = Notification.objects.get().pk
    assert told == [(ada.pk, "figures")]
    client = client_of(ada)
    leads = client.get(reverse("notifications:go", args=[counted.workspace.slug, number]))
    assert leads["Location"] == about(counted)
    html = client.get(about(counted)).content.decode()
    assert "12 conversations began on 3 May 2026; right is 13" in html
    assert client_of(ben).get(about(counted)).status_code == 404


def test_everything_is_read_again_when_asked_for(counted, ada, client_of):
    reader.read(counted.workspace.pk)
    client = client_of(ada)
    url = reverse("analytics:read_again", args=[counted.workspace.slug])
    assert client.get(url).status_code == 405
    with counted.scope():
        Reading.objects.update(again_done_at=datetime.now(UTC))
    assert client.post(url)["Location"] == about(counted)
    html = client.get(about(counted)).content.decode()
    assert 'id="again-done" max="100" value="0"' in html
    with counted.scope():
        assert Reading.objects.get().again_done_at is None
        assert AuditEntry.objects.filter(action="report.read_again").count() == 1


def test_weeks_begin_on_one_day_in_all_reports(counted, ada, client_of):
    client = client_of(ada)
    url = reverse("analytics:report", args=[counted.workspace.slug, "volume"])
    week = reverse("analytics:week", args=[counted.workspace.slug])

    def first_days() -> tuple[set[int], str]:
        html = client.get(url + "?period=90&grain=week").content.decode()
        days = re.findall(r"step=week&amp;at=([0-9-]+)", html)
        heads = re.findall(r'<th scope="col" class="r">(\w+)</th>', html.split('id="report-busy-hours"')[1])
        return {date.fromisoformat(day).weekday() for day in days}, heads[0]

    assert first_days() == ({0}, "Mon")
    assert client.post(week, {"day": "6"}).status_code == 302
    assert first_days() == ({6}, "Sun")
    assert client.post(week, {"day": "3"}).status_code == 400


def test_every_report_is_defined_and_every_foot_leads_there(counted, ada, client_of):
    client = client_of(ada)
    html = client.get(about(counted)).content.decode()
    for page in PAGES.values():
        for report in page.reports:
            assert str(report.title) in html
    foot = client.get(reverse("analytics:home", args=[counted.workspace.slug])).content.decode()
    assert foot.count(f'href="{about(counted)}"') >= 4
