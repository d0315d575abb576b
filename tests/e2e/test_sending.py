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


def drafts(house) -> dict[str, str]:
    with house.scope():
        return dict(Draft.objects.values_list("mode", "body"))


class Wire:
    """The page's sockets, to be cut and mended."""

    def __init__(self, page):
        self.open, self.cut_off = [], False
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


# ── Drafts ──


def test_a_draft_is_kept_on_the_server_for_every_device(acme, ben, conversation, desk, sit_down):
    """CR-6, DESIGN 8.2: one a mode; after a reload, on another device, in the list."""
    desk.open("unassigned", conversation.pk).ready()
    desk.press("r")
    desk.page.keyboard.type("Dear James, ")
    expect(desk.page.locator("form[data-for=reply] [data-saved]")).to_have_text("Draft kept")
    expect(desk.row(conversation.pk)).to_contain_text("Draft: Dear James,")
    desk.press("Escape", "c")
    desk.page.keyboard.type("Ask Yann")
    expect(desk.page.locator("form[data-for=comment] [data-saved]")).to_have_text("Draft kept")
    assert drafts(acme) == {"reply": "Dear James, ", "comment": "Ask Yann"}

    desk.page.reload()
    expect(desk.value()).to_have_value("Dear James, ")
    expect(desk.value("comment")).to_have_value("Ask Yann")
    other = sit_down(ben).open("unassigned")
    expect(other.row(conversation.pk)).to_contain_text("Draft: Dear James,")
    other.row(conversation.pk).click()
    expect(other.value()).to_have_value("Dear James, ")

    desk.send("done.")
    expect(desk.item("Dear James, done.")).to_be_visible()
    expect(desk.row(conversation.pk)).not_to_contain_text("Draft:")
    assert drafts(acme) == {"comment": "Ask Yann"}


def test_the_last_keystroke_survives_leaving(acme, conversation, desk):
    """No two seconds are waited for: on switching, and on closing the tab."""
    with acme.scope():
        other = make_conversation(acme, "Another matter", address="lea@pine.example")
    desk.open("unassigned", conversation.pk).ready()
    desk.press("r")
    desk.page.keyboard.type("Left in the middle of a w")
    desk.row(other.pk).click()
    expect(desk.item("Another matter")).to_be_visible()
    wait_for(lambda: drafts(acme), {"reply": "Left in the middle of a w"})
    desk.row(conversation.pk).click()
    expect(desk.value()).to_have_value("Left in the middle of a w")
    desk.press("r")
    desk.page.keyboard.type("ord")
    desk.page.goto("about:blank")
    wait_for(lambda: drafts(acme), {"reply": "Left in the middle of a word"})


def test_a_draft_written_offline_is_kept_and_saved_later(acme, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    desk.page.context.set_offline(True)
    desk.press("r")
    desk.page.keyboard.type("Without a network")
    expect(desk.page.locator("form[data-for=reply] [data-saved]")).to_have_text("Draft kept on this device")
    desk.page.context.set_offline(False)
    wait_for(lambda: drafts(acme), {"reply": "Without a network"})


# ── Sending ──


def test_twice_pressed_is_sent_once(acme, conversation, desk):
    """P6: by key and by pointer."""
    desk.open("unassigned", conversation.pk).ready()
    desk.send("By key").press("Control+Enter")
    expect(desk.item("By key")).to_have_count(1)
    desk.text().fill("By pointer")
    desk.page.locator("form[data-for=reply] [data-send]").dblclick()
    expect(desk.item("By pointer").get_by_text("Sending")).to_be_visible()
    wait_for(lambda: sent(acme), ["By key", "By pointer"])
    expect(desk.line.locator("> .msg--agent")).to_have_count(2)


def test_an_answer_that_comes_late_takes_nothing_back(acme, conversation, desk):
    """The socket has told more by then than the answer knew: the tick stays where it is."""
    held = []
    desk.open("unassigned", conversation.pk).ready()

    def late(route):
        held.append((route, route.fetch()))

    desk.page.route("**/replies/", late)
    desk.send("Quickly seen")
    wait_for(lambda: sent(acme), ["Quickly seen"])
    with acme.scope():
        mark_delivery(Message.objects.get(direction="out").pk, "delivered")
    expect(desk.item("Quickly seen")).to_contain_text("Delivered")
    route, answer = held.pop()
    route.fulfill(response=answer)
    desk.page.wait_for_timeout(300)
    expect(desk.item("Quickly seen")).to_have_count(1)
    expect(desk.item("Quickly seen")).to_contain_text("Delivered")


def test_it_stands_there_before_the_server_answers(conversation, desk):
    """DESIGN 8.4: at once, in its place, as being sent."""
    held = []
    desk.open("unassigned", conversation.pk).ready()
    desk.page.route("**/replies/", lambda route: held.append(route))
    desk.send("Slowly")
    expect(desk.item("Slowly")).to_contain_text("Sending…")
    expect(desk.value()).to_have_value("")
    expect(desk.text()).to_be_focused()
    held.pop().continue_()
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    expect(desk.item("Slowly")).to_have_count(1)


def test_send_and_close(acme, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    desk.press("r")
    desk.page.keyboard.type("That was all")
    desk.press("Control+Shift+Enter")
    expect(desk.item("That was all")).to_be_visible()
    expect(desk.status).to_contain_text("closed")


def test_an_unreachable_server_keeps_the_text_and_takes_it_once_later(acme, conversation, desk):
    """DESIGN 6, "Send failed"; also across a reload."""
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
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    expect(desk.item("Are you there?")).to_have_count(1)
    assert sent(acme) == ["Are you there?"]
    desk.page.reload()
    expect(desk.item("Are you there?")).to_have_count(1)


def test_offline_is_said_and_what_waits_is_sent_by_itself(acme, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    desk.page.context.set_offline(True)
    desk.send("From a tunnel")
    expect(desk.item("From a tunnel").get_by_role("alert")).to_contain_text("Not sent")
    desk.page.context.set_offline(False)
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    assert sent(acme) == ["From a tunnel"]


def test_a_lost_answer_makes_no_second_message(acme, conversation, desk):
    """P6: the server took it, the page never heard; trying again changes nothing but the words."""
    wire = Wire(desk.page)
    desk.open("unassigned", conversation.pk).ready()
    wire.cut()

    def lose(route):
        route.fetch()
        route.abort()

    desk.page.route("**/replies/", lose, times=1)
    desk.send("Only once")
    desk.item("Only once").get_by_role("button", name="Try again").click()
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    wire.mend()
    desk.ready()
    expect(desk.item("Only once")).to_have_count(1)
    assert sent(acme) == ["Only once"]


def test_a_refusal_by_the_other_side_is_shown_with_its_reason(acme, conversation, desk):
    """DM-3: and tried again as the same message."""
    desk.open("unassigned", conversation.pk).ready()
    desk.send("To a full mailbox")
    expect(desk.item("To a full mailbox").get_by_text("Sending")).to_be_visible()
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    with acme.scope():
        message = Message.objects.get(direction="out")
        mark_delivery(message.pk, "failed", error="The mailbox is full.")
    alert = desk.item("To a full mailbox").get_by_role("alert")
    expect(alert).to_contain_text("Not sent. The mailbox is full.")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(desk.item("To a full mailbox").get_by_text("Sending")).to_be_visible()
    assert sent(acme) == ["To a full mailbox"]


def test_who_was_signed_out_keeps_the_text(acme, ben, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    ben.user.set_password("another-pass-phrase-7")
    ben.user.save()
    desk.send("Written too late")
    expect(desk.item("Written too late").get_by_role("alert")).to_contain_text("You are signed out.")
    assert sent(acme) == []


# ── The line ──


def test_what_was_missed_while_the_socket_was_cut_is_replayed_once(acme, ada, conversation, desk):
    """PERFORMANCE A3: resumed by the last id."""
    wire = Wire(desk.page)
    desk.open("unassigned", conversation.pk).ready()
    wire.cut()
    with acme.scope():
        for body in ("one", "two", "three"):
            comment(conversation, body=f"Missed {body}", by=ada)
    assert desk.messages() == ["The dimmer flickers."]
    wire.mend()
    expect(desk.item("Missed three")).to_be_visible(timeout=15_000)
    assert desk.messages()[1:] == ["Missed one", "Missed two", "Missed three"]
    expect(desk.banner).to_be_hidden()
    wait_for(lambda: desk.spoken("Missed three"), 1)


def test_a_server_that_is_away_is_said_and_forgotten_when_it_is_back(acme, ada, conversation, desk):
    wire = Wire(desk.page)
    desk.open("unassigned", conversation.pk).ready()
    desk.page.route("**/w/acme/live/**", lambda route: route.abort())
    wire.cut()
    expect(desk.banner).to_contain_text("Connecting again. Complete up to")
    with acme.scope():
        comment(conversation, body="Meanwhile", by=ada)
    wire.mend()
    desk.page.unroute("**/w/acme/live/**")
    expect(desk.item("Meanwhile")).to_be_visible(timeout=10_000)
    expect(desk.banner).to_be_hidden()


def test_without_sockets_the_page_asks_every_few_seconds(acme, ada, conversation, desk):
    """CT-12."""
    Wire(desk.page).cut()
    desk.open("unassigned", conversation.pk)
    expect(desk.page.locator("html[data-line=polling]")).to_be_attached(timeout=15_000)
    with acme.scope():
        comment(conversation, body="Heard by asking", by=ada)
        make_conversation(acme, "And a new one", address="lea@pine.example")
    expect(desk.item("Heard by asking")).to_be_visible(timeout=10_000)
    expect(desk.shelf).to_contain_text("1 new")
    expect(desk.banner).to_be_hidden()
    desk.send("And answering works")
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    expect(desk.item("And answering works")).to_have_count(1)


def test_scrolled_up_nothing_jumps(acme, ada, conversation, desk):
    """DESIGN 8.1: a pill says what is new below."""
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
