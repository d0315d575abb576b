"""The overview for everybody: axe in both themes and on a phone, French dates, a drawing read by keys."""

import re

import pytest
from playwright.sync_api import expect

from tests.analytics.facts import make_facts
from tests.e2e.test_accessibility import PHONE, in_both_themes, problems

pytestmark = pytest.mark.browser


def test_a_manager_reads_the_overview(acme, ada, ben, sit_down):
    with acme.scope():
        make_facts(acme, [ada, ben], days=30, each=4)
    desk = sit_down(ada, reduced_motion="reduce")
    page = desk.page
    page.goto(f"{desk.house}/analytics/")
    expect(page.get_by_text("Shares of work, not a race.", exact=True)).to_be_visible()
    found = {"closed": in_both_themes(page)}
    page.locator(".twin > summary").first.click()
    page.locator(".ask > summary").click()
    found["open"] = in_both_themes(page)
    phone = sit_down(ada, language="fr", viewport=PHONE, reduced_motion="reduce", locale="fr-FR")
    phone.page.goto(f"{phone.house}/analytics/volume/")
    chart = phone.page.locator("svg.chart").first
    expect(chart).to_be_visible()
    found["phone"] = problems(phone.page)
    months = r"\d+ (janv|fév|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)"
    assert re.search(months, chart.text_content())
    assert {state: each for state, each in found.items() if each} == {}
    read_by_keys(desk)
    order_by_keys(desk)


def read_by_keys(desk) -> None:
    page = desk.page
    page.goto(f"{desk.house}/analytics/")
    reading = page.locator("[data-reading]").first
    reading.focus()
    says = page.locator(".reading output").first
    steps = reading.locator("[data-says]")
    page.keyboard.press("End")
    expect(says).to_have_text(steps.last.get_attribute("data-says"))
    page.keyboard.press("ArrowLeft")
    expect(says).not_to_have_text(steps.last.get_attribute("data-says"))
    page.keyboard.press("Home")
    expect(says).to_have_text(steps.first.get_attribute("data-says"))
    page.keyboard.press("Enter")
    expect(page.locator("h2[data-n]")).to_be_visible()
    assert int(page.locator("h2[data-n]").get_attribute("data-n")) > 0


def order_by_keys(desk) -> None:
    """The head is a button, and says how the table stands."""
    page = desk.page
    page.goto(f"{desk.house}/analytics/team/")
    table = page.locator("#report-shares-of-work .table")
    heads, names = table.locator("thead th"), table.locator("tbody bdi")
    heads.nth(1).get_by_role("button").press("Enter")
    expect(heads.nth(1)).to_have_attribute("aria-sort", "descending")
    heads.nth(0).get_by_role("button").press("Enter")
    expect(heads.nth(0)).to_have_attribute("aria-sort", "ascending")
    expect(heads.nth(1)).not_to_have_attribute("aria-sort", re.compile("."))
    forwards = names.all_inner_texts()
    heads.nth(0).get_by_role("button").press("Enter")
    expect(names).to_have_text(forwards[::-1])
    assert problems(page) == []
