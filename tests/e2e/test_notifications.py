"""What rings at an agent's desk: pop-up, bell, title, sound; the browser's own notifications; and the settings of it all."""

import json
import re

import pytest
from playwright.sync_api import expect

from conversations.actions import assign
from conversations.models import Conversation
from notifications.actions import ring
from notifications.models import Notification
from tests.e2e.test_accessibility import WIDTH, in_both_themes, problems
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation
from tests.notifications.conftest import a_chat, react  # noqa: F401

pytestmark = pytest.mark.browser

SETTINGS = "/settings/notifications/"


@pytest.fixture
def given(acme, ada, ben, react):  # noqa: F811
    """Ada gives Ben a conversation: its id."""

    def give() -> int:
        with acme.scope():
            conversation = make_conversation(acme)
            assign(conversation, to=ben, by=ada)
            react()
            return conversation.pk

    return give


def test_what_is_given_to_me_pops_up_is_counted_and_is_read_by_opening_it(acme, ben, desk, given):
    """NO-2, NO-6: the story of one notification."""
    page = desk.page
    page.goto(desk.house + SETTINGS)
    expect(page.locator("html")).to_have_attribute("data-line", "open")
    pk = given()
    card = page.locator("#popups .popup")
    expect(card).to_contain_text("Ada Owner gave you the conversation with James Whitfield")
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.locator("#bell-button").click()
    expect(page.locator("#bell-recent .told__one[data-unread]")).to_have_count(1)
    expect(card).to_have_count(0)
    page.locator("#bell-recent .told__one a").click()
    expect(page.locator("#conversation")).to_have_attribute("data-conversation", str(pk))
    expect(page.locator("[data-bell-count]")).to_have_text("")
    expect(page).to_have_title(re.compile(r"^[^(]"))
    wait_until_read(acme, ben)


def test_what_is_on_screen_does_not_pop_up(acme, ada, ben, desk, given):
    pk = given()
    desk.page.goto(f"{desk.house}/inbox/mine/{pk}/")
    expect(desk.page.locator("html")).to_have_attribute("data-line", "open")
    with acme.scope():
        conversation = Conversation.objects.get(pk=pk)
        rows = [
            Notification(
                member=ben, key="x", topic="message", conversation=conversation, ways=["bell", "popup"]
            )
        ]
        rows[0].save()
        ring([ben.pk])
    expect(desk.page.locator("[data-bell-count]")).to_have_text("")
    desk.page.wait_for_function("() => !document.querySelector('#popups .popup')")
    wait_until_read(acme, ben)


def wait_until_read(acme, member) -> None:
    def read() -> bool:
        with acme.scope():
            return not Notification.objects.of(member).unread().exists()

    wait_for(read, True)


def test_a_waiting_chat_rings_again_until_it_is_taken(acme, ben, yann, desk, a_chat, react):  # noqa: F811
    """NO-6: a new chat, with a sound that comes again."""
    page = desk.page
    page.clock.install()
    page.goto(desk.house + SETTINGS)
    expect(page.locator("html")).to_have_attribute("data-line", "open")
    with acme.scope():
        chat = a_chat()
        react()
    expect(page.locator("#popups .popup")).to_contain_text("waits in the chat")
    expect(page.locator("html")).to_have_attribute("data-chimes", "1")
    page.clock.fast_forward("00:09")
    expect(page.locator("html")).to_have_attribute("data-chimes", "2")
    with acme.scope():
        assign(chat, to=yann, by=yann)
        react()
    expect(page.locator("[data-bell-count]")).to_have_text("")
    before = page.locator("html").get_attribute("data-chimes")
    page.clock.fast_forward("00:09")
    page.clock.fast_forward("00:09")
    page.wait_for_timeout(500)
    assert page.locator("html").get_attribute("data-chimes") == before


def test_a_push_is_shown_while_no_page_is_open(live, ben, desk):
    """The service worker alone: it shows what came, and only ever leads to our own pages."""
    page = desk.page
    page.context.grant_permissions(["notifications"], origin=live)
    desk.open("mine")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js', {scope: '/'}).then(() => navigator.serviceWorker.ready)"
    )
    line = page.context.new_cdp_session(page)
    known: list[dict] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    line.send("ServiceWorker.enable")
    ours = lambda: [each for each in known if each["scopeURL"] == f"{live}/"]  # noqa: E731
    wait_for(lambda: bool(ours()), True, page=page)
    registration = ours()[0]
    page.goto("about:blank")
    for number, url in enumerate(["/w/acme/notifications/7/", "//evil.example/x"]):
        pushed = {"id": 7, "title": f"Ring {number}", "body": "It is dark.", "url": url, "tag": f"c{number}"}
        line.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": live, "registrationId": registration["registrationId"], "data": json.dumps(pushed)},
        )
    desk.open("mine")
    shown = (
        "navigator.serviceWorker.ready.then(async (worker) => (await worker.getNotifications())"
        ".map(({title, body, data}) => [title, body, data.url]).sort())"
    )
    wanted = [["Ring 0", "It is dark.", "/w/acme/notifications/7/"], ["Ring 1", "It is dark.", "/"]]
    wait_for(lambda: page.evaluate(shown), wanted)


def test_axe_finds_nothing_on_its_pages(acme, ada, ben, given, sit_down):
    given()
    for member, paths in ((ben, ["/notifications/", SETTINGS]), (ada, ["/settings/notification-defaults/"])):
        desk = sit_down(member, reduced_motion="reduce")
        for path in paths:
            desk.page.goto(desk.house + path)
            assert in_both_themes(desk.page) == []
            for width in (390, 1440):
                desk.page.set_viewport_size({"width": width, "height": 900})
                assert problems(desk.page, WIDTH) == []
                assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
