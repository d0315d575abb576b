"""Several things in one go, by keyboard alone (CR-6, CR-8)."""

import pytest
from playwright.sync_api import expect

from conversations.models import Conversation, Macro
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


def test_a_macro_by_its_sign_and_z_takes_it_back(acme, desk):
    """`\\` and a few letters run it; what was written before it stays; an emoji comes from the grid."""
    with acme.scope():
        conversation = make_conversation(acme)
        Macro.objects.create(
            name="Urgent for me",
            shortcut="urg",
            deeds=[{"do": "priority", "value": "urgent"}, {"do": "assign", "value": "me"}],
        )
    desk.open("unassigned", conversation.pk).ready()
    desk.press("Escape", "r")
    expect(desk.page.locator("#composer .prose")).to_be_focused()
    desk.page.keyboard.type("Dear James \\ur")
    expect(desk.page.get_by_role("option", name="Urgent for me")).to_be_visible()
    desk.press("Enter")
    expect(desk.page.locator("#conversation-header .prio")).to_contain_text("Urgent")
    expect(desk.value()).to_have_value("Dear James ")

    def stands():
        with acme.scope():
            row = Conversation.objects.get(pk=conversation.pk)
            return row.priority, row.assignee_id is not None

    wait_for(stands, ("urgent", True))
    desk.page.locator("[data-for=reply] [data-emoji-open]").click()
    desk.page.keyboard.type("party pop")
    expect(desk.page.locator("#emoji-grid button").first).to_have_attribute("aria-label", "party popper")
    desk.press("Enter")
    expect(desk.value()).to_have_value("Dear James 🎉")
    desk.press("Escape", "z")
    expect(desk.page.locator("#conversation-header .prio")).to_have_count(0)
    wait_for(stands, ("normal", False))
    assert not desk.thrown
