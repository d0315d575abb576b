"""Lists that are put in order: by keys the focus stays with the line, by hand a change of mind changes nothing."""

import pytest
from playwright.sync_api import Page, expect

from chatflows import actions
from tests.e2e.visitor import wait_for

pytestmark = pytest.mark.browser

# What a browser tells a page while a line is dragged over another and given up by Escape: nothing was dropped.
DRAG = """
([from, over]) => {
  const line = document.getElementById(from), other = document.getElementById(over);
  const carried = new DataTransfer();
  const box = other.getBoundingClientRect();
  const tell = (at, type) => at.dispatchEvent(
    new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: carried, clientX: box.x + 5, clientY: box.y + 3}));
  tell(line, "dragstart");
  tell(other, "dragover");
  const meanwhile = [...line.parentElement.children].map((one) => one.id);
  tell(line, "dragend");
  return meanwhile;
}
"""
FOCUSED = "(button) => document.activeElement === button"


def order(page: Page) -> list[str]:
    return page.locator("[data-sortable] > *").evaluate_all("lines => lines.map((line) => line.id)")


def test_a_line_is_moved_by_keys_and_a_drag_is_given_up(acme, ada, sit_down):
    with acme.scope():
        one, two, three = (
            f"flow-{actions.create(acme.chat, template='blank', name=name, language='en', by=None).pk}"
            for name in ("One", "Two", "Three")
        )
    desk = sit_down(ada)
    page = desk.page
    page.goto(f"{desk.house}/chatflows/")
    wait_for(lambda: order(page), [one, two, three], seconds=30)
    up = page.get_by_role("button", name="Move Three up")
    up.press("Enter")
    expect(page.locator("[data-sortable] > *").nth(1)).to_have_id(three)
    wait_for(lambda: up.evaluate(FOCUSED), True, seconds=30)
    up.press("Enter")
    expect(page.locator("[data-sortable] > *").nth(0)).to_have_id(three)

    assert page.evaluate(DRAG, [two, three]) == [two, three, one]
    assert order(page) == [three, one, two]
