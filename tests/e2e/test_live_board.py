"""The live board on a wall: it changes by itself when somebody writes, and reads well without eyes."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import problems
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


def test_a_wall_follows_what_happens(acme, ada, sit_down):
    """Live summary page: over the agents' socket, nothing of customers on it, axe finds nothing."""
    desk = sit_down(ada)
    page = desk.page
    page.goto(f"{desk.house}/analytics/live/?wall")
    expect(page.locator("html[data-line=open]")).to_be_attached()
    expect(page.locator("#live-waiting")).to_have_text("0")
    with acme.scope():
        make_conversation(acme, "CANARY", name="CANARY Person")
    expect(page.locator("#live-waiting")).to_have_text("1")
    expect(page.locator("#live-unassigned")).to_have_text("1")
    expect(page.locator("body")).not_to_contain_text("CANARY")
    assert problems(page) == []
    for place in ("live", "bots", "dashboards/new", "letters/new", "exports"):
        page.goto(f"{desk.house}/analytics/{place}/")
        assert problems(page) == [], place
