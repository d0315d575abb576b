"""Lists in a browser: ticks and one verb for all of them, views of one's own, also for those who cannot see them."""

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation
from tests.e2e.test_accessibility import in_both_themes
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


@pytest.fixture
def three(acme) -> list[int]:
    with acme.scope():
        return [
            make_conversation(
                acme,
                f"Question {n}",
                subject=f"Subject {n}",
                address=f"c{n}@pine.example",
                name=f"Client {n}",
            ).pk
            for n in range(3)
        ]


def states(house) -> list[str]:
    with house.scope():
        return sorted(Conversation.objects.values_list("status", flat=True))


def test_three_are_ticked_by_keys_closed_together_and_taken_back(acme, three, desk):
    """ST-6: X, Shift+J, E and Z; no mouse."""
    bar = desk.open("open").ready().page.locator("#bulk")
    desk.press("j", "x")
    expect(bar).to_contain_text("1 chosen")
    desk.press("Shift+J", "Shift+J")
    expect(bar).to_contain_text("3 chosen")
    desk.press("e")
    expect(desk.page.locator(".toast").last).to_contain_text("3 conversations closed.")
    expect(bar).to_be_hidden()
    expect(desk.page.locator("#count-open")).to_have_text("")
    wait_for(lambda: states(acme), ["closed"] * 3)
    desk.press("z")
    expect(desk.page.locator(".toast").last).to_contain_text("Taken back.")
    expect(desk.page.locator("#count-open")).to_have_text("3")
    wait_for(lambda: states(acme), ["open"] * 3)


def test_the_picture_is_the_box_and_escape_lets_go(three, desk):
    """ST-6: ticking opens nothing; the menus come with the first tick."""
    page = desk.open("open").ready().page
    page.locator(".rowbox__tick").first.click()
    assert page.url.endswith("/inbox/open/")
    expect(page.locator("#bulk-menus")).to_be_attached()
    desk.press("a")
    expect(page.locator("#bulk-assign")).to_be_visible()
    desk.press("Escape")
    expect(page.locator("#bulk")).to_be_visible()
    desk.press("Escape")
    expect(page.locator("#bulk")).to_be_hidden()


def test_a_view_built_by_hand_shows_its_row_and_its_number(three, desk):
    """VW-3, VW-4: two conditions, the number before it is kept, then the list and its number beside it."""
    page = desk.open("open").page
    page.get_by_role("link", name="New view").click()
    expect(page.locator("#builder-count")).to_contain_text("3 conversations now")
    page.locator("#add-0").click()
    page.locator("#c-0-1-field").select_option("subject")
    page.locator("#c-0-1-value").fill("Subject 1")
    expect(page.locator("#builder-count")).to_contain_text("1 conversation now")
    page.locator("#view-save").click()
    expect(page.locator("#builder [role=alert]")).to_be_visible()
    page.locator("#view-name").fill("The first")
    page.locator("#view-save").click()
    page.wait_for_url("**/inbox/v*/")
    wait_for(desk.rows, [three[1]], page=page)
    expect(page.locator("#saved-views .nav__item")).to_contain_text("The first")
    expect(page.locator("#saved-views .count")).to_have_text("1")


def test_axe_finds_nothing_with_the_bar_and_in_the_builder(ben, three, sit_down):
    desk = sit_down(ben, reduced_motion="reduce")
    page = desk.open("open").ready().page
    desk.press("j", "x")
    expect(page.locator("#bulk-menus")).to_be_attached()
    found = {"bar": in_both_themes(page)}
    page.locator("[popovertarget=bulk-more]").click()
    expect(page.locator("#bulk-more")).to_be_visible()
    found["menu"] = in_both_themes(page)
    desk.press("Escape", "Escape")
    page.locator("#sort-button").click()
    found["order"] = in_both_themes(page)
    desk.press("Escape")
    page.get_by_role("link", name="New view").click()
    page.locator("#c-0-0-field").select_option("created")
    expect(page.locator("#c-0-0-unit")).to_be_visible()
    found["builder"] = in_both_themes(page)
    assert {state: each for state, each in found.items() if each} == {}
