"""How chatflows do: counts of pages and facts of walks come together, as page, as file, within rights (AN-3, AN-4)."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import QueryDict

from analytics.bots import drawing, findings
from analytics.bots.asking import asked_from, choose_week
from analytics.bots.figures import of_all, of_one
from analytics.models import Fact, Kind, Rollup
from chatflows.actions import create, publish
from chatflows.models import Chatflow, FlowCount, Measure
from workspaces.models.audit import AuditEntry

TODAY = date(2026, 5, 13)  # a Wednesday
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def asked(workspace, query: str = "period=28"):
    return asked_from(QueryDict(query), workspace, today=TODAY)


def walks(flow: Chatflow, kind: Kind, n: int, at: datetime = NOON) -> None:
    """Facts, and the roll-ups that the reader makes of them."""
    told = {"chatflow_id": flow.pk, "version_id": flow.published_id, "channel_id": flow.channel_id}
    first = Fact.objects.count()
    for number in range(first, first + n):
        Fact.objects.create(subject="c", subject_id=number + 1, kind=kind, key=str(number), at=at, **told)
    Rollup.objects.create(
        kind=kind, at=at.replace(hour=0), by="chatflow", value=str(flow.pk), n=n, channel_id=flow.channel_id
    )


def counted(flow: Chatflow, measure: Measure, n: int, step: str = "", at: datetime = NOON) -> None:
    FlowCount.objects.create(chatflow=flow, version=flow.published, measure=measure, step=step, hour=at, n=n)


def a_bot(house, by, name: str) -> Chatflow:
    flow = create(house.chat, name=name, template="qualify", language="en", by=by)
    publish(flow, by=by)
    flow.refresh_from_db()
    return flow


@pytest.fixture
def flow(in_acme, ada) -> Chatflow:
    return a_bot(in_acme, ada, "Lumi")


def test_pages_walks_steps_and_versions_of_a_bot(in_acme, flow, django_assert_num_queries):
    first, second = (step["id"] for step in flow.published.definition["steps"][:2])
    for measure, n in ((Measure.SHOWN, 200), (Measure.OPENED, 60), (Measure.STARTED, 20)):
        counted(flow, measure, n)
    counted(flow, Measure.SHOWN, 999, at=NOON - timedelta(days=40))
    for step, reached, dropped in ((first, 20, 2), (second, 15, 6), ("gone", 1, 0)):
        counted(flow, Measure.REACHED, reached, step)
        counted(flow, Measure.DROPPED, dropped, step)
    for kind, n in ((Kind.BOT_STARTED, 20), (Kind.BOT_COMPLETED, 8), (Kind.BOT_ABANDONED, 8), (Kind.BOT_HANDED_OVER, 4)):  # fmt: skip
        walks(flow, kind, n)
    wide = asked(in_acme.workspace).scope
    with django_assert_num_queries(2):
        [one] = of_all([flow], wide)
    assert (one.n["shown"], one.conversion, one.completion, one.gave_up) == (200, 10, 40, 40)
    narrowed = asked(in_acme.workspace).of(flow)
    with django_assert_num_queries(4):
        details = of_one(flow, narrowed.scope, "day")
    assert [(step.id, step.reached, step.share, step.loss) for step in details.steps] == [
        (first, 20, 100, 10),
        (second, 15, 75, 40),
        ("gone", 1, 5, 0),
    ]
    assert details.steps[2].name == "Removed step" and details.worst.id == second
    assert (details.versions[0].of, details.versions[0].n["completed"]) == (flow.published, 8)
    assert sum(details.series["walks"]) == details.series["walks"][details.days.index(NOON.date())] == 20
    assert findings.of_bot(details) == "“Lumi” settles 4 in 10 alone"
    bars = drawing.funnel(details, narrowed)
    assert f"by=chatflow&value={flow.pk}&what=bot_completed" in bars[3].link and not bars[0].link
    assert [(bar.name_of, bar.part) for bar in bars] == [
        ("shown", 100), ("opened", 30), ("walks", 100), ("completed", 40), ("handed_over", 20), ("abandoned", 40),
    ]  # fmt: skip
    hiding = asked(in_acme.workspace, "hide=walks").of(flow)
    assert [line.name for line in drawing.chart(details, hiding).lines] == [
        "Completed",
        "Handed over",
        "Abandoned",
    ]
    assert "hide=walks" not in hiding.toggled("walks") and "hide=completed" in hiding.toggled("completed")


def test_a_week_begins_on_sunday_unless_the_workspace_says_monday(in_acme, flow):
    """AN-3, as a setting; it leaves a line in the log."""
    walks(flow, Kind.BOT_STARTED, 3, datetime(2026, 5, 10, 12, tzinfo=UTC))  # a Sunday
    week = asked(in_acme.workspace, "period=week&grain=week")
    assert (week.scope.first, week.scope.last) == (date(2026, 5, 10), TODAY)
    details = of_one(flow, week.of(flow).scope, "week")
    assert (details.days, details.series["walks"]) == ([date(2026, 5, 10)], [3])
    choose_week(0)
    assert asked(in_acme.workspace, "period=week").scope.first == date(2026, 5, 11)
    assert AuditEntry.objects.filter(action="report.changed").count() == 1
    with pytest.raises(ValueError):
        choose_week(3)


def test_the_pages_their_files_and_who_may(acme, ada, ben, client_of, django_assert_max_num_queries):
    """VIEW_REPORTS opens them, MANAGE_CHATFLOWS changes the week; the file says what the page says."""
    with acme.scope():
        flow = a_bot(acme, ada, "=Lumi")
        counted(flow, Measure.SHOWN, 7)
        walks(flow, Kind.BOT_STARTED, 3)
    client = client_of(ada)
    client.get("/w/acme/analytics/bots/")  # the first page of a session writes the session
    with django_assert_max_num_queries(16):
        page = client.get("/w/acme/analytics/bots/?from=2026-05-01&to=2026-05-31&period=own")
    assert page.status_code == 200 and "=Lumi" in page.content.decode()
    told = client.get("/w/acme/analytics/bots/?from=2026-05-01&to=2026-05-31&period=own&csv").content.decode()
    rows = {row["Chatflow"]: row for row in csv.DictReader(io.StringIO(told.removeprefix("\ufeff")))}
    assert (rows["'=Lumi"]["Shown"], rows["'=Lumi"]["Started"], rows["'=Lumi"]["Conversion"]) == (
        "7",
        "3",
        "42.9",
    )
    with django_assert_max_num_queries(18):
        one = client.get(f"/w/acme/analytics/bots/{flow.pk}/?from=2026-05-01&to=2026-05-31&period=own")
    assert one.context["details"].whole.n["walks"] == 3 and b"bots__chart" in one.content
    version = (
        f"from=2026-05-01&amp;to=2026-05-31&amp;by=version&amp;value={flow.published_id}&amp;what=bot_started"
    )
    assert version in one.content.decode()
    behind = client.get("/w/acme/analytics/behind/?" + version.replace("&amp;", "&")).content.decode()
    assert 'data-n="3"' in behind and "=Lumi, version 1" in behind
    narrowed = client.get("/w/acme/analytics/bots/?period=7&inbox=3&clock=c").content.decode()
    assert "of the filters only the days count here" in narrowed
    assert "/analytics/volume/?period=7&amp;clock=c&amp;inbox=3" in narrowed  # as they were, on the way back
    days = client.get(f"/w/acme/analytics/bots/{flow.pk}/?from=2026-05-01&to=2026-05-31&period=own&csv=days")
    assert "2026-05-12,3" in days.content.decode()
    assert "is no period" in client.get("/w/acme/analytics/bots/?period=x").content.decode()
    assert client.post("/w/acme/analytics/bots/week/", {"day": "0"}).status_code == 302
    assert client.post("/w/acme/analytics/bots/week/", {"day": "x"}).status_code == 400
    stranger = client_of(ben)
    assert stranger.get("/w/acme/analytics/bots/").status_code == 404
    assert stranger.post("/w/acme/analytics/bots/week/", {"day": "0"}).status_code == 404
