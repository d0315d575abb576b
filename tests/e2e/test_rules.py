"""A rule is made, tried and put in its place, by an admin in a browser."""

import pytest
from playwright.sync_api import expect

from automation.models import Rule
from conversations.models import Label
from tests.automation.stories import make_rule
from tests.e2e.test_accessibility import problems
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


def test_a_rule_is_made_tried_and_dragged_before_another(acme, ada, sit_down):
    with acme.scope():
        make_rule(ada, "Closes all")
        Label.objects.create(name="Lamp")
        make_conversation(acme, "A lamp is dark.", subject="Lamp")
    desk = sit_down(ada)
    page = desk.page
    page.goto(f"{desk.house}/settings/rules/new/")
    page.get_by_label("Name of the rule").fill("Lamps")
    page.get_by_label("If", exact=True).select_option("only")
    page.get_by_label("What", exact=True).select_option("message_text")
    page.locator("#c-0-0-value").fill("lamp")
    page.locator("#deed-0-do").select_option("label")
    page.locator("#deed-0-value").select_option(label="Lamp")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    page.get_by_role("button", name="Try it on the last 30 days").click()
    expect(page.get_by_role("heading", name="It would have acted once")).to_be_visible()
    assert problems(page) == []
    page.locator("[data-savebar] button").click()
    expect(page.locator(".rules > li")).to_have_count(2)
    page.goto(f"{desk.house}/settings/rules/")
    assert problems(page) == []
    page.locator(".rules > li").nth(1).drag_to(
        page.locator(".rules > li").nth(0), source_position={"x": 5, "y": 5}, target_position={"x": 5, "y": 3}
    )

    def order():
        with acme.scope():
            return list(Rule.objects.in_order().values_list("name", flat=True))

    wait_for(order, ["Lamps", "Closes all"])
