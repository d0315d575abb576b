"""Two who answer at once, and what helps to write: saved replies, names, emoji (CO-3, CR-8)."""

import pytest
from playwright.sync_api import expect

from conversations.actions import send_reply
from conversations.models import Conversation, Mention, Message, Snippet
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


@pytest.fixture
def conversation(acme) -> Conversation:
    with acme.scope():
        return make_conversation(acme)


def answers(house) -> list[str]:
    with house.scope():
        return list(Message.objects.filter(direction="out").order_by("seq").values_list("body", flat=True))


def test_a_colleague_who_was_faster_holds_my_reply_until_i_choose(acme, ada, conversation, desk):
    """CO-3: nothing leaves and nothing is lost; what is new stands above what I wrote."""
    desk.open("unassigned", conversation.pk).ready()
    desk.press("Escape", "r")
    expect(desk.page.locator("#composer .prose")).to_be_focused()
    desk.page.keyboard.type("Dear James")
    with acme.scope():
        send_reply(conversation, body="I took care of it", by=ada)
    expect(desk.item("I took care of it")).to_be_visible()
    expect(desk.company).to_contain_text("Owned by Ada Owner")
    desk.press("Control+Enter")
    news = desk.page.locator("[data-held-news]")
    expect(news).to_contain_text("I took care of it")
    expect(desk.value()).to_have_value("Dear James")
    assert answers(acme) == ["I took care of it"]
    desk.page.get_by_role("button", name="Send anyway").click()
    expect(news).to_have_count(0)
    wait_for(lambda: answers(acme), ["I took care of it", "Dear James"])


def test_saved_replies_names_and_emoji_by_their_signs(acme, ada, conversation, desk):
    """CR-8, NO-5: without a mouse; the text keeps the focus."""
    with acme.scope():
        Snippet.objects.create(
            name="Greeting", shortcut="hi", body='Hello {{ contact.first_name | "there" }},'
        )
    desk.open("unassigned", conversation.pk).ready()
    desk.press("Escape", "r")
    expect(desk.page.locator("#composer .prose")).to_be_focused()
    desk.page.keyboard.type("/hi")
    expect(desk.page.get_by_role("option", name="Greeting")).to_be_visible()
    desk.press("Enter")
    expect(desk.value()).to_have_value("Hello James,")
    desk.page.keyboard.type(" :tada")
    expect(desk.page.locator("#suggest [role=option]").first).to_be_visible()
    desk.press("Enter")
    expect(desk.value()).to_have_value("Hello James, 🎉 ")
    desk.press("Escape", "c")
    desk.page.keyboard.type("@ada")
    expect(desk.page.get_by_role("option", name="Ada Owner")).to_be_visible()
    desk.press("Tab")
    desk.page.keyboard.type("please look")
    expect(desk.value("comment")).to_have_value("@Ada Owner please look")
    desk.press("Control+Enter")
    expect(desk.item("please look").locator(".at")).to_have_text("@Ada Owner")
    with acme.scope():
        assert Mention.objects.get().member == ada
