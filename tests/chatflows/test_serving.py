"""What a page view meets: chosen from a compiled form, told to the launcher, counted (TG-9, CF-5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatflows import actions, audience, counting, figures, serving
from chatflows.models import FlowCount, Measure
from chatflows.targeting import Facts, compile_targeting

pytestmark = pytest.mark.django_db

SHOP = {"pages": "some", "show": [{"op": "begins", "value": "shop.example/lamps"}]}


@pytest.fixture(autouse=True)
def nothing_counted():
    client = counting.valkey()
    for key in client.scan_iter(f"{counting.settings.KEY_PREFIX}:flows:*", count=1000):
        client.delete(key)
    counting._counts.clear()
    counting._pages.clear()
    counting._one_in.clear()


@pytest.fixture
def flows(acme, ada):
    """(a bot on the pages of lamps, the live chat everywhere), both live."""
    with acme.scope():
        bot = actions.create_beside_default(acme.chat, template="blank", name="Bot", language="en", by=ada)
        actions.save_draft(bot, revision=None, by=ada, targeting=SHOP, display={"opens": "chat"})
        bot = actions.publish(bot, by=ada)
        return bot, acme.chat.chatflows.select_related("published").get(kind="live")


def asked(client, acme, page, **more):
    query = {"u": page, "lang": "en"} | more
    return client.get(f"/live/config/{acme.chat.identifier}/", query)


def test_the_flow_that_fits_is_told_with_its_display(client, acme, flows):
    bot, live = flows
    on_lamps = asked(client, acme, "https://shop.example/lamps/1").json()
    assert (on_lamps["flow"], on_lamps["kind"]) == (str(bot.published.public_id), "bot")
    assert on_lamps["display"]["opens"] == "chat"
    assert f"flow={bot.published.public_id}" in on_lamps["panel"]
    elsewhere = asked(client, acme, "https://shop.example/").json()
    assert elsewhere["flow"] == str(live.published.public_id)


def test_a_warm_page_view_costs_no_query(client, acme, flows):
    pages = [f"https://shop.example/{part}" for part in ("", "lamps", "lamps/2?x=1", "about")]
    for page in pages[:2]:
        asked(client, acme, page)
    with CaptureQueriesContext(connection) as queries:
        for page in pages:
            assert asked(client, acme, page).status_code == 200
    assert not queries.captured_queries


def test_nothing_fits_nothing_shows(client, acme, flows):
    """TG-9 (4)."""
    with acme.scope():
        actions.pause(flows[1])
    serving.forget()
    told = asked(client, acme, "https://shop.example/about").json()
    assert told["hidden"] and "flow" not in told


def test_what_is_published_shows_at_once_in_every_process(
    acme, ada, flows, django_capture_on_commit_callbacks
):
    key = acme.chat.identifier
    before = serving.compiled(key)
    with acme.scope(), django_capture_on_commit_callbacks(execute=True):
        actions.pause(flows[0])
    serving._looked.clear()
    assert serving.compiled(key) is not before
    # another process learns of it from the channel's number alone
    stale = serving.Compiled(**{**before.__dict__, "made": serving.time.monotonic()})
    serving._kept[key] = stale
    serving._looked.clear()
    assert serving.compiled(key) is not stale


def test_a_visitor_may_name_only_what_is_live_on_their_channel(acme, globex, flows):
    bot = flows[0]
    with acme.scope():
        assert serving.version_of(acme.chat, str(bot.published.public_id)) == bot.published
        for odd in ("", "x", "0" * 36, None):
            assert serving.version_of(acme.chat, odd) is None
        actions.pause(bot)
        assert serving.version_of(acme.chat, str(bot.published.public_id)) is None
    with globex.scope():
        assert serving.version_of(globex.chat, str(flows[1].published.public_id)) is None


def test_each_browser_keeps_its_version_of_a_trial(client, acme, ada, flows):
    with acme.scope():
        actions.save_draft(flows[0], revision=None, by=ada, options={"survey": True})
        actions.start_trial(flows[0], None, 30, by=ada)
    serving.forget()
    page = "https://shop.example/lamps"
    met = [asked(client, acme, page, x=bucket).json()["flow"] for bucket in range(100)]
    with acme.scope():
        rival = str(flows[0].versions.get(number=2).public_id)
    assert met.count(rival) == 30
    assert met[7] == asked(client, acme, page, x=7).json()["flow"]


def test_what_was_shown_is_folded_into_one_row_an_hour(client, acme, flows):
    for _ in range(3):
        asked(client, acme, "https://shop.example/lamps")
    assert figures.fold() == 1
    asked(client, acme, "https://shop.example/lamps")
    figures.note(
        Measure.REACHED,
        workspace=acme.workspace.pk,
        flow=flows[0].pk,
        version=flows[0].published_id,
        step="start",
    )
    figures.note(Measure.REACHED, workspace=acme.workspace.pk, flow=1, version=999_999, step="gone")
    figures.fold()
    with acme.scope():
        [row] = FlowCount.objects.filter(measure=Measure.SHOWN)
        assert (row.n, row.version_id) == (4, flows[0].published_id)
        fared = figures.of_version(flows[0].published_id)
        assert (fared.whole["shown"], fared.steps["start"]["reached"]) == (4, 1)
    assert figures.fold() == 0


def test_an_estimate_of_who_fits(client, acme, flows):
    for n in range(6):
        page = "https://shop.example/lamps?token=" + "k" * 60 if n < 2 else "https://shop.example/"
        client.get(f"/live/config/{acme.chat.identifier}/", {"u": page}, REMOTE_ADDR=f"192.0.2.{n}")
    found = audience.estimate(acme.chat.pk, compile_targeting(SHOP))
    assert (found.fitting, found.visitors, found.one_in) == (2, 6, 1)
    kept = b"".join(
        counting.valkey().lrange(
            counting.pages_key(acme.chat.pk, int(counting.time.time()) // counting.DAY), 0, -1
        )
    )
    assert b"kkkk" not in kept and b"192.0.2" not in kept


def test_a_busy_site_is_thinned_by_whole_visitors(monkeypatch):
    monkeypatch.setattr(counting, "PAGES_KEPT", 40)
    for n in range(64):
        for view in range(2):
            audience.note_page(1, n, Facts(url="https://shop.example/lamps", page_views=view + 1))
    counting.flush()
    found = audience.estimate(1, compile_targeting(SHOP))
    assert found.one_in == 8 and found.fitting == found.visitors == 64
