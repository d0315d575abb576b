"""A person arrives: account, code by mail, workspace, inbox; and the pages of people are for everyone."""

import json
import re

import pytest
from django.core.cache import cache

from tests.e2e.test_accessibility import PHONE, WIDE, WIDTH, in_both_themes, problems
from tests.e2e.visitor import wait_for
from tests.factories import PASSWORD, make_house, make_member
from tests.workspaces.mails import code_in
from workspaces.actions import add_to_team, create_team, invite
from workspaces.permissions import Role

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def house(live):
    """Acme with its owner Ada, Ben in a team, and an open invitation."""
    house = make_house("acme")
    ada = make_member(house.workspace, "ada@acme.example", "Ada Owner", Role.OWNER)
    ben = make_member(house.workspace, "ben@acme.example", "Ben Agent")
    with house.scope():
        add_to_team(create_team("Lyon desk"), ben)
        invite("dan@acme.example", role=Role.AGENT, by=ada)
    return house


def sign_in(page, address: str) -> None:
    page.goto(f"{address}/account/login/")
    page.get_by_label("Email").fill("ada@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/acme/**")


def test_from_nothing_to_an_inbox(live, page, mailoutbox):
    page.goto(live)
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Zoe Marsh")
    page.get_by_label("Email").fill("zoe@lumen.example")
    page.get_by_label("Password").fill("lamps-and-shades-42")
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url("**/confirm-email/")
    page.get_by_label("Code").fill(code_in(mailoutbox[-1]))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/welcome/")
    page.get_by_label("Name of your workspace").fill("Atelier Lumen")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/w/atelier-lumen/welcome/")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/w/atelier-lumen/welcome/*/")
    page.get_by_label("Your sites").fill("lumen.example")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/snippet/")
    assert "/live/w.js" in page.locator("#snippet-code").inner_text()
    page.get_by_role("link", name="Send yourself a test").click()
    page.get_by_role("link", name="Open the inbox").click()
    page.wait_for_url("**/w/atelier-lumen/inbox/unassigned/")


def test_mistake_is_focused_and_read_out(live, house, page):
    page.goto(f"{live}/account/login/")
    page.get_by_label("Email").fill("ada@acme.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").wait_for()
    focused = "[document.activeElement.name, document.activeElement.getAttribute('aria-describedby')]"
    wait_for(lambda: page.evaluate(focused), ["password", "login-error"])
    assert page.get_by_label("Email").input_value() == "ada@acme.example"


def test_removing_somebody_asks_first(live, house, page):
    sign_in(page, live)
    page.goto(f"{live}/w/acme/settings/team/")
    page.get_by_role("link", name="Remove Ben Agent").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("Ben Agent no longer has access.").wait_for()


def test_team_works_without_script(live, house, browser):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live)
    page.goto(f"{live}/w/acme/settings/team/")
    page.get_by_label("Role of Ben Agent").select_option("manager")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the role of Ben Agent").click()
    page.goto(f"{live}/w/acme/settings/team/")
    assert page.get_by_label("Role of Ben Agent").input_value() == "manager"
    context.close()


def test_snippet_is_copied(live, house, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], locale="en-GB")
    page = context.new_page()
    sign_in(page, live)
    page.goto(f"{live}/w/acme/settings/channels/{house.chat.pk}/")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#snippet-code").inner_text()
    context.close()


def test_passkey_is_added_and_signs_in(live, house, browser, settings):
    """The library's scripts run under our policy. A browser makes keys for names, not for numbers: localhost."""
    address = live.replace("127.0.0.1", "localhost")
    settings.ALLOWED_HOSTS, settings.SITE_URL = [*settings.ALLOWED_HOSTS, "localhost"], address
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None
    )
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    driver = context.new_cdp_session(page)
    driver.send("WebAuthn.enable")
    driver.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "isUserVerified": True}})
    sign_in(page, address)
    page.goto(f"{address}/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/webauthn/add/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url(re.compile(r"recovery-codes|/webauthn/$"))
    page.goto(f"{address}/account/sessions/")
    page.get_by_role("button", name="Sign out here").click()
    page.wait_for_url("**/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/w/acme/**")
    assert refused == []
    context.close()


def test_pages_of_people_are_for_everyone(live, house, browser):
    """WCAG 2.2 AA by axe, in light, dark and on a phone; and no page is wider than its window."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    found = {}

    def check(path: str) -> None:
        page.goto(live + path)
        found[path] = []
        for size, look in ((WIDE, lambda page: problems(page, WIDTH)), (PHONE, in_both_themes)):
            page.set_viewport_size(size)
            found[path] += look(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[path].append(("wider than the window", size))

    for path in ("login", "signup", "login/code", "password/reset"):
        check(f"/account/{path}/")
    sign_in(page, live)
    for path in ("team/", "profile/", "inboxes/", f"inboxes/{house.inbox.pk}/", f"channels/{house.chat.pk}/"):
        check(f"/w/acme/settings/{path}")
    for path in ("/welcome/", "/account/2fa/", "/account/email/", "/account/sessions/"):
        check(path)
    context.close()
    wrong = {path: each for path, each in found.items() if each}
    assert not wrong, json.dumps(wrong, indent=1)
