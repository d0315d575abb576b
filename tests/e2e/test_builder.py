"""The builder in a browser: by mouse and by keys, kept as one goes, taken back; and with the script gone."""

import pytest
from playwright.sync_api import expect

from chatflows.definition import read
from chatflows.models import ChatflowVersion
from tests.chatflows.test_builder import make_bot
from tests.e2e.test_accessibility import problems
from tests.e2e.visitor import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def bot(acme, ada):
    with acme.scope():
        return make_bot(acme, ada)


def steps(house, bot):
    with house.scope():
        return read(ChatflowVersion.objects.drafts().get(chatflow=bot).definition).by_id


def test_a_flow_is_built_by_keys_kept_tried_and_taken_back(acme, ada, bot, sit_down):
    desk = sit_down(ada)
    page = desk.page
    page.goto(f"{desk.house}/chatflows/{bot.pk}/build/")
    expect(page.locator("[data-flow-undo]")).to_be_visible()
    # Arrows go between the cards; N adds a step after the one that has the focus.
    page.locator("#card-hello").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("#card-photo")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(".flowpanel__kind").first).to_be_focused()
    page.get_by_role("button", name="Send a message").press("Enter")
    page.get_by_label("Text of bubble 1").fill("We look at it.")
    page.get_by_role("button", name="Add this step").press("Enter")
    expect(page.locator("#card-message")).to_contain_text("We look at it.")
    # What is written is kept by itself, and the preview says it.
    page.get_by_label("Text of bubble 1").fill("We look at it today.")
    expect(page.locator("#card-message")).to_contain_text("We look at it today.")
    assert problems(page) == []
    wait_for(lambda: steps(acme, bot)["message"]["bubbles"][0].text, "We look at it today.")
    frame = page.frame_locator("iframe[name=flow-try]")
    frame.get_by_role("button", name="A broken lamp").click()
    frame.get_by_label("Your message").fill("No photo")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("log")).to_contain_text("We look at it today.")
    # Back and forth.
    page.locator("#card-message").focus()
    # Keys that are quicker than the answers are heard in their order, each on what the one before it made.
    for keys in ("Alt+ArrowUp", "Control+z", "Control+y"):
        page.keyboard.press(keys)
    wait_for(lambda: steps(acme, bot)["message"].next, "photo")
    expect(page.locator("#card-message")).to_be_focused()
    page.keyboard.press("Control+z")
    wait_for(lambda: steps(acme, bot)["photo"].next, "message")
    page.locator("#card-message").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Remove", exact=True).press("Enter")
    wait_for(lambda: "message" in steps(acme, bot), False)
    page.locator("[data-flow-undo]").click()
    wait_for(lambda: "message" in steps(acme, bot), True)


def test_the_builder_on_a_phone_and_without_its_script(acme, ada, bot, sit_down):
    desk = sit_down(ada, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = desk.page
    page.goto(f"{desk.house}/chatflows/{bot.pk}/build/?step=thanks")
    page.get_by_label("Text of bubble 1").fill("Merci.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#card-thanks")).to_contain_text("Merci.")
    page.get_by_role("link", name="Add a step here").first.click()
    page.get_by_role("button", name="If and then").click()
    assert "branch" in steps(acme, bot)


def test_who_sees_it_stands_beside_the_steps_in_the_dark_and_in_french(acme, ada, bot, sit_down):
    desk = sit_down(ada, color_scheme="dark", locale="fr-FR", viewport={"width": 820, "height": 1100})
    page = desk.page
    page.goto(f"{desk.house}/chatflows/{bot.pk}/build/?tab=target")
    page.locator("[name=pages][value=some]").check()
    page.locator("[name=show-value]").first.fill("/tarifs")
    expect(page.locator("#flow-trigger")).to_contain_text("/tarifs")
    expect(page.locator("[name=show-value]").first).to_be_focused()
    page.locator("#flow-tab-display").press("Enter")
    page.locator("#id_scroll").fill("900")
    expect(page.locator("#id_scroll_error")).to_be_visible()
    assert problems(page) == []
    # The chat takes the place of the panel, and goes on after a change.
    page.locator("[data-flow-trying]").click()
    frame = page.frame_locator("iframe[data-flow-preview]")
    frame.get_by_role("button", name="A broken lamp").click()
    expect(frame.get_by_role("log")).to_contain_text("A broken lamp")
    assert problems(page) == []
