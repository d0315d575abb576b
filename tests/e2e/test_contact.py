"""The contact beside the thread, changed in place by an agent at the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from contacts.actions import create_contact
from contacts.companies import save_company
from contacts.custom import define
from contacts.models import Contact
from tests.e2e.test_accessibility import in_both_themes
from tests.factories import make_conversation

pytestmark = pytest.mark.browser


def test_a_property_is_changed_in_place_and_taken_back(sit_down, acme, ben):
    """Enter on the pencil, a wrong number keeps its text, a right one is saved, and Undo brings the old one back."""
    with acme.scope():
        conversation = make_conversation(acme)
    desk = sit_down(ben)
    desk.open(pk=conversation.pk)
    page = desk.page
    page.get_by_role("button", name="Change: Phone").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#property-field")).to_be_focused()
    page.keyboard.type("call me")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="not a phone number")).to_be_visible()
    expect(page.locator("#property-field")).to_have_value("call me")
    page.locator("#property-field").fill("+44 20 7946 0000")
    page.keyboard.press("Enter")
    expect(page.locator("#property-phone a")).to_have_attribute("href", "tel:+442079460000")
    expect(page.get_by_role("button", name="Change: Phone")).to_be_focused()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.locator("#property-phone bdi")).to_have_text("–")
    with acme.scope():
        assert Contact.objects.get(pk=conversation.contact_id).phone == ""


def test_two_contacts_become_one_from_the_thread(sit_down, acme, ben):
    """SB-4."""
    with acme.scope():
        conversation = make_conversation(acme)
        make_conversation(
            acme, address="jim@home.example", name="Jim Whitfield", external_id="<2@home.example>"
        )
    desk = sit_down(ben)
    desk.open(pk=conversation.pk)
    page = desk.page
    page.get_by_role("button", name="What to do with this contact").click()
    page.get_by_role("button", name="Merge with another contact").click()
    page.get_by_label("Find a contact").fill("jim@ho")
    page.get_by_role("button", name="Jim Whitfield").click()
    expect(page.get_by_text("becomes part of")).to_be_visible()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Merged with Jim Whitfield")).to_be_visible()
    expect(page.locator("#contact-dialog")).to_be_hidden()


def test_somebody_is_found_as_one_types_opened_and_changed(sit_down, acme, ben):
    """The list narrows with each word, the bar of verbs moves no row, the record is written in place and its changes are
    found under More; so do companies; axe, light and dark."""
    with acme.scope():
        seats = define(about="company", label="Seats", sort="number")
        for name in ("Pine & Co", "Oak"):
            save_company(None, name=name, domain="")
        make_conversation(acme)
        for n in range(12):
            create_contact(name=f"Person {n:02}", email=f"person-{n}@pine.example")
    desk = sit_down(ben)
    page = desk.page
    page.goto(f"{desk.house}/contacts/")
    last = page.locator("#people tbody tr").last
    page.evaluate("document.fonts.ready")  # letters of another size would move the rows
    stood = last.bounding_box()
    page.locator("#people input[name=ids]").first.check()
    expect(page.locator("#people-bar")).to_be_visible()
    assert last.bounding_box() == stood
    page.locator("#people input[name=ids]").first.uncheck()
    expect(page.locator("#people-bar")).to_be_hidden()
    page.get_by_label("Find a contact").press_sequentially("person-07@")
    expect(page.locator("#people tbody tr")).to_have_count(0)
    page.get_by_label("Find a contact").fill("whitf")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    assert in_both_themes(page) == []
    page.get_by_role("link", name="James Whitfield").click()
    page.get_by_role("button", name="Change: City").press("Enter")
    expect(page.locator("#property-field")).to_be_focused()
    page.keyboard.type("Lyon")
    page.keyboard.press("Enter")
    expect(page.locator("#property-city bdi")).to_have_text("Lyon")
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.get_by_role("link", name="Changes").press("Enter")
    expect(page.locator(".tl")).to_contain_text("Lyon")
    assert in_both_themes(page) == []
    companies_are_found_written_and_opened(page, f"{desk.house}/companies/?col={seats.key}&col=people")


def companies_are_found_written_and_opened(page, url):
    page.goto(url)
    rows = page.locator("#companies tbody tr")
    page.get_by_label("Find a company").fill("pin")
    expect(rows).to_have_count(1)
    page.get_by_role("checkbox", name="Choose Pine & Co").check()
    page.get_by_label("Value").fill("12")
    page.get_by_role("button", name="Write", exact=True).click()
    expect(rows).to_contain_text("12")
    expect(page.locator("#people-bar")).to_be_hidden()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(rows).not_to_contain_text("12")
    assert in_both_themes(page) == []
    page.get_by_role("link", name="Pine & Co").click()
    page.get_by_label("Seats").fill("7")
    page.get_by_label("Domain").fill("gmail.com")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("it says nothing of a company")).to_be_visible()
    page.get_by_label("Domain").fill("pine.example")
    page.get_by_label("Seats").fill("12")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#changes")).to_contain_text("Seats")
    assert in_both_themes(page) == []
