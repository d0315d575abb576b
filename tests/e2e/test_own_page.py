"""The chat's own page: where scripts run it is the panel, where none do it is forms, and all of it is one conversation."""

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation
from tests.e2e.visitor import answer, received, wait_for

pytestmark = pytest.mark.browser


def test_from_the_site_to_the_page_without_scripts_and_back(acme, ben, chat):
    chat.visit().ask().write("From the site")
    wait_for(lambda: received(acme), ["From the site"])
    chat.panel.get_by_role("button", name="More").click()
    with chat.page.context.expect_page() as opened:
        chat.panel.get_by_role("button", name="Open in a page of its own").click()
    page = opened.value

    inside = page.frame_locator("iframe")  # scripts run: the panel itself, as the same visitor
    expect(inside.get_by_text("From the site")).to_be_visible()
    expect(inside.get_by_role("button", name="Close chat")).to_be_hidden()
    inside.get_by_role("textbox").fill("From its own page")
    inside.get_by_role("textbox").press("Enter")
    expect(chat.bubble("From its own page")).to_be_visible()
    assert "token" not in page.url

    page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.reload()
    expect(page.get_by_text("From its own page")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("textbox").fill("By a form")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("By a form")).to_be_visible()
    answer(acme, ben, "Here too.")
    page.get_by_role("link", name="Look for new answers").click()
    expect(page.get_by_text("Here too.")).to_be_visible()

    for words in ("By a form", "Here too."):
        expect(chat.bubble(words)).to_be_attached()
    with acme.scope():
        assert Conversation.objects.count() == 1


def test_who_began_by_forms_goes_on_in_the_panel_and_the_forms_know_what_the_panel_began(acme, live, browser):
    for first, then in ((False, True), (True, False)):
        before = received(acme)
        window = browser.new_context(locale="en-GB", java_script_enabled=first)
        written = window.new_page()
        written.goto(f"{live}/live/chat/acme-chat/")
        place = written.frame_locator("iframe") if first else written
        if first:
            place.locator(".act").first.click()
        place.get_by_role("textbox").fill(f"Scripts: {first}")
        place.get_by_role("button", name="Send", exact=True).click()
        wait_for(lambda before=before: len(received(acme)), len(before) + 1)
        if first:  # its cookie is told of the session a moment later
            wait_for(
                lambda window=window: any(one["name"].startswith("parley_chat_") for one in window.cookies()),
                True,
            )
        other = browser.new_context(
            locale="en-GB", java_script_enabled=then, storage_state=window.storage_state()
        )
        read = other.new_page()
        read.goto(f"{live}/live/chat/acme-chat/")
        shown = read.frame_locator("iframe") if then else read
        expect(shown.get_by_text(f"Scripts: {first}")).to_be_visible()
        window.close()
        other.close()
