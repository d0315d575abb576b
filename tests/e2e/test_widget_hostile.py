"""A bot on pages that were not made for it: one walk through all that a customer's site does to a guest, on a slow line."""

import pytest
from playwright.sync_api import expect

from chatflows.session import hear
from conversations.models import Conversation
from tests.chatflows.test_widget_flows import make_flow
from tests.e2e.test_widget_guest import STYLES, dress
from tests.e2e.visitor import received, wait_for

pytestmark = pytest.mark.browser

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
HOSTILE = """<style>* { direction: rtl; color: red !important; letter-spacing: 1em } body, body * { transform: rotate(2deg) }
 html, body { filter: invert(1); overflow: hidden; position: relative } iframe, button { display: none !important }
 #over { position: fixed; inset: 0; z-index: 2147483647; background: #fff; pointer-events: none }</style>"""


def test_a_bot_is_answered_on_a_hostile_page_over_a_slow_line(acme, chat):
    """W1, WI-2: strict policy, styles for every element, the highest z-index there is, right to left, 400 ms each way."""
    make_flow(acme, options={"typing_delay_ms": 0})
    dress(chat.shop, head=HOSTILE, html='dir="rtl"', body='<div id="over"></div>', policy=STYLES)
    line = chat.page.context.new_cdp_session(chat.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    chat.visit().launcher.click()
    chat.panel.locator("#ask").click()
    lamp = chat.panel.get_by_role("button", name="A lamp")
    lamp.click()
    wait_for(lambda: received(acme), ["A lamp"], seconds=20)
    with acme.scope():
        hear(Conversation.objects.get().pk)
    number = chat.bubble("Your number?")
    expect(number).to_be_visible(timeout=20_000)
    expect(number).to_be_in_viewport()
    expect(lamp).to_be_hidden()
    chat.write("42")
    wait_for(lambda: received(acme), ["A lamp", "42"], seconds=20)
    expect(chat.panel.get_by_text("Sent").last).to_be_visible(timeout=20_000)
    assert chat.page.locator("html").get_attribute("dir") == "rtl"
    assert (
        chat.frame().evaluate("getComputedStyle(document.body).direction") == "ltr"
    )  # its words are English
