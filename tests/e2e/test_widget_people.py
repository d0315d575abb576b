"""Who is on the other side, and what a visitor hears and keeps of it."""

import pytest
from playwright.sync_api import expect

from conversations.actions import assign, comment
from conversations.models import Conversation, ReadMark
from inboxes.models import Channel
from tests.e2e.visitor import Chat, answer, received, wait_for
from workspaces.models import Availability

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(acme, chat) -> Chat:
    """A visitor who has asked one thing."""
    chat.visit().ask().write("Is the Halo lamp dimmable?")
    wait_for(lambda: len(received(acme)), 1)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    return chat


def give_to(house, member, *, read: bool) -> None:
    with house.scope():
        conversation = Conversation.objects.get()
        if read:
            ReadMark.objects.update_or_create(
                conversation=conversation, member=member, defaults={"seq": conversation.last_seq}
            )
        assign(conversation, to=member, by=member)


def test_whoever_takes_the_chat_is_introduced_and_the_chat_can_be_saved(acme, ben, asked):
    """OP-8: name, title, the way to a meeting, that they have read; the title counts; T069: the text."""
    ben.job_title = "Lamps and light"
    ben.meeting_url = "https://meet.example/ben"
    ben.availability = Availability.AVAILABLE
    ben.save()
    give_to(acme, ben, read=True)
    expect(asked.panel.get_by_text("Ben Agent joined. Everything above has been read.")).to_be_visible()
    head = asked.panel.locator(".head")
    expect(head.get_by_text("Ben Agent", exact=True)).to_be_visible()
    expect(head.get_by_text("Lamps and light")).to_be_visible()
    way = head.get_by_role("link", name="Book a meeting")
    expect(way).to_have_attribute("href", "https://meet.example/ben")
    asked.write("And the Brume?")
    wait_for(lambda: len(received(acme)), 2)
    answer(acme, ben, "Both.")
    expect(asked.bubble("Both.")).to_be_visible()
    expect(asked.panel.get_by_text("Ben Agent joined.")).to_have_count(1)
    order = asked.panel.locator(".sys, .said").all_inner_texts()
    assert [line.split(".")[0].split("\n")[-1] for line in order[-4:]] == [
        "Is the Halo lamp dimmable?",
        "Ben Agent joined",
        "And the Brume?",
        "Both",
    ]

    asked.page.evaluate("Parley.close()")
    answer(acme, ben, "An answer")
    expect(asked.page).to_have_title("(1) Atelier Lumen")
    asked.page.evaluate("document.title = 'Another page'")
    answer(acme, ben, "It is. See you!")
    expect(asked.page).to_have_title("(2) Another page")
    asked.launcher.click()
    expect(asked.page).to_have_title("Another page")

    # The messages, and nothing of what the team says among themselves.
    with acme.scope():
        comment(Conversation.objects.get(), body="a difficult one", by=ben)
    expect(asked.bubble("It is. See you!")).to_be_visible()
    asked.panel.get_by_role("button", name="More").click()
    with asked.page.expect_download() as saved:
        asked.panel.get_by_role("button", name="Save the chat as text").click()
    assert saved.value.suggested_filename.endswith(".txt")
    text = saved.value.path().read_text()
    assert text.startswith("Chat with Acme\nUTC\n\n")
    said = [part.split("\n", 1) for part in text.strip().split("\n\n")[1:]]
    assert [(who.split("  ")[1], body) for who, body in said] == [
        ("Acme", "Hello. Ask us anything."),
        ("You", "Is the Halo lamp dimmable?"),
        ("You", "And the Brume?"),
        ("Ben Agent", "Both."),
        ("Ben Agent", "An answer"),
        ("Ben Agent", "It is. See you!"),
    ]


def test_what_a_visitor_hears_and_who_reads_along(acme, ben, chat, sit_down):
    """A sound is off until the visitor wants it, remembered, and only for what they do not see arrive.

    Nobody is said to have read what they have not; agents read along only where the channel says so, and that is told.
    """
    chat.page.add_init_script(
        "window.tones = 0; const Real = window.AudioContext;"
        "window.AudioContext = class extends Real { constructor() { super(); window.tones++ } }"
    )
    chat.visit().ask().write("Hello")
    wait_for(lambda: len(received(acme)), 1)
    expect(chat.panel.get_by_text("Sent")).to_be_visible()
    give_to(acme, ben, read=False)
    line = chat.panel.locator(".sys", has_text="Ben Agent joined.")
    expect(line).to_be_visible()
    assert "read" not in line.inner_text()

    answer(acme, ben, "Silent")
    expect(chat.bubble("Silent")).to_be_visible()
    chat.panel.get_by_role("button", name="More").click()
    sound = chat.panel.get_by_role("button", name="Sound for new answers")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    tones = lambda: chat.frame().evaluate("tones")  # noqa: E731
    wait_for(tones, 1)
    chat.page.keyboard.press("Escape")
    answer(acme, ben, "Seen as it comes")
    expect(chat.bubble("Seen as it comes")).to_be_visible()
    assert tones() == 1
    chat.page.evaluate("Parley.close()")
    answer(acme, ben, "Not seen")
    wait_for(tones, 2)
    chat.visit().launcher.click()
    chat.panel.get_by_role("button", name="More").click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    chat.page.keyboard.press("Escape")

    with acme.scope():
        conversation = Conversation.objects.get()
    desk = sit_down(ben).open("open", conversation.pk).ready()
    chat.page.bring_to_front()
    chat.text.press_sequentially("I wonder")
    expect(desk.row(conversation.pk)).to_contain_text("is typing…")
    expect(chat.panel.get_by_text("We see what you write")).to_have_count(0)
    config = {"sites": [chat.shop.origin], "typing_preview": True}
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config=config)
    chat.text.fill("")
    chat.visit().launcher.click()
    expect(chat.panel.get_by_text("We see what you write as you write it.")).to_be_visible()
    chat.text.press_sequentially("whether it is dimmable", delay=90)
    expect(desk.row(conversation.pk)).to_contain_text("whether it")
    expect(desk.company).to_contain_text("whether it")
