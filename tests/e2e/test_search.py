"""Search at a browser: from the list with one key, while typing, to the place in the thread; axe, French, a phone."""

import pytest
from playwright.sync_api import expect

from conversations.actions import comment
from tests.e2e.test_accessibility import PHONE, WIDTH, in_both_themes, problems
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


@pytest.fixture
def lamp(acme, ben):
    with acme.scope():
        lamp = make_conversation(acme, "The kitchen dimmer flickers at night.", language="en")
        comment(lamp, body="Ask the warehouse about capacitors.", by=ben)
        make_conversation(acme, "A chair is broken.", subject="Chair", address="zoe@oak.example")
    return lamp


def test_from_the_list_by_keys_alone_to_the_comment_that_was_found(desk, lamp):
    page = desk.open("open").page
    desk.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("capacitor")
    page.keyboard.press("Enter")
    expect(page.locator("#found mark")).to_have_text("capacitors")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    found = page.locator(f"#timeline-{lamp.pk} li[id^=comment-]")
    expect(found).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#recent a")).to_have_text(["capacitor"])
    page.locator("[data-forget]").click()
    expect(page.locator("#recent")).to_be_hidden()


def test_results_come_while_typing_and_the_address_follows(desk, lamp):
    page = desk.page
    page.goto(f"{desk.house}/search/")
    page.locator("#find").press_sequentially("kitch", delay=20)
    expect(page.locator("#found mark")).to_have_text("kitchen")
    expect(page).to_have_url(f"{desk.house}/search/?q=kitch")
    expect(page.locator("#find")).to_be_focused()
    page.locator("#find").fill("form:james")
    expect(page.locator(".search__hint")).to_contain_text("form:")


def test_axe_finds_nothing_at_a_desk_and_on_a_phone(ben, lamp, french, sit_down):
    found = {}
    for name, more in (("desk", {}), ("phone", {"viewport": PHONE})):
        desk = sit_down(ben, language="fr", reduced_motion="reduce", **more)
        for text in ("", "kitchen", "nothing at all", "form:james"):
            desk.page.goto(f"{desk.house}/search/?q={text}")
            found[name, text] = in_both_themes(desk.page) if name == "desk" else problems(desk.page, WIDTH)
        wide = desk.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, name
    assert {state: each for state, each in found.items() if each} == {}
