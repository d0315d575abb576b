"""The widget in a real browser, on a customer's page of another site."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from contacts.models import Visitor
from conversations.actions import set_status
from conversations.models import Conversation, Message
from inboxes.models import Channel
from tests.e2e.test_accessibility import RULES, turn
from tests.e2e.visitor import answer, received, wait_for

pytestmark = pytest.mark.browser


# ── On the customer's page ──


def test_looking_stores_nothing_asks_no_third_party_and_moves_nothing(french, acme, chat):
    """W1, privacy: no cookie, no storage, no session before the visitor acts; nobody else hears of the page view.

    The greeting goes away for a day and opens the chat; where the page is French, so are we; keys go in and out.
    """
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(l => l.getEntries().forEach(e => shifts += e.hadRecentInput ? 0 : e.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    chat.visit()
    hello = chat.page.get_by_role("region", name="Message from Acme")
    expect(hello).to_be_visible()
    chat.launcher.click()
    expect(chat.panel.get_by_role("heading", name="Hello. What can we do for you?")).to_be_visible()
    assert all(url.startswith((chat.shop.origin, chat.shop.live)) for url in asked)
    assert chat.page.context.cookies() == []
    assert chat.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert chat.frame().evaluate("localStorage.length + sessionStorage.length") == 0
    databases = "indexedDB.databases().then((all) => all.length)"
    assert (chat.page.evaluate(databases), chat.frame().evaluate(databases)) == (0, 0)
    assert chat.page.evaluate("shifts") == 0
    with acme.scope():
        assert Visitor.objects.count() == 0

    chat.visit("/fr")
    expect(chat.launcher).to_have_attribute("aria-label", "Ouvrir le chat")
    chat.launcher.click()
    expect(chat.panel.get_by_role("heading", name="Bonjour. Que peut-on faire pour vous ?")).to_be_visible()
    assert chat.frame().evaluate("document.documentElement.lang") == "fr"

    chat.visit()
    hello.get_by_text("Hello. Ask us anything.").click()
    expect(chat.text).to_be_focused()
    chat.visit()
    hello.get_by_role("button", name="Dismiss").click()
    expect(chat.launcher).to_be_focused()
    chat.visit()
    chat.page.wait_for_timeout(2000)
    expect(hello).to_have_count(0)

    page = chat.page
    page.locator("#last").focus()
    page.keyboard.press("Tab")
    expect(chat.launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.panel.get_by_role("dialog", name="Chat with Acme")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(chat.panel.get_by_role("button", name="Ask a question")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.text).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    expect(chat.text).to_have_value("first line\nsecond line")
    page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_the_page_speaks_through_the_interface_and_by_no_other_way(acme, chat):
    """T066, T067: the queue and the interface, under a policy that allows our scripts and our frames and nothing else."""
    violations: list[str] = []
    chat.page.on(
        "console", lambda said: violations.append(said.text) if "Content Security" in said.text else None
    )
    chat.page.add_init_script(
        "window.heard = []; window.Parley = [() => ['opened', 'closed', 'unread', 'started', 'loaded']"
        ".forEach(name => Parley.on(name, detail => heard.push(name)))]"
    )
    chat.visit()
    loaded = {"loaded": True, "pending": False, "open": False, "unread": 0}
    wait_for(lambda: chat.page.evaluate("Parley.status()"), loaded)
    chat.page.evaluate("Parley.open(), Parley.open()")
    chat.panel.locator(".act").first.click()
    chat.write("Is the Halo lamp dimmable?")
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    chat.page.evaluate("Parley.close()")
    wait_for(lambda: chat.page.evaluate("heard"), ["loaded", "opened", "started", "closed"])
    assert violations == []
    assert chat.launcher.evaluate("element => getComputedStyle(element).width") == "56px"

    # Forged: wrong source, wrong origin, keys too many, keys of the prototype; ten thousand of them change nothing.
    chat.launcher.click()
    expect(chat.text).to_be_visible()
    chat.page.evaluate(
        """() => {
            const frame = document.querySelector("parley-chat").shadowRoot.querySelector("iframe").contentWindow;
            const forged = [{parley: 1, type: "close", back: true}, {parley: 1, type: "unread", count: 7}];
            for (const one of forged) window.postMessage(one, "*");
            const twisted = [
              JSON.parse('{"parley": 1, "type": "closed", "__proto__": {"a": 1}}'),
              {parley: 1, type: "constructor"}, {parley: 1, type: "__proto__"}, {parley: 1, type: "closed", extra: 1},
              {parley: 1, type: "open", to: 7, url: "", referrer: ""}, {type: "closed"}, "closed", null, [1],
            ];
            for (let round = 0; round < 1000; round++) for (const one of twisted) frame.postMessage(one, "*");
        }"""
    )
    chat.page.wait_for_timeout(300)
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    assert chat.page.evaluate("Parley.status().unread") == 0
    assert chat.frame().evaluate("({}).a") is None
    chat.write("Still here")
    wait_for(lambda: received(acme), ["Is the Halo lamp dimmable?", "Still here"])


def test_an_unlisted_site_shows_no_panel(acme, chat):
    """T067."""
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config={"sites": ["https://other.example"]})
    chat.visit().launcher.click()
    chat.page.wait_for_timeout(500)
    assert not [frame for frame in chat.page.frames if frame.url.startswith(chat.shop.live)]


# ── A conversation ──


def test_a_visitor_writes_an_agent_answers_and_the_next_page_goes_on(acme, ben, chat):
    """WI-2; markup is text, words from right to left keep their direction, and what came meanwhile is counted."""
    chat.visit().ask().write("Is the Halo lamp dimmable?\nAnd the Brume?")
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    wait_for(lambda: received(acme), ["Is the Halo lamp dimmable?\nAnd the Brume?"])
    answer(acme, ben, "Both are: https://lumen.example/dim.")
    expect(chat.panel.get_by_text("Ben Agent joined.")).to_be_visible()
    link = chat.panel.get_by_role("link", name="https://lumen.example/dim")
    expect(link).to_have_attribute("rel", re.compile("noopener noreferrer"))
    expect(link).to_have_attribute("href", "https://lumen.example/dim")
    expect(chat.panel.get_by_text("Seen")).to_be_visible()
    expect(chat.panel.locator("[role=status]", has_text="Ben Agent: Both are")).to_be_attached()
    with acme.scope():
        wait_for(lambda: Message.objects.get(direction="out", kind="message").delivery, "read")
        assert Conversation.objects.get().detail.first_url == chat.shop.origin + "/"

    chat.write("<img src=x onerror=alert(1)>", "שלום, האם המנורה מתעמעמת?")
    wait_for(lambda: len(received(acme)), 3)
    expect(chat.panel.locator(".me .said").last).to_have_css("direction", "rtl")
    answer(acme, ben, "<b>bold</b> javascript:alert(1) https://a.example/<script>")
    expect(chat.bubble("<b>bold</b>")).to_be_visible()
    links = ["https://lumen.example/dim", "https://a.example/"]
    assert chat.panel.locator(".said *").all_inner_texts() == links

    expect(chat.panel.get_by_text("Sending…")).to_have_count(0)
    before = chat.said()
    chat.visit("/other")
    answer(acme, ben, "An answer")
    expect(chat.launcher).to_have_attribute("aria-label", "Open chat, unread messages: 1")
    expect(chat.page.locator("parley-chat .badge")).to_have_text("1")
    chat.launcher.click()
    expect(chat.bubble("An answer")).to_be_visible()
    assert before[0] == "Hello. Ask us anything." and len(before) == 6
    wait_for(chat.said, [*before, "An answer"])
    chat.launcher.click()
    expect(chat.page.locator("parley-chat .badge")).to_be_hidden()


def test_earlier_chats_a_new_one_and_a_session_that_ended(acme, ben, chat):
    """Whoever is forgotten begins again, and the message is kept."""
    chat.visit().ask().write("Bulb for the Halo lamp")
    wait_for(lambda: len(received(acme)), 1)
    with acme.scope():
        set_status(Conversation.objects.get(), "closed", by=ben)
    expect(chat.panel.get_by_text("This chat was closed.")).to_be_visible()
    chat.panel.get_by_role("button", name="Start a new chat").click()
    chat.write("Something else")
    wait_for(lambda: len(received(acme)), 2)
    answer(acme, ben, "To the second")
    expect(chat.bubble("To the second")).to_be_visible()
    chat.panel.get_by_role("button", name="Back").click()
    chat.panel.get_by_role("button", name="Bulb for the Halo lamp").click()
    expect(chat.panel.get_by_text("This chat was closed.")).to_be_visible()
    assert "Something else" not in chat.said()
    with acme.scope():
        assert Conversation.objects.count() == 2
        Visitor.objects.all().delete()
    chat.page.evaluate("Parley.close()")
    chat.visit().ask().write("After")
    wait_for(lambda: received(acme)[-1], "After")
    with acme.scope():
        assert Visitor.objects.count() == 1


# ── For everybody ──


WIDTHS = (320, 1280)


def test_axe_finds_nothing_on_wide_and_narrow_pages(acme, ben, chat):
    """The greeting, the panel's home and a conversation, in the width of a desk and of a phone."""
    overflow = "document.documentElement.scrollWidth > innerWidth"

    def check(frame, part="document") -> list[str]:
        found = []
        for width in WIDTHS:
            chat.page.set_viewport_size({"width": width, "height": 780})
            found += violations(frame, part)
        return found

    chat.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    chat.visit()
    chat.page.get_by_role("region", name="Message from Acme").wait_for()
    assert check(chat.page.main_frame, "{include: [['parley-chat']]}") == []
    chat.launcher.click()
    chat.panel.get_by_role("heading").first.wait_for()
    assert check(chat.frame()) == []
    chat.panel.locator(".act").first.click()
    chat.write("Is it dimmable?")
    wait_for(lambda: len(received(acme)), 1)
    answer(acme, ben, "See https://lumen.example/dim")
    chat.panel.get_by_role("link").wait_for()
    assert check(chat.frame()) == []
    for width in WIDTHS:
        chat.page.set_viewport_size({"width": width, "height": 780})
        wait_for(lambda: chat.frame().evaluate(overflow), False)
        if width < 480:
            place = chat.page.locator("parley-chat iframe")
            wait_for(place.bounding_box, {"x": 0, "y": 0, "width": width, "height": 780})


def violations(frame, part="document") -> list[str]:
    """Every rule in the light; in the dark the one that looks at colours."""
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(AXE_SCRIPT)
    found = []
    for scheme, rules in (("dark", ["color-contrast"]), ("light", RULES["runOnly"])):
        turn(frame, scheme)
        options = {"iframes": False, "runOnly": rules, "resultTypes": ["violations"], "preload": False}
        found += frame.evaluate(f"options => axe.run({part}, options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
