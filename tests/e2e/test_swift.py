"""Speed, small screens, other directions, and no network."""

import pytest
from playwright.sync_api import expect

from conversations.models import ReadMark
from inboxes.availability import set_availability
from tests.e2e.test_accessibility import PHONE, problems
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation, make_member
from workspaces.models import Member
from workspaces.permissions import Role

pytestmark = pytest.mark.browser

# Shifts of the layout without a hand in it, and with one: opening a thread may replace what it replaces, no more.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.value > 0.0005) shifts.push([one.value, one.sources.map(({node}) => node?.id || node?.className || node?.nodeName)]);
}).observe({type: "layout-shift", buffered: true});
"""
OPENED = """async (row) => {
  const began = performance.now();
  const open = new Promise((done) => document.addEventListener("conversation:opened", done, {once: true}));
  row.click();
  await open;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - began;
}"""


@pytest.fixture
def twelve(acme) -> list[int]:
    with acme.scope():
        return [
            make_conversation(
                acme,
                f"Question {n}. " + "A longer story. " * 12,
                subject=f"Subject {n}",
                address=f"c{n}@pine.example",
                name=f"Client {n}",
            ).pk
            for n in range(12)
        ]


def test_from_row_to_thread_within_the_budget_and_nothing_jumps(acme, ben, desk, twelve):
    """<= 150 ms from the press to the paint; CLS 0.

    The quickest must keep to it: a machine that does other things, too, slows the rest, and the budget's own p75 is
    `./parley bench pages`.
    """
    page = desk.page
    page.add_init_script(SHIFTS)
    desk.open("open").ready()
    page.locator(f"#row-{twelve[0]}").focus()
    times: list[float] = []
    for pk in twelve * 2:
        row = desk.row(pk)
        row.hover()
        page.wait_for_timeout(250)  # the time a hand takes from arriving to pressing
        times.append(row.evaluate(OPENED))
        if len(times) >= 4 and min(times) <= 150:
            break
    assert min(times) <= 150, sorted(round(one) for one in times)
    page.wait_for_timeout(300)
    assert page.evaluate("shifts") == []


def test_what_was_only_fetched_ahead_stays_unread(acme, ben, desk, twelve):
    page = desk.open("open").ready().page
    with page.expect_response(lambda answer: f"/open/{twelve[3]}/" in answer.url) as fetched:
        desk.row(twelve[3]).hover()
    assert fetched.value.request.headers["purpose"] == "prefetch"
    with acme.scope():
        assert not ReadMark.objects.filter(conversation=twelve[3]).exists()
    with page.expect_response(lambda answer: answer.url.endswith(f"/conversations/{twelve[3]}/read/")):
        desk.row(twelve[3]).click()
    with acme.scope():
        assert ReadMark.objects.filter(conversation=twelve[3], member=ben).exists()


def test_losing_the_network_while_writing_loses_no_letter(desk, twelve):
    page = desk.open("open", twelve[0]).ready().page
    desk.press("r")
    expect(desk.text()).to_be_focused()
    page.keyboard.type("Before the tunnel")
    page.context.set_offline(True)
    page.keyboard.type(", and inside of it")
    expect(desk.text()).to_have_text("Before the tunnel, and inside of it")
    page.wait_for_timeout(2500)
    expect(desk.text()).to_be_focused()
    page.context.set_offline(False)
    expect(desk.text()).to_have_text("Before the tunnel, and inside of it")
    page.reload()
    expect(desk.text()).to_have_text("Before the tunnel, and inside of it")


def test_without_a_network_a_page_of_ours_shows(desk, twelve):
    page = desk.open("open").ready().page
    page.evaluate("navigator.serviceWorker.ready.then((one) => one.active.state)")
    page.wait_for_function(
        "caches.open('parley-shell-1').then((shelf) => shelf.keys()).then((kept) => kept.length > 1)"
    )
    kept = page.evaluate(
        "caches.open('parley-shell-1').then((shelf) => shelf.keys()).then((kept) => kept.map((one) => new URL(one.url).pathname))"
    )
    assert [path for path in kept if path != "/offline/" and not path.startswith("/static/")] == []
    page.wait_for_function("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    page.goto(f"{desk.house}/inbox/mine/")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)


# ── Small, large, and from the right ──


def test_every_verb_can_be_reached_on_a_phone(ben, sit_down, twelve):
    phone = sit_down(ben, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = phone.open("open", twelve[0]).ready().page
    for opener, menu in (("#assign-button", "#assign-menu"), ("#more-button", "#more-menu")):
        page.locator(opener).tap()
        items = page.locator(f"{menu} .menu__item:visible")
        expect(items.first).to_be_visible()
        for item in items.all():
            item.scroll_into_view_if_needed()
            box = item.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
            assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]
        page.keyboard.press("Escape")
    for name in ("Close", "Send"):
        expect(page.get_by_role("button", name=name, exact=True).first).to_be_in_viewport()
    page.get_by_role("link", name="Back to the list").tap()
    page.locator(".tabbar [popovertarget=menu-me]").tap()
    page.locator("#menu-me [data-open-palette]").tap()
    expect(page.locator("#palette")).to_be_visible()


def test_four_times_as_large_nothing_scrolls_sideways(ada, sit_down, twelve):
    """WCAG 1.4.10: 1280 x 1024 at 400 %."""
    desk = sit_down(ada, viewport={"width": 320, "height": 256})
    for path in ("inbox/open/", "settings/keyboard/", "settings/availability/", "search/?q=a"):
        desk.page.goto(f"{desk.house}/{path}")
        assert desk.page.evaluate("document.documentElement.scrollWidth") == 320, path


@pytest.mark.parametrize("viewport", [{"width": 1440, "height": 900}, PHONE])
def test_from_right_to_left_it_is_mirrored_and_whole(ben, sit_down, twelve, viewport):
    desk = sit_down(ben, viewport=viewport, reduced_motion="reduce")
    page = desk.open("open", twelve[0]).ready().page
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert problems(page) == []
    if viewport["width"] > 1000:
        thread, rows = page.locator(".thread").bounding_box(), page.locator("#list").bounding_box()
        assert rows["x"] > thread["x"], "the list stands at the start, which is the right"
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    box = page.locator("#palette").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"]


# ── Available or away ──


def test_going_to_lunch_is_seen_in_every_window(acme, ada, ben, sit_down, twelve):
    """AV-1, AV-4, AV-10."""
    desk, boss = sit_down(ben), sit_down(ada)
    page = desk.open("open").ready().page
    boss.page.goto(f"{boss.house}/settings/availability/")
    boss.ready()
    seen = boss.page.locator(f"[data-member='{ben.pk}'] .av")
    expect(seen).to_have_attribute("data-presence", "on")
    page.locator("#me").click()
    assert problems(page) == []
    page.locator("#availability").get_by_role("button", name="Lunch").click()
    expect(page.locator("[data-availability-words]")).to_have_text("Away: Lunch")
    expect(page.locator("#me .av")).to_have_attribute("data-presence", "away")
    expect(seen).to_have_attribute("data-presence", "away")
    page.keyboard.press("Control+k")
    page.keyboard.type("be available")
    page.keyboard.press("Enter")
    expect(page.locator("[data-availability-words]")).to_have_text("Available for chat")
    expect(seen).to_have_attribute("data-presence", "on")


def test_whoever_was_set_away_reads_who_did_it(acme, ben, french, sit_down, twelve):
    """AV-5."""
    with acme.scope():
        mia = make_member(acme.workspace, "mia@acme.example", "Mia Manager", Role.MANAGER)
        set_availability(ben, availability="away", by=mia)
    desk = sit_down(ben, language="fr", reduced_motion="reduce")
    page = desk.open("open").page
    dialog = page.locator("#away-dialog")
    expect(dialog).to_contain_text("Mia Manager")
    assert problems(page) == []
    dialog.locator("[value=available]").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#me .av")).to_have_attribute("data-presence", "on")
    with acme.scope():
        wait_for(lambda: Member.objects.get(pk=ben.pk).availability, "available")
    page.reload()
    expect(page.locator("#away-dialog")).to_have_count(0)
