"""Writing letters: to whom, taken back in time, kept while they are written, passed on, and written first (CR-1 to CR-6)."""

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation, Draft, Message, ScheduledReply
from conversations.receive import receive
from tests.e2e.visitor import wait_for
from tests.factories import make_mail

pytestmark = pytest.mark.browser


@pytest.fixture
def conversation(acme) -> Conversation:
    told = {
        "from": {"name": "James Whitfield", "address": "james@pine.example"},
        "to": [{"name": "Support", "address": "support@acme.example"}],
        "cc": [{"name": "Lea Pine", "address": "lea@pine.example"}],
    }
    with acme.scope():
        appended = receive(make_mail(acme, extra={"mail": told}, is_mail=True))
        return Conversation.objects.get(pk=appended.conversation_id)


def sent(house) -> list[Message]:
    with house.scope():
        return list(Message.objects.filter(direction="out").order_by("pk"))


def draft(house) -> str:
    with house.scope():
        return Draft.objects.values_list("html", flat=True).first() or ""


def write(desk, text: str) -> None:
    desk.press("Escape", "r")
    expect(desk.page.locator("#composer .prose")).to_be_focused()
    desk.page.keyboard.type(text)


def test_reply_to_all_with_a_style_by_keyboard_alone(acme, conversation, desk):
    """CR-5: everybody of the last mail but ourselves; HTML that mail carries, and its plain twin."""
    desk.open("unassigned", conversation.pk).ready()
    expect(desk.page.locator("#reply-envelope [data-summary]")).to_have_text("James Whitfield, Lea Pine")
    write(desk, "Dear James, ")
    desk.press("Control+b")
    desk.page.keyboard.type("tomorrow")
    desk.press("Control+b", "Enter")
    desk.page.keyboard.type("Ben")
    desk.press("Control+Enter")
    expect(desk.page.frame_locator("iframe.letter__frame").get_by_text("tomorrow")).to_be_visible()
    wait_for(lambda: len(sent(acme)), 1)
    [message] = sent(acme)
    assert message.html == "<p>Dear James, <strong>tomorrow</strong></p><p>Ben</p>"
    assert message.body == "Dear James, tomorrow\n\nBen"
    told = message.extra["mail"]
    assert [one["address"] for one in told["to"]] == ["james@pine.example"]
    assert [one["address"] for one in told["cc"]] == ["lea@pine.example"]
    expect(desk.value()).to_have_value("")
    expect(desk.page.locator("#composer .prose")).to_be_focused()


def test_undo_brings_back_words_people_and_files(acme, conversation, desk, settings):
    """CR-6: nothing has left. Fifty seconds, not ten: on a busy machine a click takes its time."""
    settings.UNDO_SEND_SECONDS = 50
    desk.open("unassigned", conversation.pk).ready()
    desk.page.locator("#reply-envelope [data-unfold]").click()
    desk.page.get_by_label("Bcc").fill("boss@acme.example")
    desk.press("Enter")
    desk.page.locator("form[data-for=reply] [data-attach]").set_input_files(
        {"name": "bulb.txt", "mimeType": "text/plain", "buffer": b"E27"}
    )
    expect(desk.page.locator("#composer [data-chip]:not([aria-busy])")).to_contain_text("bulb.txt")
    write(desk, "Too early")
    desk.press("Control+Enter")
    expect(desk.page.locator(".msg--held")).to_contain_text("Leaves in a moment")
    desk.page.locator(".toast [data-undo]").click()
    expect(desk.page.locator(".msg--held")).to_be_hidden()
    expect(desk.value()).to_have_value("Too early")
    expect(desk.page.locator("#composer .prose")).to_contain_text("Too early")
    expect(desk.page.locator("#reply-envelope [data-summary]")).to_contain_text("boss@acme.example")
    expect(desk.page.locator("#composer [data-chip]")).to_contain_text("bulb.txt")
    with acme.scope():
        wait_for(ScheduledReply.objects.exists, False)
    assert sent(acme) == []


def test_a_draft_with_its_people_survives_a_reload(acme, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    desk.page.locator("#reply-envelope [data-unfold]").click()
    desk.page.get_by_label("Cc", exact=True).fill("noor@pine.example,")
    write(desk, "Half a ")
    desk.press("Control+i")
    desk.page.keyboard.type("thought")
    expect(desk.page.locator("form[data-for=reply] [data-saved]")).to_have_text("Draft kept")
    wait_for(lambda: draft(acme), "<p>Half a <em>thought</em></p>")
    desk.page.reload()
    expect(desk.page.locator("#composer .prose em")).to_have_text("thought")
    expect(desk.page.locator("#reply-envelope [data-summary]")).to_contain_text("noor@pine.example")


def test_a_letter_is_passed_on(acme, conversation, desk):
    """CR-4: to somebody else; the customer waits as before."""
    desk.open("unassigned", conversation.pk).ready()
    desk.page.get_by_role("button", name="More about this letter").click()
    desk.page.get_by_role("button", name="Forward").click()
    expect(desk.page.get_by_label("To", exact=True)).to_be_focused()
    desk.page.keyboard.type("maker@lamps.example")
    desk.press("Enter")
    desk.page.locator("#composer .prose").fill("Can you mend it?")
    wait_for(lambda: "Can you mend it?" in draft(acme), True)
    desk.page.reload()
    expect(desk.page.locator("#reply-kind")).to_have_value("forward")
    expect(desk.page.locator("#composer .prose")).to_have_text("Can you mend it?")
    desk.page.locator("#composer .prose").focus()
    desk.press("Control+Enter")
    expect(desk.line).to_contain_text("Forwarded to maker@lamps.example")
    [message] = sent(acme)
    assert message.extra["mail"]["kind"] == "forward"
    with acme.scope():
        assert Conversation.objects.get(pk=conversation.pk).waiting_since


def test_an_address_that_is_none_is_said(acme, conversation, desk):
    desk.open("unassigned", conversation.pk).ready()
    desk.page.locator("#reply-envelope [data-unfold]").click()
    desk.page.get_by_label("Cc", exact=True).fill("nobody")
    desk.page.locator("#composer .prose").fill("Hello")
    desk.page.locator("form[data-for=reply] [data-send]").click()
    expect(desk.page.locator("#reply-error")).to_have_text("“nobody” is not an email address.")
    assert sent(acme) == []


def test_a_new_letter_begins_a_conversation(acme, conversation, desk):
    """CR-1, EM-12: in a window beside the work, to a contact found by typing."""
    desk.open("unassigned", conversation.pk).ready()
    desk.page.get_by_role("link", name="New letter").click()
    to = desk.page.locator("#compose-to")
    expect(to).to_be_focused()
    with desk.page.expect_response("**/people/?q=james*"):
        to.press_sequentially("james")
    expect(desk.page.locator("#compose-to-known option")).to_have_attribute(
        "value", "James Whitfield <james@pine.example>"
    )
    to.fill("James Whitfield <james@pine.example>")
    expect(desk.page.locator("#compose .person")).to_contain_text("James Whitfield")
    desk.page.locator("#compose-subject").fill("Your new lamp")
    desk.page.locator("#compose .prose").click()
    desk.page.keyboard.type("It is ready.")
    desk.press("Control+Enter")
    expect(desk.page.locator("#compose")).to_be_hidden()
    desk.page.locator(".toast a").click()
    expect(desk.line).to_contain_text("It is ready.")
    [message] = sent(acme)
    assert (message.subject, message.extra["mail"]["kind"]) == ("Your new lamp", "new")
    assert message.conversation_id != conversation.pk


def test_a_new_letter_can_be_taken_back_and_sent_after_all(acme, conversation, desk, settings):
    """CR-6 for EM-12: it comes back into the composer of the conversation that it was to begin."""
    settings.UNDO_SEND_SECONDS = 50
    desk.open("unassigned", conversation.pk).ready()
    desk.page.get_by_role("link", name="New letter").click()
    desk.page.locator("#compose-to").fill("Mary <mary@pine.example>,")
    desk.page.locator("#compose-subject").fill("Your new lamp")
    desk.page.locator("#compose .prose").click()
    desk.page.keyboard.type("It is ready.")
    desk.press("Control+Enter")
    desk.page.locator(".toast [data-undo]").click()
    expect(desk.page.locator("#composer .prose")).to_have_text("It is ready.")
    expect(desk.page.locator("#reply-envelope [data-summary]")).to_contain_text("Mary")
    assert sent(acme) == []
    settings.UNDO_SEND_SECONDS = 0
    desk.page.locator("form[data-for=reply] [data-send]").click()
    wait_for(lambda: [message.subject for message in sent(acme)], ["Your new lamp"])
    [message] = sent(acme)
    assert [one["address"] for one in message.extra["mail"]["to"]] == ["mary@pine.example"]


PASTE = """async (place) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 30});
  canvas.getContext("2d").fillRect(0, 0, 40, 30);
  const data = new DataTransfer();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  data.items.add(new File([blob], "lamp.png", {type: "image/png"}));
  place.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_a_pasted_picture_stands_in_the_text_and_travels_with_it(acme, conversation, desk):
    """EM-13: a file of ours for the editor, a content id in the mail, data in the frame."""
    desk.open("unassigned", conversation.pk).ready()
    write(desk, "Like this: ")
    desk.page.locator("#composer .prose").evaluate(PASTE)
    expect(desk.page.locator("#composer .prose img[alt='lamp.png']")).to_be_visible()
    expect(desk.page.locator("#composer [data-chip]")).to_have_count(0)
    wait_for(lambda: "<img" in draft(acme), True)
    desk.page.reload()
    expect(desk.page.locator("#composer .prose img[alt='lamp.png']")).to_be_visible()
    write(desk, " See?")
    desk.press("Control+Enter")
    shown = desk.page.frame_locator("iframe.letter__frame").locator("img[src^='data:image/png']")
    expect(shown).to_be_visible()
    [message] = sent(acme)
    with acme.scope():
        key = str(message.attachments.get().storage_key)
    assert f'src="cid:{key}"' in message.html
    assert message.extra["mail"]["cids"] == {key: key}
    expect(desk.line.locator(".files")).to_have_count(0)


def test_a_letter_may_leave_later_and_waits_on_the_line(acme, conversation, desk):
    """CR-6: said where it waits; it can be taken back or sent at once."""
    desk.open("unassigned", conversation.pk).ready()
    write(desk, "See you tomorrow")
    desk.page.get_by_role("button", name="Other ways to send").click()
    desk.page.get_by_role("button", name="Tomorrow at 9:00").click()
    expect(desk.page.locator(".msg--held")).to_contain_text("See you tomorrow")
    with acme.scope():
        held = ScheduledReply.objects.get()
    assert (held.send_at.hour, held.send_at > held.created_at) == (9, True)
    assert sent(acme) == []
    desk.page.reload()
    desk.page.locator(".msg--held").get_by_role("button", name="Send now").click()
    expect(desk.page.locator(".msg--held")).to_be_hidden()
    wait_for(lambda: [message.body for message in sent(acme)], ["See you tomorrow"])
