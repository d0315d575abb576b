"""What a customer's page may ask of the widget, and what the widget keeps of a visitor's pages: all in a real browser."""

import time
from contextlib import suppress

import jwt
import pytest
from playwright.sync_api import TimeoutError, expect

from chatflows import actions
from chatflows.widget.identity import make_secret
from conversations.actions import set_status
from conversations.models import Conversation
from tests.chatflows.test_widget_flows import make_flow
from tests.e2e.shop import PAGE
from tests.e2e.test_widget import violations
from tests.e2e.visitor import received, wait_for
from workspaces.models import Availability

pytestmark = pytest.mark.browser

KNOWN = {"visitor": {"any": [{"all": [{"field": "known", "op": "yes"}]}]}}
THIRD = {"visitor": {"any": [{"all": [{"field": "page_views", "op": "gt", "value": 2}]}]}}
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('parley:')).sort()"


def until(chat, condition: str) -> None:
    """The page's own policy forbids what Playwright would wait with."""
    wait_for(lambda: chat.page.evaluate(f"!!({condition})"), True)


def test_a_page_written_for_hubspot_embeds_the_chat_and_says_who_comes(acme, ada, chat):
    """JS-2, WI-4, TR-5, TG-6: inline, by their names, with a signature that the site's server made."""
    make_flow(acme, bot=False, options={"welcome": "Welcome back."}, targeting=KNOWN)
    with acme.scope():
        secret = make_secret(acme.chat, by=ada)
    claims = {"email": "nora@example.com", "aud": "acme-chat", "exp": int(time.time()) + 600}
    token = jwt.encode(claims, secret, algorithm="HS256")
    adapter = f'<script src="{chat.shop.live}/live/hubspot.js"></script><div id="here"></div><script async'
    chat.shop.page = lambda lang: PAGE.format(live=chat.shop.live, key=chat.shop.key, lang=lang).replace(
        "<script async", adapter
    )
    chat.page.add_init_script(
        f"""window.hsConversationsSettings = {{ inlineEmbedSelector: "#here",
          identificationEmail: "nora@example.com", identificationToken: "{token}" }};
        window.heard = [];
        window.hsConversationsOnReady = [() => ["widgetLoaded", "contactAssociated", "conversationStarted"].forEach(
          (name) => HubSpotConversations.on(name, ({{ payload }}) => heard.push([name, !!payload])))];"""
    )
    chat.page.goto(chat.shop.origin)
    expect(chat.page.locator("#here parley-chat iframe")).to_be_visible()
    expect(chat.launcher).to_be_hidden()
    until(chat, "heard.some(([name]) => name === 'contactAssociated')")
    ask = chat.panel.locator("#ask")

    def is_welcomed() -> bool:
        # Whoever is recognised finds the panel begun anew, with what is theirs: under the hand, perhaps.
        with suppress(TimeoutError):
            if ask.is_visible():
                ask.click(timeout=1_000)
        return chat.bubble("Welcome back.").is_visible()

    wait_for(is_welcomed, True)
    chat.write("It is me")
    wait_for(lambda: received(acme), ["It is me"])
    until(chat, "heard.some(([name]) => name === 'conversationStarted')")
    with acme.scope():
        assert Conversation.objects.get().contact.email == "nora@example.com"
    with chat.page.expect_console_message(lambda said: said.type == "info") as told:
        chat.page.evaluate("HubSpotConversations.debug()")
    shown = told.value.args[1].json_value()
    assert shown["options"]["identificationToken"] is True
    assert (shown["now"]["open"], shown["answer"]["who"]) == (True, 2)
    assert token not in str(shown)
    chat.page.evaluate("HubSpotConversations.widget.remove()")
    expect(chat.page.locator("parley-chat")).to_have_count(0)


def test_who_is_named_where_the_browser_keeps_nothing_is_named_once(acme, ada, chat):
    """TR-5, WI-7: beginning anew would lose the session there, so the panel takes what is theirs as it stands."""
    with acme.scope():
        secret = make_secret(acme.chat, by=ada)
    claims = {"email": "nora@example.com", "aud": "acme-chat", "exp": int(time.time()) + 600}
    token = jwt.encode(claims, secret, algorithm="HS256")
    chat.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    chat.page.add_init_script(
        f'window.ParleySettings = {{ identificationEmail: "nora@example.com", identificationToken: "{token}" }}'
    )
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url.rsplit("/live/")[-1]))
    chat.visit().launcher.click()
    wait_for(lambda: asked.count("identify/"), 1, page=chat.page)
    chat.page.wait_for_timeout(1500)  # a panel that begins anew is there again by then
    assert (asked.count("identify/"), asked.count("session/")) == (1, 1)
    chat.panel.locator("#ask").click()
    chat.write("It is me")
    wait_for(lambda: received(acme), ["It is me"])
    with acme.scope():
        assert Conversation.objects.get().contact.email == "nora@example.com"


def test_visits_are_counted_where_a_rule_asks_and_only_after_a_yes_where_that_is_asked(acme, chat):
    """TG-5, OP-3: on the third page it opens by itself; with the cookie banner nothing is kept before the visitor agrees."""
    with acme.scope():
        actions.default_flow(acme.chat)  # for everybody else
    make_flow(acme, bot=False, targeting=THIRD, display={"opens": "chat"}, options={"welcome": "Third!"})
    chat.visit("/one")
    until(chat, f"{KEPT}.length === 1")
    assert chat.page.evaluate(KEPT) == ["parley:acme-chat:visits"]
    chat.visit("/two")
    until(chat, "localStorage['parley:acme-chat:visits'].startsWith('2.')")
    assert not chat.page.evaluate("Parley.status().open")
    chat.visit("/three")
    expect(chat.bubble("Third!")).to_be_visible()
    chat.page.evaluate("localStorage.clear()")
    chat.page.add_init_script("window.ParleySettings = { enableWidgetCookieBanner: 'ON_EXIT_INTENT' }")
    for path in ("/four", "/five"):
        chat.visit(path)
        until(chat, "Parley.status().loaded")
    chat.ask().write("Is it kept?")
    wait_for(lambda: received(acme), ["Is it kept?"])
    asks = chat.panel.get_by_text("May this browser remember your chat")
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    expect(asks).to_be_hidden()
    assert chat.page.evaluate(KEPT) == []
    chat.page.evaluate(
        """const over = (type, more) => new MouseEvent(type, { bubbles: true, clientY: 0, ...more });
        document.dispatchEvent(over("mousemove", { movementY: -20 }));
        document.documentElement.dispatchEvent(over("mouseleave", {}));"""
    )
    expect(asks).to_be_visible()
    chat.panel.get_by_role("button", name="Yes, remember it").click()
    expect(asks).to_be_hidden()
    until(chat, "localStorage['parley:acme-chat:chat'] === '1'")
    chat.visit("/six").launcher.click()
    expect(chat.bubble("Is it kept?")).to_be_visible()
    until(chat, f"{KEPT}.includes('parley:acme-chat:visits')")


def test_axe_finds_nothing_in_what_a_chatflow_asks(acme, ben, chat):
    """WI-5: quick replies, consent, an address, the survey of a closed chat, nobody there."""
    chat.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = {}
    bot = make_flow(acme)
    chat.visit().launcher.click()
    chat.panel.locator("#ask").click()
    expect(chat.panel.get_by_role("button", name="A lamp")).to_be_visible()
    found["replies"] = violations(chat.frame())
    with acme.scope():
        type(bot).objects.filter(pk=bot.pk).update(status="paused")
    ben.availability = Availability.AWAY
    ben.save()
    asks = {"consent": "explicit", "email_capture": "now", "email_required": True, "survey": True}
    make_flow(acme, bot=False, options=asks | {"cookies_consent": True, "away": "We sleep now."})
    chat.visit("/elsewhere").launcher.click()
    chat.panel.locator("#ask").wait_for()
    found["home"] = violations(chat.frame())
    chat.panel.locator("#ask").click()
    expect(chat.panel.get_by_role("button", name="I agree")).to_be_visible()
    expect(chat.panel.get_by_text("May this browser remember")).to_be_visible()
    found["consent"] = violations(chat.frame())
    chat.panel.get_by_role("button", name="I agree").click()
    chat.panel.get_by_role("button", name="Yes, remember it").click()
    field = chat.panel.locator("#email")
    expect(field).to_be_visible()
    field.fill("nora")
    field.press("Enter")
    expect(chat.panel.get_by_text("This is not an email address.")).to_be_visible()
    found["address"] = violations(chat.frame())
    field.fill("nora@example.com")
    field.press("Enter")
    chat.panel.locator("#foot:not([inert])").wait_for()
    chat.write("Hello")
    wait_for(lambda: received(acme), ["Hello"])
    expect(chat.panel.locator("#under")).to_have_text("We sleep now.")
    found["away"] = violations(chat.frame())
    with acme.scope():
        set_status(Conversation.objects.get(), "closed", by=ben)
    expect(chat.panel.get_by_text("This chat was closed.")).to_be_visible()
    chat.panel.locator("#survey label").nth(3).click()
    expect(chat.panel.locator("#comment")).to_be_visible()
    found["survey"] = violations(chat.frame())
    assert {state: problems for state, problems in found.items() if problems} == {}
