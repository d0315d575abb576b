"""Letters as an agent reads them: whatever a stranger wrote, nothing of it acts, asks or hides (EM-13)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from channels_app.models import InboundPayload
from contacts.models import ContactAddress
from conversations.models import Conversation, Message, Participant
from conversations.receive import receive
from tests.e2e.test_accessibility import in_both_themes
from tests.e2e.visitor import wait_for
from tests.factories import make_mail

pytestmark = pytest.mark.browser

HOSTILE = """<p onclick="alert(1)">Dear team, <b>look</b>.</p><script>parent.document.title = "owned"</script>
<img src="x" onerror="parent.document.title='owned'"><svg onload="alert(1)"></svg>
<a href="javascript:alert(1)">press me</a> <a href="https://lamps.example/x">our shop</a>
<form action="/w/acme/"><button hx-post="/w/acme/">Send</button></form><base href="https://evil.example/">
<meta http-equiv="refresh" content="0;url=https://evil.example/"><style>@import "https://evil.example/x.css"</style>
<div style="background:url(https://evil.example/bg.png);position:fixed">fixed</div>"""
PICTURES = (
    '<p>Look at this</p><img src="https://pictures.example/lamp.png" alt="A lamp" width="40" height="30">'
)
RAW = b"""From: James <james@pine.example>\r\nTo: support@acme.example\r\nSubject: Dimmer flickers\r\n\
Message-ID: <raw@pine.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<div>It still flickers.</div><div class="gmail_quote"><div class="gmail_attr">On Monday, Ada wrote:<br></div>\
<blockquote>Did you change the bulb?</blockquote></div>\r\n"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def arrived(house, html: str, body="Look at this", **mail) -> Conversation:
    told = {"from": {"name": "James Whitfield", "address": "james@pine.example"}, "to": [], "cc": []} | mail
    with house.scope():
        appended = receive(make_mail(house, body, html=html, extra={"mail": told}))
        return Conversation.objects.get(pk=appended.conversation_id)


def letter_in(desk):
    return desk.page.frame_locator("iframe.letter__frame")


def elsewhere(desk) -> list[str]:
    """Addresses outside of our own house that the page asks for."""
    asked: list[str] = []
    desk.page.context.route("**/*", lambda route: _answer(route, desk.house, asked))
    return asked


def _answer(route, house: str, asked: list[str]) -> None:
    if route.request.url.startswith((house.split("/w/")[0], "data:", "blob:")):
        return route.continue_()
    asked.append(route.request.url)
    return route.fulfill(body=PIXEL, content_type="image/png")


def test_a_hostile_letter_does_nothing(acme, desk):
    """T050: no script of it runs, no address of it is asked, no form of it is sent; its words are there."""
    conversation = arrived(acme, HOSTILE)
    asked = elsewhere(desk)
    desk.open("unassigned", conversation.pk).ready()
    letter = letter_in(desk)
    expect(letter.get_by_text("Dear team,")).to_be_visible()
    letter.get_by_text("Dear team,").click()
    assert letter.locator("script").count() == 1  # ours, which tells the height
    assert (
        letter.locator("form, svg, base, [onclick], [onerror], [hx-post], a[href^='javascript']").count() == 0
    )
    shop = letter.get_by_role("link", name="our shop")
    assert shop.get_attribute("target") == "_blank"
    assert "noopener" in shop.get_attribute("rel")
    assert asked == []
    assert "owned" not in desk.page.title()
    with pytest.raises(Exception, match="Blocked|SecurityError|cross-origin"):
        desk.page.frames[-1].evaluate("parent.document.title")


def test_pictures_of_others_wait_until_asked_and_are_remembered_by_sender(acme, desk):
    """EM-13."""
    first = arrived(acme, PICTURES, remote_images=True)
    asked = elsewhere(desk)
    desk.open("unassigned", first.pk).ready()
    expect(letter_in(desk).get_by_text("Look at this")).to_be_visible()
    assert asked == []
    desk.page.get_by_role("button", name="Show", exact=True).click()
    expect(letter_in(desk).locator("img[src]")).to_be_visible()
    wait_for(lambda: asked, ["https://pictures.example/lamp.png"], page=desk.page)
    desk.page.reload()
    expect(desk.page.get_by_text("Images are hidden.")).to_be_visible()
    desk.page.get_by_role("button", name="Always show from james@pine.example").click()
    expect(letter_in(desk).locator("img[src]")).to_be_visible()
    with acme.scope():
        wait_for(lambda: ContactAddress.objects.get(value="james@pine.example").shows_images, True)
    desk.page.reload()
    expect(letter_in(desk).locator("img[src]")).to_be_visible()
    expect(desk.page.get_by_text("Images are hidden.")).to_be_hidden()


def test_a_quote_is_folded_and_the_letter_is_as_tall_as_what_shows(acme, desk):
    conversation = arrived(acme, RAW.split(b"\r\n\r\n")[1].decode(), body="It still flickers.")
    with acme.scope():
        message = conversation.messages.get()
        InboundPayload.objects.create(
            channel=acme.email, source="test", external_id="1", body=RAW, message=message
        )
    desk.open("unassigned", conversation.pk).ready()
    letter = letter_in(desk)
    expect(letter.get_by_text("It still flickers.").first).to_be_visible()
    expect(letter.get_by_text("Did you change the bulb?")).to_be_hidden()
    frame = desk.page.locator("iframe.letter__frame[data-measured]")
    expect(frame).to_be_attached()
    folded = frame.bounding_box()["height"]
    letter.locator("summary").click()
    expect(letter.get_by_text("Did you change the bulb?")).to_be_visible()
    desk.page.wait_for_function(
        "before => document.querySelector('iframe.letter__frame').offsetHeight > before", arg=folded
    )


def test_the_original_and_its_file(acme, desk):
    conversation = arrived(acme, "<p>It still flickers.</p>", auth={"verdict": "fail", "detail": {}})
    with acme.scope():
        message = conversation.messages.get()
        InboundPayload.objects.create(
            channel=acme.email, source="test", external_id="1", body=RAW, message=message
        )
    desk.open("unassigned", conversation.pk).ready()
    expect(desk.line).to_contain_text("This may not come from james@pine.example")
    desk.page.get_by_role("button", name="More about this letter").click()
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Download (.eml)").click()
    assert download.value.suggested_filename == "Dimmer flickers.eml"
    assert Path(download.value.path()).read_bytes() == RAW
    desk.page.get_by_role("button", name="More about this letter").click()
    desk.page.get_by_role("link", name="View original").click()
    expect(desk.page.get_by_text("Message-ID: <raw@pine.example>")).to_be_visible()


def test_a_stranger_in_the_conversation_is_accepted_by_a_click(acme, desk):
    """Until then answers do not go to them."""
    conversation = arrived(acme, "", new_participant=True)
    with acme.scope():
        Participant.objects.update_or_create(
            conversation=conversation, address="james@pine.example", defaults={"is_new": True}
        )
    desk.open("unassigned", conversation.pk).ready()
    desk.page.get_by_role("button", name="Accept").click()
    expect(desk.page.get_by_role("button", name="Accept")).to_be_hidden()
    with acme.scope():
        wait_for(lambda: Participant.objects.get(address="james@pine.example").is_new, False)
        assert not Message.objects.get(conversation=conversation).extra["mail"]["new_participant"]


def test_axe_finds_nothing_in_a_letter_and_its_composer(acme, ben, sit_down):
    conversation = arrived(
        acme,
        PICTURES,
        remote_images=True,
        auto="auto-reply",
        new_participant=True,
        forwarded_by="pat@acme.example",
        to=[{"name": "Support", "address": "support@acme.example"}],
        cc=[{"name": "Lea", "address": "lea@pine.example"}],
        auth={"verdict": "fail"},
    )
    desk = sit_down(ben, reduced_motion="reduce")
    desk.open("unassigned", conversation.pk).ready()
    expect(desk.page.locator("#composer .prose")).to_be_visible()
    desk.page.locator(".letter__people > summary").click()
    desk.page.locator("#reply-envelope [data-unfold]").click()
    expect(desk.page.locator("#reply-fields")).to_be_visible()
    assert in_both_themes(desk.page) == []
    desk.page.locator("#reply-envelope [data-unfold]").click()
    desk.page.locator("#compose-button").click()
    expect(desk.page.locator("#compose .prose")).to_be_visible()
    assert in_both_themes(desk.page) == []
