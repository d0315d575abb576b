"""A bot and then a person: on a customer's page, and at the desk of whoever takes over."""

import re

import pytest
from playwright.sync_api import expect

from chatflows import actions, figures, serving
from chatflows.models import FlowSession, Measure, Outcome
from chatflows.session import hear
from conversations.models import Conversation
from tests.e2e.visitor import answer, received, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def leads(acme, ada):
    """The template that qualifies leads, as it comes, above the live chat."""
    with acme.scope():
        bot = actions.create_beside_default(
            acme.chat, template="qualify", name="Leads", language="en", by=ada
        )
        actions.save_draft(bot, revision=None, by=ada, options={"typing_delay_ms": 500})
        bot = actions.publish(bot, ada)
    serving.forget()
    return bot


def walk_on(house) -> None:
    """What the worker does after a visitor's message."""
    with house.scope():
        hear(Conversation.objects.get().pk)


def test_a_bot_asks_hands_over_and_is_silent_once_somebody_has_answered(acme, ben, leads, chat, sit_down):
    """BE-1, BE-9, RT-10: its chat stands among those of bots until it is handed over, then the bot says no more."""

    def says(words: str, then: str, *, pressed: bool = False) -> None:
        heard.append(words)
        if pressed:
            chat.panel.get_by_role("button", name=words, exact=True).click()
        else:
            chat.write(words)
        wait_for(lambda: received(acme), heard)
        walk_on(acme)
        expect(chat.bubble(then)).to_be_visible(timeout=20_000)
        # What was said last is in sight, whatever room was taken above or below it.
        expect(chat.bubble(then)).to_be_in_viewport()

    heard: list[str] = []
    chat.visit().launcher.click()
    chat.panel.locator("#ask").click()
    says("I would like to buy", "Which company are you with?", pressed=True)
    says("Brico", "How many of you would use it?")
    says("6–50", "Where can we write to you?", pressed=True)
    desk = sit_down(ben).open("bots")
    expect(desk.page.locator("#rows .rowbox")).to_have_count(1)
    says("not an address", "does not look like an email address")
    says("eva@brico.example", "handing you over")
    expect(desk.open("bots").page.locator("#rows .rowbox")).to_have_count(0)
    expect(desk.open().page.locator("#rows .rowbox")).to_have_count(1)

    answer(acme, ben, "Good morning, Ben here.")
    expect(chat.bubble("Ben here.")).to_be_in_viewport(timeout=20_000)
    said = chat.said()
    chat.write("Thank you")
    heard.append("Thank you")
    wait_for(lambda: received(acme), heard)
    walk_on(acme)
    with acme.scope():
        walk = FlowSession.objects.get()
        last = walk.conversation.messages.order_by("seq").last()
    assert last.body == "Thank you"
    assert walk.outcome == Outcome.HANDED_OVER
    assert walk.facts["visitor.device"] == "desktop"
    assert re.fullmatch(r"[A-Za-z/_]+", walk.facts["visitor.zone"])
    expect(chat.bubble("Thank you")).to_be_in_viewport()
    assert chat.said() == [*said, "Thank you"]
    figures.fold()
    with acme.scope():
        fared = figures.of_version(leads.published_id).whole
    assert fared[Measure.SHOWN] == fared[Measure.OPENED] == fared[Measure.STARTED] == 1
    assert fared[Measure.HANDED_OVER] == 1


def test_where_no_script_runs_the_bot_is_answered_by_forms(acme, leads, live, browser):
    """The chat as a page of its own: its forms go through, and its own cookie finds the chat again."""
    window = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = window.new_page()
    page.goto(f"{live}/live/chat/{acme.chat.identifier}/")
    page.get_by_role("button", name="I would like to buy").click()
    wait_for(lambda: received(acme), ["I would like to buy"])
    walk_on(acme)
    page.reload()
    expect(page.get_by_text("Which company are you with?")).to_be_visible()
    page.get_by_role("textbox").fill("Brico")
    page.get_by_role("button", name="Send", exact=True).click()
    wait_for(lambda: received(acme), ["I would like to buy", "Brico"])
    window.close()
