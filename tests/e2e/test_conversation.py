"""A visitor on a customer's page and an agent in the inbox, each in a browser of their own."""

import pytest
from playwright.sync_api import expect

from conversations.models import Comment, Conversation, Message, Status
from tests.e2e.visitor import wait_for

pytestmark = pytest.mark.browser


def only_conversation(house) -> Conversation:
    with house.scope():
        return Conversation.objects.get()


def kept(house) -> list[tuple[str, str]]:
    with house.scope():
        messages = Message.objects.exclude(kind="welcome").order_by("seq")
        return list(messages.values_list("direction", "body"))


@pytest.fixture
def heard(visitor) -> list[str]:
    """Every frame that the visitor's sockets receive."""
    heard: list[str] = []
    visitor.page.on("websocket", lambda line: line.on("framereceived", lambda said: heard.append(str(said))))
    return heard


@pytest.fixture
def talking(acme, desk, heard, visitor):
    """A visitor has asked, and the agent has the conversation open."""
    visitor.visit().ask().write("Is the Halo lamp dimmable?")
    wait_for(lambda: len(kept(acme)), 1)
    conversation = only_conversation(acme)
    desk.open("open", conversation.pk).ready()
    return conversation


def test_from_the_first_word_to_a_second_answer(acme, desk, visitor):
    """RT-1, RT-2, UI-5: on the shelf, let in, opened, answered; and live in both directions."""
    desk.open("unassigned").ready()
    visitor.visit().ask().write("Is the Halo lamp dimmable?")
    expect(desk.shelf).to_contain_text("1 new")
    assert desk.rows() == []
    conversation = only_conversation(acme)

    desk.press(".")
    expect(desk.row(conversation.pk)).to_be_focused()
    expect(desk.row(conversation.pk)).to_contain_text("Is the Halo lamp dimmable?")
    expect(desk.shelf).to_be_hidden()
    desk.press("Enter")
    expect(desk.item("Is the Halo lamp dimmable?")).to_be_visible()
    expect(desk.page).to_have_url(f"{desk.house}/inbox/unassigned/{conversation.pk}/")
    expect(visitor.panel.get_by_text("Seen")).to_be_hidden()

    desk.send("It is, with any trailing-edge dimmer.")
    expect(visitor.bubble("with any trailing-edge dimmer")).to_be_visible()
    expect(desk.item("trailing-edge").get_by_text("Seen")).to_be_visible()
    expect(desk.status).to_contain_text("waiting on them")

    visitor.write("Wonderful, thank you.")
    expect(desk.item("Wonderful, thank you.")).to_be_visible()
    expect(desk.status).to_contain_text("your turn since")
    wait_for(lambda: desk.spoken("Wonderful, thank you."), 1)
    assert desk.messages()[-3:] == [
        "Is the Halo lamp dimmable?",
        "It is, with any trailing-edge dimmer.",
        "Wonderful, thank you.",
    ]
    assert desk.spoken("trailing-edge") == 0, "one's own words are not read out"
    assert kept(acme) == [
        ("in", "Is the Halo lamp dimmable?"),
        ("out", "It is, with any trailing-edge dimmer."),
        ("in", "Wonderful, thank you."),
    ]


def test_comments_stay_with_the_team(acme, ada, talking, heard, desk, visitor, sit_down):
    """CO-1: a colleague reads it at once, the visitor's panel neither shows nor receives it."""
    colleague = sit_down(ada).open("open", talking.pk).ready()
    desk.send("They bought two last year.", mode="comment")
    expect(colleague.item("They bought two last year.")).to_contain_text("Only your team")
    desk.send("Yes it is.")
    expect(visitor.bubble("Yes it is.")).to_be_visible()
    assert "two last year" not in visitor.panel.locator("body").inner_text()
    wait_for(lambda: any("Yes it is." in frame for frame in heard), True, page=visitor.page)
    assert not any("two last year" in frame for frame in heard)
    with acme.scope():
        assert [comment.body for comment in Comment.objects.all()] == ["They bought two last year."]


def test_closed_and_opened_again_by_the_visitors_next_word(acme, talking, desk, visitor):
    """ST-3."""
    desk.open("closed", talking.pk).ready()
    desk.press("e")
    expect(desk.status).to_contain_text("closed")
    expect(visitor.panel.get_by_text("This chat was closed.")).to_be_visible()
    visitor.write("One more thing")
    expect(desk.status).to_contain_text("your turn since")
    expect(desk.item("One more thing")).to_be_visible()
    expect(visitor.panel.get_by_text("This chat was closed.")).to_be_hidden()
    with acme.scope():
        assert Conversation.objects.get().status == Status.OPEN


def test_reload_on_the_visitors_side_goes_on(acme, talking, desk, visitor):
    """CT-7: what was said is there again, once, and what came meanwhile too."""
    desk.send("Yes it is.")
    expect(visitor.bubble("Yes it is.")).to_be_visible()
    visitor.page.reload()
    desk.send("And so is the Brume.")
    expect(visitor.launcher).to_have_attribute("aria-label", "Open chat, unread messages: 1")
    visitor.launcher.click()
    expect(visitor.bubble("And so is the Brume.")).to_be_visible()
    assert visitor.said()[-3:] == ["Is the Halo lamp dimmable?", "Yes it is.", "And so is the Brume."]
    visitor.write("Both, then")
    expect(desk.item("Both, then")).to_be_visible()
    assert only_conversation(acme).pk == talking.pk


def test_each_sees_the_other_write(talking, desk, visitor):
    """PR-1: by name, in the row, above the composer, in the panel; and it ends with the message."""
    visitor.text.press_sequentially("And the Bru")
    expect(desk.company).to_contain_text("is typing…")
    expect(desk.row(talking.pk)).to_contain_text("is typing…")
    visitor.text.press("Enter")
    expect(desk.item("And the Bru")).to_be_visible()
    # Ended by the message: by itself it would last six seconds.
    expect(desk.company).not_to_contain_text("is typing…", timeout=4_000)
    expect(desk.row(talking.pk)).to_contain_text("And the Bru", timeout=4_000)

    desk.press("r")
    desk.page.keyboard.type("It is")
    expect(visitor.panel.get_by_text("Ben Agent is typing")).to_be_attached()
    desk.press("Control+Enter")
    expect(visitor.bubble("It is")).to_be_visible()
    expect(visitor.panel.get_by_text("Ben Agent is typing")).not_to_be_attached(timeout=4_000)


def test_comments_being_written_are_not_told_to_the_visitor(talking, desk, visitor):
    desk.press("c")
    desk.page.keyboard.type("A rude remark")
    visitor.page.wait_for_timeout(700)
    expect(visitor.panel.get_by_text("Ben Agent is typing")).not_to_be_attached()


def test_in_french(acme, ben, french, sit_down, visitor):
    desk = sit_down(ben, language="fr", locale="fr-FR").open("unassigned").ready()
    visitor.visit("/fr").ask().write("La lampe Halo est-elle réglable ?")
    expect(desk.shelf).to_contain_text("1 nouveau")
    desk.press(".", "Enter")
    expect(desk.item("La lampe Halo est-elle réglable ?")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Envoyer", exact=False).first).to_be_visible()
    desk.send("Oui, avec tout variateur.")
    expect(visitor.bubble("Oui, avec tout variateur.")).to_be_visible()
    desk.press("Escape", "e")
    expect(desk.page.locator(".toast")).to_contain_text("Fermée")
    expect(visitor.panel.get_by_text("Ce chat est clos.", exact=False)).to_be_visible()
