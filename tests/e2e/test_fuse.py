"""What is due next burns down where it is shown, live: rows of the inbox and of the table, cards of the board (SL-5)."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_accessibility import problems
from tests.tickets.promises import MINUTE, a_ticket, back, look, promise
from tickets.pipelines import default_pipeline

pytestmark = pytest.mark.browser


def test_a_goal_comes_nearer_and_is_missed(acme, ben, yann, sit_down):
    """SL-5: in time, due soon, overdue, without loading anything again; axe at both."""
    with acme.scope():
        promise(acme)
        conversation, ticket = a_ticket(acme)
    inbox = sit_down(ben).open()
    table, board = sit_down(yann), sit_down(ben)
    table.page.goto(f"{table.house}/tickets/")
    with acme.scope():
        board.page.goto(f"{board.house}/tickets/board/{default_pipeline().pk}/")
    for desk in (inbox, table, board):
        expect(desk.page.locator("html[data-line=open]")).to_be_attached()
    row, card = inbox.row(conversation.pk), board.page.locator(f"#card-{ticket.pk}")
    line = table.page.locator(f"#ticket-row-{ticket.pk} td.num time")
    expect(row.locator(".due")).to_be_hidden()

    def passes(minutes: int) -> None:
        with acme.scope():
            back(ticket, minutes * MINUTE)
            assert look(ticket, "first")

    passes(50)
    expect(row).to_have_attribute("data-due", "soon")
    expect(row.locator(".due")).to_contain_text("left")
    expect(card).to_have_attribute("data-due", "soon")
    expect(line).to_contain_text("left")
    assert problems(inbox.page) == [] and problems(board.page) == []

    passes(20)
    expect(row).to_have_attribute("data-due", "late")
    for place in (row.locator(".due"), card.locator(".due"), line):
        expect(place).to_contain_text("late")
    assert problems(inbox.page) == [] and problems(table.page) == []
