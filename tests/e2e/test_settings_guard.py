"""A settings form in a browser: it says that it is not saved, asks before it is left, and lets go once it is."""

import pytest
from playwright.sync_api import expect

from conversations.models import Label
from tests.e2e.visitor import wait_for

pytestmark = pytest.mark.browser


def test_a_changed_form_is_not_left_by_mistake(acme, ada, sit_down):
    with acme.scope():
        label = Label.objects.create(name="Lamp")
    desk = sit_down(ada)
    page, asked = desk.page, []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{desk.house}/settings/labels/{label.pk}/")
    told = page.locator("[data-unsaved]")
    expect(told).to_be_hidden()
    page.get_by_label("Name").fill("Lamps")
    expect(told).to_be_visible()
    page.get_by_label("Name").fill("Lamp")
    expect(told).to_be_hidden()
    page.get_by_label("Name").fill("Lights")
    page.locator("#settings-nav a").first.click(no_wait_after=True)
    wait_for(lambda: asked, ["beforeunload"], page=page)
    expect(page.get_by_label("Name")).to_have_value("Lights")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#labels")).to_contain_text("Lights")
    assert asked == ["beforeunload"]
    assert desk.thrown == []
