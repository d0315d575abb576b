"""A bot in the widget, on a customer's page; and the page's own script on the widget."""

import pytest
from playwright.sync_api import expect

from chatflows.session import hear
from conversations.models import Conversation
from tests.chatflows.test_widget_flows import make_flow
from tests.e2e.visitor import received, wait_for

pytestmark = pytest.mark.browser


def walk_on(house) -> None:
    """What the worker does after a visitor's message, without waiting for one."""
    with house.scope():
        for conversation in Conversation.objects.all():
            hear(conversation.pk)


def test_a_bot_offers_answers_and_walks_on_where_sockets_do_not_get_through(acme, chat):
    """BE-1, BE-10, BE-9's other half: buttons alone, then words, over plain requests."""
    make_flow(acme, options={"typing_delay_ms": 0, "custom_name": "Lumi"})
    chat.page.route_web_socket("**/live/visitor/", lambda socket: socket.close())
    chat.visit().launcher.click()
    chat.panel.locator("#ask").click()
    lamp = chat.panel.get_by_role("button", name="A lamp")
    expect(lamp).to_be_visible()
    expect(chat.panel.locator("#name")).to_have_text("Lumi")
    expect(chat.panel.locator("#write")).to_be_hidden()
    lamp.press("Enter")
    wait_for(lambda: received(acme), ["A lamp"])
    walk_on(acme)
    expect(chat.bubble("Your number?")).to_be_visible(timeout=20_000)
    expect(lamp).to_be_hidden()
    expect(chat.text).to_be_visible()
    expect(chat.panel.locator("#text")).to_have_attribute("inputmode", "decimal")
    assert chat.said()[:3] == ["Hello. What is it about?", "A lamp", "Thank you."]


def test_the_page_asks_for_consent_first_and_drives_the_chat_by_its_own_script(acme, chat):
    """OP-4: nothing is sent before; refresh(), remove(), load(), events; DS-2: it opens by itself."""
    make_flow(
        acme,
        bot=False,
        options={"consent": "explicit", "consent_text": "May we keep this?", "welcome": "Good day."},
        display={"opens": "chat"},
        targeting={},
    )
    chat.page.add_init_script(
        """window.heard = []; window.Parley = [() => {
          for (const name of ["started", "opened", "closed", "removed"]) Parley.on(name, () => heard.push(name)); }]"""
    )
    chat.visit()
    agree = chat.panel.get_by_role("button", name="I agree")
    expect(agree).to_be_visible()
    assert chat.panel.locator("#foot").evaluate("foot => foot.inert")
    agree.click()
    expect(chat.text).to_be_enabled()
    chat.panel.locator("#foot:not([inert])").wait_for()
    chat.write("Hello")
    wait_for(lambda: received(acme), ["Hello"])
    # Asked from outside: the page's own policy lets nobody wait within it by words.
    wait_for(lambda: chat.page.evaluate("heard.includes('started')"), True)
    chat.page.evaluate("history.pushState({}, '', '/lamps'); Parley.refresh()")
    expect(chat.bubble("Hello")).to_be_visible()  # TG-9: a chat that is on stays
    chat.page.evaluate("Parley.remove()")
    expect(chat.page.locator("parley-chat")).to_have_count(0)
    assert chat.page.evaluate("Parley.status().loaded") is False
    chat.page.evaluate("Parley.load({ widgetOpen: true })")
    expect(chat.bubble("Hello")).to_be_visible()
    assert chat.page.evaluate("heard") == ["opened", "started", "closed", "removed", "opened"]
