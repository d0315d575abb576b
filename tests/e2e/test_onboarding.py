"""From signing in to an own inbox with the keyboard alone, in a browser that runs no script (IN-1)."""

import pytest

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.browser


def reach(page, target) -> None:
    """Press Tab until it has the focus: what no Tab reaches is not there for people who use no pointer."""
    for _ in range(40):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def write(page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label).first)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page, role: str, name: str, arrives: str) -> None:
    reach(page, page.get_by_role(role, name=name, exact=True).first)
    page.keyboard.press("Enter")
    page.wait_for_url(arrives)


def test_an_inbox_is_set_up_by_keyboard_without_script(live, browser):
    make_user("zoe@lumen.example", "Zoe Marsh")
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live)
    write(page, "Email", "zoe@lumen.example")
    write(page, "Password", PASSWORD)
    press(page, "button", "Sign in", "**/welcome/")
    write(page, "Name of your workspace", "Atelier Lumen")
    press(page, "button", "Continue", "**/w/atelier-lumen/welcome/")
    press(page, "button", "Continue", "**/w/atelier-lumen/welcome/*/")
    write(page, "Your sites", "lumen.example")
    press(page, "button", "Continue", "**/snippet/")
    assert "/live/w.js" in page.locator("#snippet-code").inner_text()
    press(page, "link", "Send yourself a test", "**/test/")
    press(page, "link", "Open the inbox", "**/w/atelier-lumen/inbox/unassigned/")
    context.close()
