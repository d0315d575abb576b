"""The inbox is for everybody: axe in every state, theme, language and width; and hands that stay on the keys."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conversations.actions import assign, comment, mark_delivery, save_draft, send_reply, set_status
from conversations.models import Conversation, Message
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # it would fetch the style sheets again, for a rule about videos
}
ASK = """rules => axe.run(rules).then(({violations}) =>
  violations.map(({id, nodes}) => [id, nodes.slice(0, 4).map(({html}) => html.slice(0, 200))]))"""
# An inherited colour moves a step inwards with each frame where every step has a (very short) transition of its own:
# what stands still is what no frame has found moving for a while, not what has ended once. Looked at, not waited for:
# the end of an animation whose element went away is never told, and a page that is not shown has no frames. What takes
# seconds is a clock (a toast's), no change.
SETTLED = """async () => {
  const frame = () => Promise.race([new Promise(requestAnimationFrame), new Promise((done) => setTimeout(done, 100))]);
  const moves = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime < 2000;
  for (let still = 0, all = 0; still < 4 && all < 300; all++) {
    await frame();
    still = document.getAnimations().some(moves) ? 0 : still + 1;
  }
}"""
# What another width alone can spoil; all other rules say the same of the same page at every width.
WIDTH = RULES | {"runOnly": ["target-size", "scrollable-region-focusable"]}
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


# What has the focus, and whether that shows: by a ring, or by the edge of the box it stands in.
STOP = """async () => {
  const at = document.activeElement, box = at.closest(".composer__box, .find") ?? at;
  const ringed = [at, at.nextElementSibling].filter(Boolean).some(one => getComputedStyle(one).outlineStyle !== "none");
  const edge = getComputedStyle(box).borderColor;
  at.blur();
  await new Promise((done) => setTimeout(done, 50));  // colours fade, also when they hardly do
  const shows = ringed || getComputedStyle(box).borderColor !== edge;
  at.focus();
  return [at.id || at.name || at.tagName, shows];
}"""


def problems(page, rules=RULES) -> list[tuple]:
    page.evaluate("document.fonts.ready")
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [(rule, nodes) for rule, nodes in page.evaluate(ASK, rules)]


def in_both_themes(page) -> list[tuple]:
    """Every rule in the light; in the dark, without loading anew, the one that looks at colours."""
    found = problems(page)
    turn(page.main_frame, "dark")
    found += problems(page, RULES | {"runOnly": ["color-contrast"]})
    turn(page.main_frame, "light")
    return found


def turn(frame, scheme: str) -> None:
    """The other theme, once its colours have come: half of a change is neither readable nor wrong."""
    frame.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    frame.evaluate(SETTLED)


@pytest.fixture
def thread(acme, ada, ben, yann) -> Conversation:
    """A conversation with everything on its line: letters, comment, events, a failed reply, a draft."""
    with acme.scope():
        thread = make_conversation(
            acme, "Bonjour,\nla lampe clignote : https://pine.example/x?y", language="fr"
        )
        assign(thread, to=ben, by=ada)
        comment(thread, body="She is a regular.", by=yann)
        send_reply(thread, body="We look into it.", by=ben)
        mark_delivery(Message.objects.get(direction="out").pk, "failed", error="The mailbox is full.")
        save_draft(thread, body="Dear", mode="reply", by=ben)
        other = make_conversation(acme, "Closed one", subject="Old", address="lea@pine.example")
        set_status(other, "closed", by=ben)
        make_conversation(acme, "", subject="No words", address="noor@pine.example", name="")
    return thread


def test_axe_finds_nothing_at_a_desk(acme, ben, yann, thread, french, sit_down):
    desk = sit_down(ben, language="fr", reduced_motion="reduce")
    page = desk.page
    found = {
        "empty": in_both_themes(desk.open("snoozed").page),
        "list": in_both_themes(desk.open("open").page),
    }
    desk.open("open", thread.pk).ready()
    found["reply"] = in_both_themes(page)
    desk.press("c")
    desk.page.keyboard.type("A remark")
    found["comment"] = in_both_themes(page)
    desk.press("Escape", "a")
    expect(page.locator("#assign-menu")).to_be_visible()
    found["assign menu"] = in_both_themes(page)
    desk.press("Escape", "?")
    found["keys"] = in_both_themes(page)
    desk.press("Escape")
    page.locator("#me").click()
    found["own menu"] = in_both_themes(page)
    desk.press("Escape")
    with acme.scope():
        make_conversation(acme, "New", subject="New", address="new@pine.example")
    expect(desk.shelf).to_be_visible()
    page.route("**/replies/", lambda route: route.abort())
    desk.send(" you.")
    expect(desk.line.get_by_role("alert").last).to_be_visible()
    found["shelf and not sent"] = in_both_themes(page)
    page.locator("#messages").focus()
    desk.press("e")
    expect(page.locator(".toast")).to_be_visible()
    found["closed"] = in_both_themes(page)
    assert {state: each for state, each in found.items() if each} == {}


def test_axe_finds_nothing_on_a_phone(ben, thread, french, sit_down):
    phone = sit_down(ben, language="fr", viewport=PHONE, reduced_motion="reduce")
    found = {
        "list": in_both_themes(phone.open("open").page),
        "thread": in_both_themes(phone.open("open", thread.pk).page),
    }
    phone.page.locator("a[data-go=side]").click()
    expect(phone.page.locator("#sidebar")).to_be_visible()
    found["contact"] = in_both_themes(phone.page)
    assert {state: each for state, each in found.items() if each} == {}


def test_nothing_scrolls_sideways_and_no_target_is_too_small(ben, thread, sit_down):
    """WCAG 1.4.10, 2.5.8."""
    desk = sit_down(ben, reduced_motion="reduce")
    for pk in (None, thread.pk):
        for width in (320, 720, 1024):
            desk.page.set_viewport_size({"width": width, "height": 700})
            desk.open("open", pk)
            assert problems(desk.page, WIDTH) == []
            assert desk.page.evaluate("document.documentElement.scrollWidth") == width


def test_without_a_pointer_from_the_list_to_an_answer_and_back(acme, ben, desk):
    """The skip link first, then list, thread, composer; after closing the next row."""
    with acme.scope():
        for n in range(3):
            make_conversation(acme, f"Question {n}", subject=f"Subject {n}", address=f"c{n}@pine.example")
    desk.open("open").ready()
    desk.press("Tab")
    expect(desk.page.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.press("Enter", "j")
    expect(desk.page.locator(".crow").first).to_be_focused()
    desk.press("j", "Enter")
    expect(desk.item("Question 1")).to_be_visible()
    expect(desk.page.locator(".rowbox[aria-current] .crow")).to_be_focused()
    desk.press("r")
    expect(desk.text()).to_be_focused()
    desk.page.keyboard.type("Answered by hand")
    desk.press("Control+Enter")
    expect(desk.item("Answered by hand").get_by_text("Sending")).to_be_visible()
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    expect(desk.text()).to_be_focused()
    desk.press("Escape")
    expect(desk.page.locator(".rowbox[aria-current] .crow")).to_be_focused()
    desk.press("e")
    expect(desk.status).to_contain_text("closed")
    expect(desk.page.locator(".crow:focus")).to_be_visible()
    expect(desk.page.locator(".rowbox[aria-current]")).to_have_count(0)
    desk.press("Enter")
    expect(desk.page.locator("#conversation")).not_to_contain_text("Question 1")


def test_tab_goes_from_the_thread_to_the_composer_in_the_order_of_the_page(desk, thread):
    """The order of the focus; every stop shows a ring."""
    desk.open("open", thread.pk).ready()
    desk.page.emulate_media(reduced_motion="reduce")
    desk.page.locator("#assign-button").focus()
    stops = []
    while not stops or stops[-1][0] != "BODY" and len(stops) < 40:
        desk.press("Tab")
        stops.append(desk.page.evaluate(STOP))
    names = [name for name, _ring in stops]
    wanted = ["status-button", "messages", "mode", "DIV", "then"]  # DIV: the editor of letters
    assert [name for name in names if name in wanted] == wanted
    assert [name for name, ring in stops if not ring and name != "BODY"] == []


def test_what_is_said_is_said_once_and_history_is_no_live_region(acme, ada, desk, thread):
    """One polite voice; failures are alerts."""
    desk.open("open", thread.pk).ready()
    assert (
        desk.page.locator("#messages [aria-live], #messages [role=log], #messages [role=status]").count() == 0
    )
    with acme.scope():
        comment(Conversation.objects.get(pk=thread.pk), body="Said once", by=ada)
    expect(desk.item("Said once")).to_be_visible()
    wait_for(lambda: desk.spoken("Ada Owner: Said once") > 0, True)
    desk.page.wait_for_timeout(1000)  # a second time would come by now
    wait_for(lambda: desk.spoken("Ada Owner: Said once"), 1)
    assert desk.page.locator("[data-timeline] [role=alert]").count() == 1


def test_text_of_customers_keeps_its_language_and_direction(desk, thread):
    desk.open("open", thread.pk)
    letter = desk.line.locator(".msg--visitor [dir=auto]").first
    expect(letter).to_have_attribute("lang", "fr")
    expect(desk.row(thread.pk).locator("[lang=fr]").first).to_be_attached()


def test_bigger_text_and_spacing_hold(desk, thread):
    """WCAG 1.4.12. The rules come through the object model: the policy forbids foreign style elements."""
    desk.open("open", thread.pk)
    desk.page.evaluate(
        """() => { const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
        document.adoptedStyleSheets.push(sheet); }"""
    )
    assert desk.page.evaluate("document.documentElement.scrollWidth") == WIDE["width"]
    send = desk.page.locator("form[data-for=reply] [data-send]")
    expect(send).to_be_in_viewport()
    assert send.evaluate("button => button.scrollWidth <= button.clientWidth")
