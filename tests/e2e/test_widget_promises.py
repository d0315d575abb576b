"""What docs/widget.md says of the session, of a message's way, and of every state of the panel."""

import hashlib
import re

import pytest
from playwright.sync_api import expect

from contacts.models import Visitor
from conversations.actions import set_status
from conversations.models import Conversation, Message
from inboxes.models import Channel
from tests.e2e.test_widget import violations
from tests.e2e.visitor import Chat, answer, received, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(acme, chat) -> Chat:
    """A visitor who has asked one thing."""
    chat.visit().ask().write("Is the Halo lamp dimmable? 👋🏽")
    wait_for(lambda: len(received(acme)), 1)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    return chat


def test_the_session_is_256_bits_of_ours_alone_and_twice_on_send_is_one_message(acme, chat):
    """T064: in the panel's own storage, hashed at ours; in no address, and unknown to the page.

    P6, T133: the outbox is in the browser's database while there is something in it, and leaves nothing behind.
    """
    urls: list[str] = []
    chat.page.on("request", lambda request: urls.append(request.url))
    chat.page.on("websocket", lambda socket: urls.append(socket.url))
    chat.visit().ask()
    chat.text.fill("Only once")
    chat.panel.get_by_role("button", name="Send").dblclick()
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    assert received(acme) == ["Only once"]
    left = """() => new Promise((done) => {
        indexedDB.open("parley:acme-chat").onsuccess = ({target}) => {
            target.result.transaction("out").objectStore("out").count().onsuccess = ({target}) => done(target.result);
        };
    })"""
    wait_for(lambda: chat.frame().evaluate(left), 0)
    kept = "[localStorage['parley:acme-chat:out'], localStorage['parley:acme-chat:draft']]"
    assert chat.frame().evaluate(kept) == [None, None]
    token = chat.frame().evaluate("localStorage['parley:acme-chat:token']")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)  # 32 bytes
    assert not [url for url in urls if token in url]
    stored = "JSON.stringify(localStorage)"
    wait_for(lambda: chat.page.evaluate(stored), '{"parley:acme-chat:chat":"1"}')
    assert chat.page.context.cookies() == []
    with acme.scope():
        visitor = Visitor.objects.get()
    assert visitor.channel_id == acme.chat.pk
    assert visitor.token_hash == hashlib.sha256(token.encode()).hexdigest()


def test_without_a_database_the_page_remembers(acme, chat):
    chat.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    chat.visit().ask().write("one", "two")
    wait_for(lambda: received(acme), ["one", "two"])
    expect(chat.panel.get_by_text("This browser keeps nothing")).to_be_visible()


def test_an_answer_is_delivered_before_it_is_seen_and_axe_finds_nothing_in_the_rarer_states(acme, ben, asked):
    """The menu, a chat that was closed, the list of earlier ones, a message that was refused, no connection."""
    welcome = asked.panel.locator("[data-from=welcome]")
    expect(welcome).to_have_count(1)
    expect(welcome.locator(".said")).to_have_text("Hello. Ask us anything.")
    with acme.scope():
        first = Message.objects.order_by("seq").first()
    assert (first.kind, first.body) == ("welcome", "Hello. Ask us anything.")

    def delivery() -> str:
        with acme.scope():
            return Message.objects.get(body="It is 💡").delivery

    asked.page.evaluate("Parley.close()")
    answer(acme, ben, "It is 💡")
    wait_for(delivery, "delivered")
    asked.launcher.click()
    wait_for(delivery, "read")
    assert asked.said()[-1] == "It is 💡"
    assert received(acme) == ["Is the Halo lamp dimmable? 👋🏽"]

    page, found = asked.page, {}
    page.emulate_media(reduced_motion="reduce")
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(
            config={"sites": [asked.shop.origin], "typing_preview": True}
        )
        set_status(Conversation.objects.get(), "closed", by=ben)
    expect(asked.panel.get_by_text("This chat was closed.")).to_be_visible()
    found["closed"] = violations(asked.frame())
    asked.panel.get_by_role("button", name="More").click()
    expect(asked.panel.get_by_role("button", name="Sound for new answers")).to_be_visible()
    found["menu"] = violations(asked.frame())
    page.keyboard.press("Escape")
    asked.visit().launcher.click()
    asked.panel.get_by_role("button", name="Is the Halo lamp").wait_for()
    found["earlier"] = violations(asked.frame())
    asked.panel.get_by_role("button", name="Ask a question").click()
    expect(asked.panel.get_by_text("We see what you write")).to_be_visible()
    page.route("**/live/messages/", lambda route: route.fulfill(status=422, json={"error": "refused"}))
    page.route_web_socket("**/live/visitor/", lambda socket: socket.close())
    asked.visit().ask().write("Refused")
    asked.panel.get_by_role("button", name="Try again").wait_for()
    found["refused"] = violations(asked.frame())
    page.context.set_offline(True)
    expect(asked.panel.get_by_text("You are offline.")).to_be_visible()
    found["offline"] = violations(asked.frame())
    page.context.set_offline(False)
    assert {state: problems for state, problems in found.items() if problems} == {}
