"""The report pages: numbers, tables, files and lists agree; few questions; only for whom they are (AN-1, AN-2, AN-5)."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import Fact, Kind, Reconciliation, Rollup
from analytics.reports import PAGES, REPORTS
from bench.data.reports_asked import is_a_question
from tests.analytics.facts import make_facts
from tests.factories import make_member
from workspaces.permissions import Role


@pytest.fixture
def counted(acme, ada, ben):
    with acme.scope():
        make_facts(acme, [ada, ben])
    return acme


def page(house, key: str = "", **asked) -> str:
    name, args = (
        ("analytics:report", [house.workspace.slug, key])
        if key
        else ("analytics:home", [house.workspace.slug])
    )
    return reverse(name, args=args) + ("?" + "&".join(f"{k}={v}" for k, v in asked.items()) if asked else "")


def questions_of(client, url: str) -> list[str]:
    """Everything that a page asks the database, signing in and the shell around it included."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [one["sql"] for one in asked.captured_queries if is_a_question(one["sql"])]


def test_every_page_opens_with_few_questions(counted, ada, client_of):
    """At most 12 in all, over whatever period and whatever it is compared with."""
    client = client_of(ada)
    client.get(page(counted, "labels"))
    for key in ("", *PAGES):
        for asked in ({}, {"period": "90", "grain": "week", "kind": "chat", "member": ada.pk}):
            found = questions_of(client, page(counted, key, **asked))
            assert len(found) <= 12, (key, len(found), found)


def rows_of(html: str, report: str) -> list[list[str]]:
    card = html.split(f'id="report-{report}"', 1)[1].split("</section>", 1)[0]
    body = re.sub(r'<span class="av .*?</span>', "", card.split("<tbody>", 1)[1].split("</table>", 1)[0])
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in rows
    ]


def links_of(html: str, report: str) -> list[tuple[str, str]]:
    card = html.split(f'id="report-{report}"', 1)[1].split("</section>", 1)[0]
    found = re.findall(
        r'<td class="r"[^>]*>(?:<span class="meter".*?</span>)?<a href="([^"]+)">([^<]+)</a>', card, re.S
    )
    return [(url.replace("&amp;", "&"), text) for url, text in found]


SAMPLES = {
    "chat-by-user": "chat", "chat-by-page": "chat", "volume-over-time": "volume", "busy-hours": "volume", "shares-of-work": "team",
    "promises-by-goal": "service-levels", "votes": "satisfaction", "first-reply-spread": "replies", "every-reply-by-team": "replies",
    "since-beginning": "closing", "time-to-close-by-kind": "closing",
}  # fmt: skip


def test_file_screen_and_list_say_the_same(counted, ada, client_of):
    client = client_of(ada)
    for report, key in SAMPLES.items():
        agree(client, counted, key, report)


def agree(client, counted, key: str, report: str) -> None:
    html = client.get(page(counted, key)).content.decode()
    shown = rows_of(html, report)
    text = client.get(page(counted, key, csv=report)).content.decode("utf-8-sig")
    written = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[0] for row in written] == [row[0] for row in shown]
    # Whole numbers are written alike; durations and shares stand in the file as seconds and parts of one.
    for on_screen, in_file in zip(shown, written, strict=True):
        for one, other in zip(on_screen[1:], in_file[1:], strict=True):
            assert not one.isdigit() or one == other
    # These facts tell of one conversation alone: who stood open is looked at in test_standing.py.
    links = [one for one in links_of(html, report) if one[1].isdigit() and "open_then" not in one[0]]
    assert links
    for url, text in links[:2] + links[-1:]:
        behind = client.get(url).content.decode()
        assert f'data-n="{text}"' in behind, (url, text)


def test_every_card_of_the_overview_goes_onto_a_dashboard(counted, ada, client_of):
    """AN-2: added to dashboards; also the bot's, which stands on no other page."""
    client = client_of(ada)
    html = client.get(page(counted)).content.decode()
    ways = re.findall(r'href="([^"]+/add/[^"]*)" title="Add to a dashboard"', html)
    assert [url.split("report=")[1].split("&")[0] for url in ways] == [
        "first-reply", "bot", "shares-of-work", "busy-hours",
    ]  # fmt: skip
    asked = ways[1].replace("&amp;", "&")
    made = client.post(asked, {"to": "new", "name": "Mine"}, follow=True).content.decode()
    assert 'id="report-bot"' in made


def test_who_has_nobody_and_who_is_gone_keep_a_line(counted, ada, ben, client_of):
    """AN-2: an unassigned row; AN-5: who was removed stays, by name."""
    ben.deactivated_at = datetime.now(UTC)
    ben.save()
    html = client_of(ada).get(page(counted, "chat")).content.decode()
    names = [row[0] for row in rows_of(html, "chat-by-user")]
    assert "Unassigned" in names
    assert "<bdi>Ben Agent</bdi> <small" in html and "Disconnected" not in html
    with counted.scope():
        counted.chat.disconnected_at = datetime.now(UTC)
        counted.chat.save()
    html = client_of(ada).get(page(counted, "chat")).content.decode()
    assert re.search(r"<bdi>[^<]+</bdi> <small class=\"quiet\">Disconnected</small>", html)
    assert "Ben Agent" in " ".join(names)


def test_filters_stay_in_the_address_and_mistakes_are_said(counted, ada, ben, client_of):
    client = client_of(ada)
    html = client.get(
        page(counted, "volume", period="7", member=ben.pk, clock="c", kind="chat")
    ).content.decode()
    assert f"period=7&amp;kind=chat&amp;member={ben.pk}&amp;clock=c" in html  # on to the other pages
    everything = client.get(page(counted, "volume")).content.decode()
    assert rows_of(html, "volume-by-kind") != rows_of(everything, "volume-by-kind")
    wrong = client.get(
        page(counted, "volume", **{"from": "2026-31-31", "to": "x", "member": "999999999", "inbox": "1;drop"})
    )
    text = wrong.content.decode()
    assert wrong.status_code == 200
    assert "Give both days" in text
    assert "“999999999” is not known here" in text
    assert 'value="2026-31-31"' in text  # what was written is kept


def test_a_long_list_goes_on_by_its_last_line(counted, ada, client_of):
    client = client_of(ada)
    url = reverse("analytics:behind", args=[counted.workspace.slug]) + "?what=created"
    first = client.get(url).content.decode()
    more = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert more
    next_page = url.split("?")[0] + more[1].replace("&amp;", "&")
    assert len(questions_of(client, next_page)) <= 12
    second = client.get(next_page).content.decode()
    assert second.count("<tr>") > 1
    for bad in ("what=nothing", "what=created&by=secrets", "what=created&by=member&value=x", "what=created&step=day&at=x",
                "what=created&bucket=-1", ""):  # fmt: skip
        assert client.get(f"{url.split('?')[0]}?{bad}").status_code == 404
    assert client.get(url + "&after=nonsense,1").status_code == 200


def test_reports_are_for_who_may_read_them_and_names_for_who_may_see(
    counted, acme, ada, ben, cleo, client_of
):
    """A reporter sees all numbers, but no conversation; another workspace sees nothing."""
    assert client_of(ben).get(page(counted)).status_code == 404
    assert client_of(cleo).get(page(counted)).status_code == 404
    rita = make_member(acme.workspace, "rita@acme.example", "Rita", Role.REPORTER)
    url = reverse("analytics:behind", args=[acme.workspace.slug]) + "?what=created"
    numbers, names = client_of(rita).get(url).content.decode(), client_of(ada).get(url).content.decode()
    assert re.search(r'data-n="(\d+)"', numbers)[1] == re.search(r'data-n="(\d+)"', names)[1]
    assert "James Whitfield" in names
    assert "James Whitfield" not in numbers
    assert "A conversation that you may not read" in numbers


def test_a_file_never_reckons(counted, ada, client_of):
    """T061: what looks like a formula is text."""
    with counted.scope():
        Fact.objects.filter(page="/pricing").update(page="=1+1")
        Rollup.objects.filter(by="page", value="/pricing").update(value="=1+1")
    text = client_of(ada).get(page(counted, "pages", csv="pages")).content.decode("utf-8-sig")
    assert "'=1+1" in text


def test_drift_is_told_to_who_can_do_something(counted, ada, client_of):
    with counted.scope():
        day = datetime.now(UTC).date()
        Reconciliation.objects.create(first_day=day, last_day=day, drift=[{"kind": "created"}])
    assert "did not agree with what happened" in client_of(ada).get(page(counted)).content.decode()


EACH = {"member", "team", "channel_kind"}
TOLD_APART = {
    Kind.CREATED: {*EACH, "chatflow", "page", "inbox", "label"}, Kind.FIRST_RESPONSE: EACH, Kind.RESPONSE: EACH, Kind.SETTLED: EACH,
    Kind.SLA_MET: {"inbox", "priority", "member"}, Kind.RATED: {"member", "chatflow"}, Kind.TICKET_CREATED: {"pipeline", "source"},
}  # fmt: skip


def test_every_row_of_the_table_has_its_report():
    """AN-2: the six of chat and those of e-mail; what each kind is told apart by; both ways to count until a closing."""
    assert [report.key for report in PAGES["chat"].reports] == [
        "chat-by-user", "chat-by-chatflow", "chat-by-page", "chat-closed-by-user", "chat-first-by-user", "chat-wait",
    ]  # fmt: skip
    assert {"mail-by-user", "mail-closed-by-user", "mail-first-by-user"} <= {
        one.key for one in PAGES["email"].reports
    }
    for kind, parts in TOLD_APART.items():
        assert parts <= {report.by for report in REPORTS.values() if kind in report.kinds}, kind
    over_time = {report.kinds for report in REPORTS.values() if report.chart == "line"}
    assert {
        (Kind.SETTLED,),
        (Kind.CLOSED,),
        (Kind.RESPONSE,),
        (Kind.WAIT,),
        (Kind.TICKET_CLOSED,),
    } <= over_time
    spread = {report.kinds for report in REPORTS.values() if report.chart == "distribution"}
    assert {(Kind.FIRST_RESPONSE,), (Kind.RESPONSE,), (Kind.SETTLED,)} <= spread


def test_every_report_has_words_and_stands_on_one_page():
    keys = [report.key for one in PAGES.values() for report in one.reports]
    assert len(keys) == len(set(keys)) == len(REPORTS)
    assert all(str(report.title) and str(report.meaning) for report in REPORTS.values())
