"""Messenger from connecting a page to the answer by mail, in browsers on both sides, with the simulator in Meta's place."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from channels_app.tasks import understand_mail
from contacts.actions import set_property
from conversations.models import Conversation, Message
from events import tasks
from simulator.server import Simulator
from simulator.world import World
from tests.e2e.test_accessibility import problems

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "maintenance"]),
]


@pytest.fixture
def meta(live, settings):
    world = World(app_secret="secret-of-the-app", hook=f"{live}/live/messenger/")
    world.person(world.add_page("lumen-page", "Atelier Lumen", "lumen-token"), "700000001", "Camille Durand")
    with Simulator(world) as simulator:
        settings.MESSENGER_API, settings.MESSENGER_DIALOG = simulator.api, f"{simulator.address}/dialog/oauth"
        settings.MESSENGER_APP_ID, settings.MESSENGER_APP_SECRET = world.app_id, world.app_secret
        settings.EGRESS_ALLOWED = [simulator.address.removeprefix("http://")]
        yield simulator


def test_from_connecting_to_the_answer_by_mail(acme, ada, meta, browser, sit_down):
    """FM-1, FM-2, FM-6. What the worker does is done here in between; pages are waited for by what they show."""
    desk = sit_down(ada)
    page = desk.page
    page.goto(f"{desk.house}/settings/inboxes/{acme.inbox.pk}/messenger/")
    assert problems(page) == []
    page.get_by_role("link", name="Continue with Facebook").click()
    expect(page.get_by_role("heading", name="Choose a page")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_text("Connected. Messages that come from now on arrive here.")).to_be_visible()
    tasks.run_reactions()  # the instant reply's chatflow

    window = browser.new_context()
    customer = window.new_page()
    customer.goto(meta.address)
    customer.get_by_label("You are").select_option("700000001")
    customer.get_by_label("Message", exact=True).fill("Is Halo in stock?")
    customer.get_by_role("button", name="Send", exact=True).click()
    expect(customer.locator("#said")).to_contain_text("Is Halo in stock?")
    meta.hooks.wait()
    understand_mail()
    with acme.scope():
        conversation = Conversation.objects.get()

    desk.open("unassigned", conversation.pk).ready()
    expect(desk.row(conversation.pk).locator("time[data-left]")).to_have_text("23h")
    expect(page.locator("#composer-window")).to_contain_text("Messenger takes answers for another 23")
    assert problems(page) == []
    desk.send("Two left.")
    expect(desk.item("Two left.")).to_be_visible()
    expect(desk.line.locator("[data-sending]")).to_have_count(0)
    tasks.run_reactions()
    expect(customer.locator("#said .page", has_text="Two left.")).to_be_visible()
    window.close()

    with acme.scope():
        set_property(conversation.contact, "email", "camille@durand.example")
        long_ago = timezone.now() - timedelta(days=8)
        Message.objects.filter(direction="in").update(created_at=long_ago)
    page.goto(f"{desk.house}/conversations/{conversation.pk}/")
    expect(page.locator("p.composer__blocked")).to_contain_text("only within seven days")
    expect(page.locator("[data-send]").first).to_be_disabled()
    assert problems(page) == []
    page.get_by_role("link", name="Answer by email").click()
    expect(page.locator("main")).to_contain_text("camille@durand.example")
