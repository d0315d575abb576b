"""The chat's own page: where scripts run it is the panel, where none do it is forms, and all of it is one conversation."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from conversations.models import Conversation
from tests.e2e.visitor import answer, received, wait_for

pytestmark = pytest.mark.browser

PATIENCE = 30_000  # a panel within a page within a machine that has other things to do


@contextmanager
def own_page(browser, live, *, scripts: bool, kept=None):
    """The page in a browser of its own, with what another one kept: (window, page, where one writes)."""
    window: BrowserContext = browser.new_context(
        locale="en-GB", java_script_enabled=scripts, storage_state=kept
    )
    page: Page = window.new_page()
    page.goto(f"{live}/live/chat/acme-chat/")
    yield window, page, page.frame_locator("iframe") if scripts else page
    window.close()


def is_seated(window: BrowserContext) -> bool:
    """The page's cookie names the session that the panel made: told a moment later."""
    return any(one["name"].startswith("parley_chat_") for one in window.cookies())


def test_from_the_site_to_the_page_without_scripts_and_back(acme, ben, chat):
    chat.visit().ask().write("From the site")
    wait_for(lambda: received(acme), ["From the site"], seconds=30)
    chat.panel.get_by_role("button", name="More").click()
    own = chat.panel.get_by_role("button", name="Open in a page of its own")
    expect(own).to_be_visible(timeout=PATIENCE)
    with chat.page.context.expect_page() as opened:
        own.click()
    page = opened.value

    inside = page.frame_locator("iframe")  # scripts run: the panel itself, as the same visitor
    expect(inside.get_by_text("From the site")).to_be_visible(timeout=PATIENCE)
    expect(inside.get_by_role("button", name="Close chat")).to_be_hidden()
    inside.get_by_role("textbox").fill("From its own page")
    inside.get_by_role("textbox").press("Enter")
    expect(chat.bubble("From its own page")).to_be_attached(timeout=PATIENCE)
    assert "token" not in page.url

    page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.reload()
    expect(page.get_by_text("From its own page")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("textbox").fill("By a form")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("By a form")).to_be_visible(timeout=PATIENCE)
    answer(acme, ben, "Here too.")
    page.get_by_role("link", name="Look for new answers").click()
    expect(page.get_by_text("Here too.")).to_be_visible(timeout=PATIENCE)

    for words in ("By a form", "Here too."):
        expect(chat.bubble(words)).to_be_attached(timeout=PATIENCE)
    with acme.scope():
        assert Conversation.objects.count() == 1


def test_who_began_by_forms_goes_on_in_the_panel_and_the_forms_know_what_the_panel_began(acme, live, browser):
    with own_page(browser, live, scripts=False) as (window, page, _place):
        page.get_by_role("textbox").fill("By forms")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_text("By forms")).to_be_visible(timeout=PATIENCE)
        kept = window.storage_state()
    with own_page(browser, live, scripts=True, kept=kept) as (_window, _page, panel):
        expect(panel.get_by_text("By forms")).to_be_visible(timeout=PATIENCE)

    with own_page(browser, live, scripts=True) as (window, _page, panel):
        panel.locator(".act").first.click()
        panel.get_by_role("textbox").fill("In the panel")
        panel.get_by_role("textbox").press("Enter")
        wait_for(lambda: received(acme), ["By forms", "In the panel"], seconds=30)
        wait_for(lambda: is_seated(window), True, seconds=30)
        kept = window.storage_state()
    with own_page(browser, live, scripts=False, kept=kept) as (_window, page, _place):
        expect(page.get_by_text("In the panel")).to_be_visible(timeout=PATIENCE)
