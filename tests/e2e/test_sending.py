"""What an agent writes is never lost and never sent twice, whatever the line, the server or the tab does."""

import pytest
from playwright.sync_api import expect

from conversations.actions import comment, mark_delivery
from conversations.models import Conversation, Draft, Message
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


@pytest.fixture
def conversation(acme) -> Conversation:
    with acme.scope():
        return make_conversation(acme, subject="Dimmer flickers")


def sent(house) -> list[str]:
    with house.scope():
        return list(Message.objects.filter(direction="out").order_by("pk").values_list("body", flat=True))


def drafts(house, conversation) -> dict[str, str]:
    with house.scope():
        return dict(Draft.objects.filter(conversation=conversation).values_list("mode", "body"))


def another(house, body: str) -> Conversation:
    with house.scope():
        return make_conversation(house, body, address="lea@pine.example")


def nothing_is_on_its_way(desk) -> None:
    expect(desk.line.locator("[data-sending]")).to_have_count(0)


class Wire:
    """The page's sockets, to be cut and mended."""

    def __init__(self, page):
        self.page, self.open, self.cut_off = page, [], False
        page.route_web_socket("**/live/agent/", self._route)

    def _route(self, socket) -> None:
        if self.cut_off:
            socket.close()
        else:
            socket.connect_to_server()
            self.open.append(socket)

    def cut(self) -> None:
        self.cut_off = True
        while self.open:
            self.open.pop().close()

    def mend(self) -> None:
        self.cut_off = False

    def mend_and_tell(self) -> None:
        """Whoever waited long asks by plain requests, and looks for a socket once a minute unless told."""
        self.mend()
        self.page.evaluate("dispatchEvent(new Event('online'))")


# ── Drafts ──


def test_drafts_are_kept_on_the_server_to_the_last_keystroke(acme, ben, conversation, desk, sit_down):
    """CR-6: one a mode; after a reload, on another device, in the list; on leaving, and without a line."""
    other = another(acme, "Another matter")
    desk.open("unassigned", conversation.pk).ready()
    desk.press("r")
    desk.page.keyboard.type("Dear James, ")
    expect(desk.page.locator("form[data-for=reply] [data-saved]")).to_have_text("Draft kept")
    expect(desk.row(conversation.pk)).to_contain_text("Draft: Dear James,")
    desk.press("Escape", "c")
    desk.page.keyboard.type("Ask Yann")
    expect(desk.page.locator("form[data-for=comment] [data-saved]")).to_have_text("Draft kept")
    wait_for(lambda: drafts(acme, conversation), {"reply": "Dear James, ", "comment": "Ask Yann"})

    desk.page.reload()
    expect(desk.value()).to_have_value("Dear James, ")
    expect(desk.value("comment")).to_have_value("Ask Yann")
    device = sit_down(ben).open("unassigned")
    expect(device.row(conversation.pk)).to_contain_text("Draft: Dear James,")
    device.row(conversation.pk).click()
    expect(device.value()).to_have_value("Dear James, ")
    device.page.close()

    desk.send("done.")
    expect(desk.item("Dear James, done.")).to_be_visible()
    expect(desk.row(conversation.pk)).not_to_contain_text("Draft:")
    wait_for(lambda: drafts(acme, conversation), {"comment": "Ask Yann"})

    # No two seconds are waited for: on switching, and on closing the tab.
    desk.row(other.pk).click()
    expect(desk.item("Another matter")).to_be_visible()
    desk.press("r")
    desk.page.keyboard.type("Left in the middle of a w")
    desk.row(conversation.pk).click()
    expect(desk.item("The dimmer flickers.")).to_be_visible()
    wait_for(lambda: drafts(acme, other), {"reply": "Left in the middle of a w"})
    desk.row(other.pk).click()
    expect(desk.value()).to_have_value("Left in the middle of a w")
    desk.press("r")
    desk.page.keyboard.type("ord")
    desk.page.goto("about:blank")
    wait_for(lambda: drafts(acme, other), {"reply": "Left in the middle of a word"})

    desk.open("unassigned", conversation.pk).ready()
    desk.page.context.set_offline(True)
    desk.press("r")
    desk.page.keyboard.type("Without a network")
    expect(desk.page.locator("form[data-for=reply] [data-saved]")).to_have_text("Draft kept on this device")
    desk.page.context.set_offline(False)
    wait_for(lambda: drafts(acme, conversation), {"comment": "Ask Yann", "reply": "Without a network"})


# ── Sending ──


def test_a_reply_stands_there_at_once_and_once(acme, conversation, desk):
    """P6, by key and by pointer: in its place before the server answers; a late answer takes nothing back."""
    page = desk.open("unassigned", conversation.pk).ready().page
    desk.send("By key").press("Control+Enter")
    expect(desk.item("By key")).to_have_count(1)
    desk.text().fill("By pointer")
    page.locator("form[data-for=reply] [data-send]").dblclick()
    expect(desk.item("By pointer").get_by_text("Sending")).to_be_visible()
    wait_for(lambda: sent(acme), ["By key", "By pointer"])
    expect(desk.line.locator("> .msg--agent")).to_have_count(2)
    nothing_is_on_its_way(desk)

    held = []
    page.route("**/replies/", lambda route: held.append(route))
    desk.send("Slowly")
    expect(desk.item("Slowly")).to_contain_text("Sending…")
    expect(desk.value()).to_have_value("")
    expect(desk.text()).to_be_focused()
    wait_for(lambda: len(held), 1, page=page)
    held.pop().continue_()
    nothing_is_on_its_way(desk)
    expect(desk.item("Slowly")).to_have_count(1)
    page.unroute("**/replies/")

    # The socket has told more by then than the answer knew: the tick stays where it is.
    page.route("**/replies/", lambda route: held.append((route, route.fetch())))
    desk.send("Quickly seen")
    wait_for(lambda: (len(held), sent(acme)[2:]), (1, ["Slowly", "Quickly seen"]), page=page)
    with acme.scope():
        mark_delivery(Message.objects.get(body="Quickly seen").pk, "delivered")
    expect(desk.item("Quickly seen")).to_contain_text("Delivered")
    route, answer = held.pop()
    route.fulfill(response=answer)
    page.wait_for_timeout(300)
    expect(desk.item("Quickly seen")).to_have_count(1)
    expect(desk.item("Quickly seen")).to_contain_text("Delivered")
    page.unroute("**/replies/")

    desk.press("r")
    page.keyboard.type("That was all")
    desk.press("Control+Shift+Enter")
    expect(desk.item("That was all")).to_be_visible()
    expect(desk.status).to_contain_text("closed")


def test_what_could_not_be_sent_is_kept_and_said(acme, ben, conversation, desk):
    """What failed says so, also across a reload; offline; DM-3, a refusal; a session that ended."""
    desk.open("unassigned", conversation.pk).ready()
    desk.page.route("**/replies/", lambda route: route.abort())
    desk.send("Are you there?")
    alert = desk.item("Are you there?").get_by_role("alert")
    expect(alert).to_contain_text("Not sent. Your text is kept.")
    desk.page.reload()
    expect(alert).to_contain_text("Not sent. Your text is kept.")
    assert sent(acme) == []
    desk.page.unroute("**/replies/")
    alert.get_by_role("button", name="Try again").click()
    wait_for(lambda: sent(acme), ["Are you there?"])
    nothing_is_on_its_way(desk)
    expect(desk.item("Are you there?")).to_have_count(1)
    desk.page.reload()
    expect(desk.item("Are you there?")).to_have_count(1)

    desk.ready().page.context.set_offline(True)
    desk.send("From a tunnel")
    expect(desk.item("From a tunnel").get_by_role("alert")).to_contain_text("Not sent")
    desk.page.context.set_offline(False)
    wait_for(lambda: sent(acme), ["Are you there?", "From a tunnel"])
    nothing_is_on_its_way(desk)

    # What the other side refuses is shown with its reason, and tried again as the same message.
    desk.ready().send("To a full mailbox")
    expect(desk.item("To a full mailbox").get_by_text("Sending")).to_be_visible()
    nothing_is_on_its_way(desk)
    with acme.scope():
        mark_delivery(
            Message.objects.get(body="To a full mailbox").pk, "failed", error="The mailbox is full."
        )
    alert = desk.item("To a full mailbox").get_by_role("alert")
    expect(alert).to_contain_text("Not sent. The mailbox is full.")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(desk.item("To a full mailbox").get_by_text("Sending")).to_be_visible()
    all_of_them = ["Are you there?", "From a tunnel", "To a full mailbox"]
    assert sent(acme) == all_of_them

    ben.user.set_password("another-pass-phrase-7")
    ben.user.save()
    desk.send("Written too late")
    expect(desk.item("Written too late").get_by_role("alert")).to_contain_text("You are signed out.")
    assert sent(acme) == all_of_them


# ── The line ──


def test_whatever_the_line_does_nothing_is_missed_or_comes_twice(acme, ada, conversation, desk):
    """P6: a lost answer, a cut socket, a server that is away, and news below the fold."""
    wire = Wire(desk.page)
    desk.open("unassigned", conversation.pk).ready()
    wire.cut()

    # The server took it, the page never heard; trying again changes nothing but the words.
    def lose(route):
        route.fetch()
        route.abort()

    desk.page.route("**/replies/", lose, times=1)
    desk.send("Only once")
    desk.item("Only once").get_by_role("button", name="Try again").click()
    nothing_is_on_its_way(desk)
    wire.mend_and_tell()
    desk.ready()
    expect(desk.item("Only once")).to_have_count(1)
    assert sent(acme) == ["Only once"]

    # Resumed by the last id.
    wire.cut()
    with acme.scope():
        for body in ("one", "two", "three"):
            comment(conversation, body=f"Missed {body}", by=ada)
    assert desk.messages() == ["The dimmer flickers.", "Only once"]
    wire.mend()
    expect(desk.item("Missed three")).to_be_visible()
    assert desk.messages()[2:] == ["Missed one", "Missed two", "Missed three"]
    expect(desk.banner).to_be_hidden()
    wait_for(lambda: desk.spoken("Missed three"), 1)

    desk.ready().page.route("**/w/acme/live/**", lambda route: route.abort())
    wire.cut()
    expect(desk.banner).to_contain_text("Connecting again. Complete up to")
    with acme.scope():
        comment(conversation, body="Meanwhile", by=ada)
    wire.mend()
    desk.page.unroute("**/w/acme/live/**")
    expect(desk.item("Meanwhile")).to_be_visible()
    expect(desk.banner).to_be_hidden()

    # Scrolled up, nothing jumps: a pill says what is new below.
    with acme.scope():
        for number in range(30):
            comment(conversation, body=f"Remark {number}", by=ada)
    desk.open("unassigned", conversation.pk).ready()
    pane = desk.page.locator("#messages")
    pane.evaluate("pane => (pane.scrollTop = 100)")
    with acme.scope():
        comment(conversation, body="The newest", by=ada)
    pill = desk.page.locator("[data-to-newest]")
    expect(pill).to_have_text("1 new")
    assert pane.evaluate("pane => pane.scrollTop") == 100
    pill.click()
    expect(desk.item("The newest")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_without_sockets_the_page_asks_every_few_seconds(acme, ada, conversation, desk):
    """CT-12."""
    Wire(desk.page).cut()
    desk.open("unassigned", conversation.pk)
    expect(desk.page.locator("html[data-line=polling]")).to_be_attached()
    with acme.scope():
        comment(conversation, body="Heard by asking", by=ada)
        make_conversation(acme, "And a new one", address="lea@pine.example")
    expect(desk.item("Heard by asking")).to_be_visible()
    expect(desk.shelf).to_contain_text("1 new")
    expect(desk.banner).to_be_hidden()
    desk.send("And answering works")
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    expect(desk.item("And answering works")).to_have_count(1)
