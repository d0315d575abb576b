"""Two people on one board: by keys and by the pointer, each sees what the other does; beside a thread T makes a ticket."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import problems
from tests.factories import make_conversation, make_ticket
from tickets.pipelines import default_pipeline

pytestmark = pytest.mark.browser


def lane(page, name: str):
    return page.get_by_role("region", name=name)


def test_two_people_on_one_board(acme, ben, yann, sit_down):
    """TK-9, TK-11"""
    with acme.scope():
        pipeline = default_pipeline()
        pipeline.forbids_backwards = True
        pipeline.save()
        make_ticket(acme, "Lamp")
        make_ticket(acme, "Dimmer")
    desks = sit_down(ben), sit_down(yann)
    for desk in desks:
        desk.page.goto(f"{desk.house}/tickets/board/{pipeline.pk}/")
        expect(desk.page.locator("html[data-line=open]")).to_be_attached()
    mine, theirs = (desk.page for desk in desks)

    mine.get_by_role("link", name="Dimmer").focus()
    for key in ("m", "ArrowRight", "Enter"):
        mine.keyboard.press(key)
    expect(mine.get_by_role("link", name="Dimmer")).to_be_focused()
    expect(lane(theirs, "Waiting on contact").get_by_role("link", name="Dimmer")).to_be_visible()
    expect(theirs.locator("[data-lane] .count").nth(0)).to_have_text("1")

    theirs.locator(".tk", has_text="Lamp").drag_to(lane(theirs, "Waiting on us").locator(".lane__in"))
    expect(lane(mine, "Waiting on us").get_by_role("link", name="Lamp")).to_be_visible()

    mine.get_by_role("link", name="Dimmer").focus()
    for key in ("m", "ArrowLeft", "Enter"):
        mine.keyboard.press(key)
    expect(mine.locator("#toasts")).to_contain_text("do not move backwards")
    expect(lane(mine, "Waiting on contact").get_by_role("link", name="Dimmer")).to_be_visible()

    mine.get_by_role("link", name="Lamp").focus()
    mine.keyboard.press("a")
    mine.locator("#ticket-menu").get_by_role("button", name="Me").click()
    expect(theirs.locator(".tk", has_text="Lamp")).to_contain_text("Given to Ben Agent")
    assert problems(mine) == []


def test_two_keys_make_a_ticket_beside_a_conversation(acme, ben, sit_down):
    """TK-4; axe on the page of a ticket and on the table, in the dark."""
    with acme.scope():
        conversation = make_conversation(acme, subject="Dimmer", body="It flickers.")
    desk = sit_down(ben, color_scheme="dark").open(pk=conversation.pk)
    expect(desk.page.locator("#ticket-new")).to_be_visible()
    desk.page.keyboard.press("t")
    expect(desk.page.locator("#ticket-create")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.get_by_role("link", name="Open the ticket").click()
    expect(desk.page.get_by_role("heading", name="#1 Dimmer")).to_be_visible()
    assert problems(desk.page) == []
    desk.page.goto(f"{desk.house}/tickets/")
    desk.page.get_by_label("Choose #1").check()
    desk.page.keyboard.press("a")
    desk.page.locator("#tb-owner").get_by_role("button", name="Me").click()
    expect(desk.page.locator("#toasts")).to_contain_text("1 ticket assigned")
    assert problems(desk.page) == []
