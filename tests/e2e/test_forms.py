"""Forms in a real browser: on their own page, without a script, and in a frame on a customer's site."""

import pytest
from playwright.sync_api import expect

from channels_app.email import payloads
from channels_app.form import gate, versions
from channels_app.form.definition import Condition, Field, Form
from channels_app.models import InboundPayload
from conversations.models import Message
from inboxes.models import Channel
from tests.e2e.shop import Shop
from tests.e2e.test_accessibility import in_both_themes, problems
from tests.e2e.visitor import wait_for

pytestmark = pytest.mark.browser

FORM = Form(
    title="Write to us",
    columns=True,
    thanks="Got it.",
    fields=(
        Field("name", "text", "Your name", required=True, half=True, maps_to="name"),
        Field("email", "email", "Your email address", required=True, half=True),
        Field("topic", "choice", "What is it about?", options=("A lamp", "An invoice")),
        Field(
            "number",
            "text",
            "Number of the invoice",
            required=True,
            shown_if=Condition("topic", "is", "An invoice"),
        ),
        Field("extras", "many", "Send me", options=("A catalogue", "Samples"), help="As many as you like."),
        Field("message", "long", "Your message", required=True),
        Field("news", "consent", "Newsletter", text="Write to me about new lamps."),
    ),
)


@pytest.fixture
def form(acme, ada, monkeypatch):
    monkeypatch.setattr(gate, "SOONEST", 0)

    def publish(**config) -> str:
        with acme.scope():
            Channel.objects.filter(pk=acme.form.pk).update(config={"sites": [], **config})
            versions.save_draft(acme.form, FORM)
            versions.publish(acme.form, by=ada)
        return "/live/forms/acme-form/"

    return publish


def understood(acme) -> list[Message]:
    with acme.scope():
        waiting = list(InboundPayload.objects.filter(processed_at=None).values_list("pk", flat=True))
    payloads.understand_many(acme.workspace.pk, waiting)
    with acme.scope():
        return list(Message.objects.order_by("pk"))


def fill(page, message: str = "It flickers.") -> None:
    page.get_by_label("Your name").fill("James Whitfield")
    page.get_by_label("Your email address").fill("james@pine.example")
    page.get_by_label("Your message").fill(message)


def test_its_own_page(acme, live, browser, form):
    """Pretty enough for axe in both lights; with a proof of work, twice clicked; and with no script at all."""
    address = live + form(challenge="always")
    window = browser.new_context(viewport={"width": 320, "height": 640})
    page = window.new_page()
    page.goto(address)
    assert in_both_themes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_label("Number of the invoice")).to_be_hidden()
    page.get_by_label("An invoice").check()
    page.get_by_label("Number of the invoice").fill("INV-7")
    fill(page)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("Got it.")).to_be_visible()
    page.emulate_media(color_scheme="dark")
    assert problems(page) == []
    window.close()
    [message] = understood(acme)
    assert dict(message.extra["answers"])["Number of the invoice"] == "INV-7"

    form(challenge="never")
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(address)
    fill(page, "Without a script.")
    page.get_by_label("An invoice").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_have_text("One answer needs another look.")
    expect(page.get_by_label("Number of the invoice")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Number of the invoice").fill("INV-8")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Got it.")).to_be_visible()
    window.close()
    assert len(understood(acme)) == 2


def test_in_a_frame_on_another_site(acme, live, browser, form):
    """The frame is as high as the form, under a page policy of two sources; a site that is not listed shows nothing."""
    shop = Shop(live, "acme-form")
    shop.page = lambda lang: (
        f'<!doctype html><html lang="{lang}"><title>Shop</title><body><main><h1>Contact</h1>'
        f'<script async src="{live}/live/forms/embed.js" data-form="acme-form" data-title="Write to us"></script></main></body></html>'
    )
    window = browser.new_context(viewport={"width": 900, "height": 700})
    page, refused = window.new_page(), []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    try:
        form(sites=["https://other.example"])
        page.goto(f"{shop.origin}/contact")
        page.wait_for_function("document.querySelector('iframe')")
        expect(page.frame_locator("iframe").get_by_role("heading", name="Write to us")).to_have_count(0)
        form(sites=[shop.origin])
        page.goto(f"{shop.origin}/contact")
        frame = page.frame_locator("iframe[title='Write to us']")
        fill(frame)
        page.wait_for_function("Math.abs(document.querySelector('iframe').clientHeight - 480) > 5")
        fits = "document.documentElement.scrollHeight <= innerHeight + 1"  # nothing to scroll in it
        wait_for(lambda: page.frames[-1].evaluate(fits), True)
        refused.clear()
        frame.get_by_role("button", name="Send").click()
        expect(frame.get_by_text("Got it.")).to_be_visible()
        assert refused == []
    finally:
        window.close()
        shop.close()
    [message] = understood(acme)
    assert dict(message.extra["answers"])["Page"] == f"{shop.origin}/contact"
