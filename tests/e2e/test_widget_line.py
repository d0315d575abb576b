"""The widget when the line to the server is bad: nothing is lost, nothing comes twice."""

import time

import pytest
from playwright.sync_api import expect

from chatflows.widget import limits
from contacts.models import Visitor
from conversations.models import Conversation, Message
from events.buckets import MINUTE, Rate
from tests.e2e.visitor import Chat, answer, received, wait_for

pytestmark = pytest.mark.browser


# ── When the line is bad ──


def test_what_is_written_offline_survives_a_reload_and_comes_once_and_in_order(acme, chat):
    """T133."""
    chat.page.route("**/live/session/", lambda route: route.abort())
    chat.visit().ask().write("one", "two")
    expect(
        chat.panel.get_by_text("Sending…").or_(chat.panel.get_by_text("Waiting for")).first
    ).to_be_visible()
    chat.text.fill("a draft")
    chat.visit().launcher.click()
    expect(chat.text).to_have_value("a draft")
    assert chat.said() == ["Hello. Ask us anything.", "one", "two"]
    chat.page.unroute("**/live/session/")
    chat.write("three")
    wait_for(lambda: received(acme), ["one", "two", "three"], seconds=20)
    with acme.scope():
        assert Conversation.objects.count() == 1


def test_a_lost_acknowledgement_makes_no_second_message_and_news_comes_without_sockets(acme, ben, chat):
    """P6; CT-12: an answer is there as soon as over a socket, without asking again and again."""
    chat.page.route_web_socket("**/live/visitor/", lambda socket: socket.close())
    answers = iter([False, True])

    def lose_the_first(route):
        if route.request.method == "POST" and not next(answers, True):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    chat.page.route("**/live/messages/", lose_the_first)
    chat.visit().ask().write("Only once")
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    assert received(acme) == ["Only once"]
    assert chat.said().count("Only once") == 1
    chat.page.unroute("**/live/messages/")

    asked: list[str] = []
    chat.page.on(
        "request", lambda request: asked.append(request.url) if "/live/wait/" in request.url else None
    )
    answer(acme, ben, "Loud and clear")
    expect(chat.bubble("Loud and clear")).to_be_visible()
    with acme.scope():
        wait_for(lambda: Message.objects.get(body="Loud and clear").delivery, "read")
    answer(acme, ben, "And again")
    expect(chat.bubble("And again")).to_be_visible()
    chat.page.wait_for_timeout(1500)  # the receipts are news as well
    before = len(asked)
    chat.page.wait_for_timeout(3000)
    assert len(asked) - before <= 1


class Line:
    """The panel's sockets: one message can be lost on its way, they can be cut off as a restarting server does, or hang with it."""

    def __init__(self, page):
        self.sockets, self.lost, self.loses, self.hangs = [], [], "", False
        page.route_web_socket("**/live/visitor/", self._route)

    def _route(self, socket) -> None:
        self.sockets.append(socket)
        if self.hangs:
            return
        server = socket.connect_to_server()
        socket.on_message(lambda frame: self.hangs or server.send(frame))

        def pass_on(frame):
            if self.loses and not self.lost and self.loses in frame:
                self.lost.append(frame)
            else:
                socket.send(frame)

        server.on_message(pass_on)


def test_a_restart_a_gap_and_a_tunnel_lose_nothing(acme, ben, chat):
    """P5: numbers have no gaps, so a gap is seen; offline is said and mended."""
    line = Line(chat.page)
    chat.visit().ask().write("Hello")
    wait_for(lambda: len(received(acme)), 1)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    line.sockets[-1].close(code=1012, reason="restart")
    answer(acme, ben, "During the restart")
    expect(chat.bubble("During the restart")).to_be_visible(timeout=30_000)
    wait_for(lambda: len(line.sockets) > 1, True, page=chat.page)

    line.loses = "The lost answer"
    answer(acme, ben, "The lost answer")
    wait_for(lambda: len(line.lost), 1, page=chat.page)
    answer(acme, ben, "The next answer")
    expect(chat.bubble("The next answer")).to_be_visible()
    wait_for(lambda: chat.said()[-2:], ["The lost answer", "The next answer"])

    before = chat.said()
    chat.page.context.set_offline(True)
    expect(chat.panel.get_by_text("You are offline.")).to_be_visible()
    chat.write("one", "two", "three")
    expect(chat.panel.get_by_text("Waiting for the connection")).to_be_visible()
    answer(acme, ben, "While you were away")
    chat.page.context.set_offline(False)
    wait_for(lambda: received(acme), ["Hello", "one", "two", "three"], seconds=20)
    expect(chat.bubble("While you were away")).to_be_visible(timeout=30_000)
    expect(chat.panel.get_by_text("You are offline.")).to_be_hidden()
    wanted = sorted([*before, "While you were away", "one", "two", "three"])
    wait_for(lambda: sorted(chat.said()), wanted)


def test_a_server_that_hangs_is_told_of_and_nothing_is_lost_or_doubled(acme, ben, chat):
    """T133: it takes what comes and answers nothing; after ten seconds whoever wrote knows, on the line and before there is one."""
    line, held = Line(chat.page), []
    chat.page.clock.install()

    def hold(route):
        held.append(route) if line.hangs else route.continue_()

    for path in ("session", "messages", "conversations"):
        chat.page.route(f"**/live/{path}/**", hold)
    chat.visit().ask()
    line.hangs = True
    chat.write("The first")
    expect(chat.panel.get_by_text("Sending…")).to_be_visible()
    chat.page.clock.fast_forward(10_100)
    expect(chat.panel.get_by_text("This takes longer than usual.")).to_be_visible()
    line.hangs = False
    while held:
        held.pop().continue_()
    wait_for(lambda: received(acme), ["The first"], page=chat.page)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()

    wait_for(lambda: len(line.sockets), 1, page=chat.page)
    line.hangs = True
    chat.write("The second")
    expect(chat.panel.get_by_text("Sending…")).to_be_visible()
    chat.page.clock.fast_forward(10_100)
    expect(chat.panel.get_by_text("Waiting for the connection")).to_be_visible()
    chat.page.clock.fast_forward(2_000)
    expect(chat.panel.get_by_text("Connecting again…")).to_be_visible()
    line.hangs = False
    while held:
        held.pop().continue_()
    chat.page.clock.fast_forward(60_000)
    wait_for(lambda: received(acme), ["The first", "The second"], page=chat.page)
    answer(acme, ben, "Here again")
    expect(chat.bubble("Here again")).to_be_visible(timeout=30_000)
    assert chat.said() == ["Hello. Ask us anything.", "The first", "The second", "Here again"]


def test_whoever_comes_back_is_taken_to_their_chat(acme, ben, chat, monkeypatch):
    """On a slow line; where the list of chats is refused at first; in many tabs; and two tabs are one visitor.

    A frame that got the focus while its page was put in place showed a caret and never heard a key. About one opening
    in six was like that, so it takes several to tell.
    """
    chat.visit().ask().write("Running")
    wait_for(lambda: len(received(acme)), 1)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()

    def later(route):
        time.sleep(0.5)
        route.continue_()

    chat.page.route("**/live/conversations/", later)
    chat.visit().launcher.click()
    expect(chat.bubble("Running")).to_be_visible()
    chat.page.unroute("**/live/conversations/")

    # The list of chats is asked for again when it failed, whatever the line does meanwhile.
    answers = iter([429, 500])

    def refuse_twice(route):
        status = next(answers, None)
        if status is None:
            return route.continue_()
        return route.fulfill(status=status, json={"error": "limited", "retry_after": 1})

    chat.page.route("**/live/conversations/", refuse_twice)
    chat.visit().launcher.click()
    expect(chat.bubble("Running")).to_be_visible()
    assert next(answers, None) is None
    chat.page.unroute("**/live/conversations/")

    for number in range(8):
        tab = Chat(chat.page.context.new_page(), chat.shop)
        tab.visit().launcher.click()
        expect(tab.bubble("Running")).to_be_visible()
        tab.text.fill(f"draft {number}")
        expect(tab.text).to_have_value(f"draft {number}")
        if number < 7:
            tab.page.close()

    tab.write("From the second tab")
    expect(chat.bubble("From the second tab")).to_be_visible()
    answer(acme, ben, "To both")
    for one in (chat, tab):
        expect(one.bubble("To both")).to_be_visible()
        assert len(one.said()) == len(set(one.said()))
    with acme.scope():
        assert (Visitor.objects.count(), Conversation.objects.count()) == (1, 1)

    # A refusal for being too fast is shown with its time, and nothing is lost.
    tab.page.close()
    chat.page.bring_to_front()
    monkeypatch.setattr(limits, "MESSAGE_BY_VISITOR", Rate("message-visitor", 20, MINUTE, 2))
    many = [f"message {number}" for number in range(5)]
    chat.write(*many)
    expect(chat.panel.get_by_text("Too many messages at once.")).to_be_visible()
    wait_for(lambda: received(acme)[2:], many, seconds=30)


def test_a_browser_that_keeps_nothing_can_chat_all_the_same(acme, ben, chat):
    chat.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    chat.visit().ask().write("Hello", "Again")
    wait_for(lambda: received(acme), ["Hello", "Again"])
    answer(acme, ben, "An answer")
    expect(chat.bubble("An answer")).to_be_visible()
    expect(chat.panel.get_by_text("This browser keeps nothing")).to_be_visible()
    with acme.scope():
        assert (Visitor.objects.count(), Conversation.objects.count()) == (1, 1)


def test_what_waited_for_a_day_is_not_sent_behind_its_writers_back(acme, chat):
    """T133: it says so and waits for a tap."""
    chat.page.route("**/live/session/", lambda route: route.abort())
    chat.visit().ask().write("Yesterday's question")
    expect(chat.panel.get_by_text("Sending…")).to_be_visible()
    chat.frame().evaluate(
        """() => new Promise((done) => {
            indexedDB.open("parley:acme-chat").onsuccess = ({target}) => {
                const shelf = target.result.transaction("out", "readwrite").objectStore("out");
                shelf.getAll().onsuccess = ({target}) => {
                    for (const item of target.result) shelf.put({...item, at: item.at - 25 * 3600 * 1000});
                };
                shelf.transaction.oncomplete = () => done();
            };
        })"""
    )
    chat.page.unroute("**/live/session/")
    chat.visit().launcher.click()
    expect(chat.panel.get_by_text("Not sent.")).to_be_visible()
    assert received(acme) == []
    chat.panel.get_by_role("button", name="Try again").click()
    wait_for(lambda: received(acme), ["Yesterday's question"])


def test_two_tabs_empty_one_outbox_one_by_one(acme, shop, tabs):
    """T133: what both know of is sent once, in order, one in flight."""
    flying, most = 0, 0

    def count(route):
        nonlocal flying, most
        if route.request.method != "POST":
            return route.continue_()
        flying += 1
        most = max(most, flying)
        answer = route.fetch()
        flying -= 1
        route.fulfill(response=answer)

    first, second = Chat(tabs.new_page(), shop), Chat(tabs.new_page(), shop)
    tabs.route_web_socket("**/live/visitor/", lambda socket: socket.close())
    tabs.route("**/live/messages/", count)
    tabs.route("**/live/session/", lambda route: route.abort())
    first.visit().ask().write("one", "two", "three")
    second.visit().launcher.click()
    expect(second.bubble("three")).to_be_visible()
    tabs.unroute("**/live/session/")
    second.write("four")
    wait_for(lambda: received(acme), ["one", "two", "three", "four"], page=first.page)
    tabs.unroute_all(behavior="wait")  # what stands already may not have been answered yet
    assert most == 1
