"""Files between a visitor and an agent, each at a browser of their own."""

import re

import pytest
from playwright.sync_api import expect

from conversations.models import Attachment, Conversation, Message
from tests.e2e.visitor import wait_for
from tests.pictures import PDF, picture

pytestmark = pytest.mark.browser

PHOTO = {"name": "shade.png", "mimeType": "image/png", "buffer": picture(size=(640, 480))}
LABEL = {"name": "return-label.pdf", "mimeType": "application/pdf", "buffer": PDF}
OURS = re.compile(r"/w/acme/files/[0-9a-f-]{36}/$")
LOADED = "image => image.complete && image.naturalWidth > 0"


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def only_conversation(house) -> Conversation | None:
    with house.scope():
        return Conversation.objects.first()


def enclosed(house) -> list[tuple[str, str]]:
    with house.scope():
        rows = Attachment.objects.exclude(message=None).order_by("pk")
        return list(rows.values_list("message__direction", "name"))


def choose(visitor, *files) -> None:
    with visitor.page.expect_file_chooser() as chosen:
        visitor.panel.get_by_role("button", name="Attach a file").click()
    chosen.value.set_files(list(files))


def is_taken(visitor, files: int) -> None:
    """They stand in the tray, and all of them has arrived."""
    expect(visitor.panel.locator(".tray li")).to_have_count(files)
    expect(visitor.panel.locator(".tray progress")).to_have_count(0)


def is_loaded(image) -> None:
    expect(image).to_be_visible()
    wait_for(lambda: image.evaluate(LOADED), True)


def test_a_picture_there_and_a_label_back(acme, desk, visitor):
    """CT-16: from a visitor who never wrote before, without a word; and back."""
    visitor.visit().ask()
    choose(visitor, PHOTO)
    is_taken(visitor, 1)
    expect(visitor.panel.locator(".tray li")).to_contain_text("shade.png")
    visitor.text.press("Enter")
    is_loaded(visitor.panel.locator(".pic img"))
    wait_for(lambda: enclosed(acme), [("in", "shade.png")])

    conversation = only_conversation(acme)
    desk.open("unassigned", conversation.pk).ready()
    expect(desk.row(conversation.pk)).to_contain_text("File: shade.png")
    is_loaded(desk.line.locator(".thumb img"))

    desk.press("r")
    desk.page.locator("[data-attach]").set_input_files([LABEL])
    expect(desk.page.locator("[data-chip]")).to_contain_text("return-label.pdf")
    expect(desk.page.locator("[data-chip][aria-busy]")).to_have_count(0)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.line.locator(".file", has_text="return-label.pdf")).to_have_attribute("href", OURS)
    expect(desk.page.locator("[data-chip]")).to_have_count(0)

    row = visitor.panel.locator(".file", has_text="return-label.pdf")
    expect(row).to_be_visible()
    with visitor.page.expect_download() as got:
        row.click()
    assert got.value.suggested_filename == "return-label.pdf"
    assert got.value.path().read_bytes() == PDF


def test_an_old_address_is_renewed_when_it_is_wanted(acme, desk, visitor):
    """Addresses are good for five minutes; a panel stays open for hours."""
    visitor.page.clock.install()
    visitor.visit().ask()
    choose(visitor, PHOTO)
    is_taken(visitor, 1)
    visitor.text.press("Enter")
    picture_link = visitor.panel.locator("a.pic")
    is_loaded(picture_link.locator("img"))
    wait_for(lambda: enclosed(acme), [("in", "shade.png")])
    visitor.page.clock.fast_forward("10:00")
    with visitor.page.expect_request("**/link/"), visitor.page.expect_popup() as opened:
        picture_link.click()
    expect(opened.value.locator("img")).to_have_count(1)


def test_what_is_refused_says_so_and_what_is_removed_stays_here(acme, visitor):
    visitor.visit().ask()
    choose(visitor, {"name": "setup.exe", "mimeType": "image/png", "buffer": PDF})
    expect(visitor.panel.get_by_role("alert")).to_contain_text("setup.exe: This kind of file is not accepted")
    expect(visitor.panel.locator(".tray li")).to_have_count(0)
    choose(visitor, PHOTO, LABEL)
    is_taken(visitor, 2)
    visitor.panel.get_by_role("button", name="Remove shade.png").click()
    visitor.write("Only the label.")
    wait_for(lambda: enclosed(acme), [("in", "return-label.pdf")])
    expect(visitor.bubble("Only the label.")).to_be_visible()


def test_a_page_may_hide_the_button(acme, visitor):
    """CT-16: disableAttachment."""
    visitor.page.add_init_script("window.ParleySettings = {disableAttachment: true}")
    visitor.visit().ask()
    expect(visitor.panel.get_by_role("button", name="Attach a file")).to_have_count(0)


def test_an_agent_drops_pastes_and_thinks_better_of_it(acme, desk, visitor):
    visitor.visit().ask().write("Could you send the label?")
    wait_for(lambda: only_conversation(acme) is not None, True)
    desk.open("unassigned", only_conversation(acme).pk).ready()
    put(desk, "drop", ".thread__head, #messages")
    expect(desk.page.locator("[data-chip]:not([aria-busy])")).to_have_count(1)
    put(desk, "paste", "form[data-for=reply] textarea:not([hidden]), form[data-for=reply] .prose")
    expect(desk.page.locator("[data-chip]:not([aria-busy])")).to_have_count(2)
    desk.page.get_by_role("button", name="Remove drop.txt").click()
    expect(desk.page.locator("[data-chip]")).to_have_count(1)
    desk.send("Here it is.")
    expect(visitor.panel.locator(".file", has_text="paste.txt")).to_be_visible()
    wait_for(lambda: enclosed(acme), [("out", "paste.txt")])
    with acme.scope():
        wait_for(Attachment.objects.count, 1)
        assert Message.objects.filter(direction="out", kind="message").count() == 1


def put(desk, kind: str, where: str) -> None:
    """A file comes by drag or by clipboard, as the browser would tell of it."""
    desk.page.locator(where).first.evaluate(
        """(place, kind) => {
            const given = new DataTransfer();
            given.items.add(new File(["words"], `${kind}.txt`, {type: "text/plain"}));
            const told = {bubbles: true, cancelable: true};
            place.dispatchEvent(kind === "drop" ? new DragEvent("drop", {...told, dataTransfer: given})
                : new ClipboardEvent("paste", {...told, clipboardData: given}));
        }""",
        kind,
    )
