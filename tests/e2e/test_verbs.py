"""What an agent does to conversations as a whole, by keys: snooze, label, merge, trash, remove; and the way back."""

import re

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from conversations import files
from conversations.actions import assign, mark_read
from conversations.models import Attachment, Conversation, Message, Status
from conversations.receive import receive
from tests.e2e.test_accessibility import problems
from tests.e2e.test_mail_letters import PIXEL
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation, make_mail

pytestmark = pytest.mark.browser


@pytest.fixture
def mine(acme, ada):
    """Three conversations of Ada, who may delete; two of them of the same person."""
    with acme.scope():
        rows = [
            make_conversation(acme, f"Lamp {n}", external_id=f"<{n}@pine.example>", subject=f"Lamp {n}")
            for n in range(2)
        ]
        rows.append(
            make_conversation(acme, "Chair", address="mary@oak.example", name="Mary Oak", subject="Chair")
        )
        for row in rows:
            assign(row, to=ada, by=ada)
    return rows


def now(acme, row) -> Conversation:
    with acme.scope():
        return Conversation.objects.get(pk=row.pk)


def toast(desk, words: str):
    return desk.page.locator(".toast", has_text=words)


def test_snooze_by_key_goes_on_with_the_next_row_and_comes_back(acme, ada, mine, sit_down):
    """After close or snooze the focus lands on the next row of the same group."""
    desk = sit_down(ada).open("mine")
    first, second = desk.rows()[:2]
    desk.row(first).focus()
    desk.press("Enter")
    expect(desk.line).to_be_visible()
    desk.press("h")
    expect(desk.page.locator("#snooze-menu")).to_be_visible()
    expect(desk.page.locator("#snooze-menu .menu__item").first).to_be_focused()
    desk.press("ArrowDown", "Enter")
    expect(toast(desk, "Snoozed until")).to_be_visible()
    expect(desk.row(second)).to_be_focused()
    expect(desk.row(first)).to_have_count(0)
    desk.press("z")
    expect(desk.row(first)).to_be_visible()
    expect(desk.status).not_to_contain_text("snoozed")
    with acme.scope():
        wait_for(lambda: Conversation.objects.get(pk=first).status, Status.OPEN)


def test_labels_are_found_made_and_taken_off_by_typing(acme, ada, mine, sit_down):
    desk = sit_down(ada).open("mine", mine[0].pk)
    desk.press("l")
    expect(desk.page.locator("#label-find")).to_be_focused()
    desk.page.keyboard.type("Trade")
    desk.press("Enter")
    expect(toast(desk, "“Trade” put on")).to_be_visible()
    tags = desk.page.locator("#conversation-header .tag")
    expect(tags).to_have_text(["Trade"])
    desk.press("z")
    expect(tags).to_have_count(0)


def test_merged_read_in_one_line_and_parted_again(acme, ada, mine, sit_down):
    desk = sit_down(ada).open("mine", mine[0].pk)
    desk.page.locator("#more-button").click()
    desk.page.get_by_role("button", name="Merge with another conversation").click()
    dialog = desk.page.locator("#merge-dialog")
    expect(dialog.locator("[name=other]")).to_have_count(1)  # the other one of the same person
    dialog.get_by_label("Find a conversation").fill("Mary")
    expect(dialog.locator("[name=other]")).to_contain_text(["Mary Oak"])
    dialog.get_by_label("Find a conversation").fill("")
    expect(dialog.locator("[name=other]")).to_contain_text(["James"])
    assert problems(desk.page) == []
    dialog.locator("[name=other]").click()
    expect(desk.item("Lamp 1").first).to_be_visible()
    wait_for(lambda: now(acme, mine[1]).merged_into_id, mine[0].pk)
    desk.page.locator(".evt").get_by_role("button", name="Part them again").click()
    expect(toast(desk, "Parted again")).to_be_visible()
    expect(desk.line.locator("[data-said]")).to_have_count(1)
    wait_for(lambda: now(acme, mine[1]).merged_into_id, None)


def test_trash_restore_and_what_cannot_be_undone_is_asked_twice(acme, ada, mine, sit_down):
    desk = sit_down(ada).open("mine", mine[0].pk)
    desk.page.locator("#more-button").click()
    desk.page.get_by_role("button", name="Move to the trash").click()
    expect(toast(desk, "Moved to the trash")).to_be_visible()
    wait_for(lambda: bool(now(acme, mine[0]).trashed_at), True)
    desk.press("z")
    expect(desk.row(mine[0].pk)).to_be_visible()
    message = desk.line.locator(".msg").first
    message.hover()
    message.get_by_role("button", name="What to do with this message").click()
    menu = message.locator(".menu:popover-open")
    menu.get_by_role("button", name="Remove for good").click()
    asked = menu.get_by_role("button", name=re.compile("Nobody can bring them back"))
    expect(asked).to_be_focused()
    asked.click()
    expect(message).to_contain_text("Removed by Ada Owner")
    with acme.scope():
        wait_for(lambda: mine[0].messages.get().body, "")


def test_one_sees_where_the_new_begins_and_goes_to_the_end(acme, ada, mine, sit_down):
    with acme.scope():
        for number in range(30):
            receive(
                make_mail(
                    acme, f"Word {number}\n\n\n\n.", in_reply_to=("<0@pine.example>",), subject="Re: Lamp 0"
                )
            )
        mark_read(mine[0], by=ada, seq=12)
    desk = sit_down(ada).open("mine", mine[0].pk)
    mark = desk.page.locator("#first-unread")
    expect(mark).to_be_in_viewport()
    pill = desk.page.locator("[data-to-newest]")
    expect(pill).to_contain_text("19 new")
    pill.click()
    expect(desk.item("Word 29")).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_a_link_to_a_message_leads_there(acme, ada, mine, sit_down):
    with acme.scope():
        for number in range(30):
            receive(
                make_mail(
                    acme, f"Word {number}\n\n\n.", in_reply_to=("<0@pine.example>",), subject="Re: Lamp 0"
                )
            )
        target = Message.objects.get(conversation=mine[0], seq=5)
    desk = sit_down(ada)
    desk.page.goto(f"{desk.house}/conversations/{mine[0].pk}/?message={target.pk}")
    item = desk.page.locator(f"#message-{target.pk}")
    expect(item).to_be_in_viewport()
    expect(item).to_have_attribute("data-pointed", "")


def test_pictures_are_looked_at_one_by_one_with_the_arrows(acme, ada, mine, sit_down):
    with acme.scope():
        message = mine[0].messages.get()
        for name in ("one.png", "two.png"):
            row = files.keep(files.inspect(ContentFile(PIXEL, name), files.MEMBER), member=ada)
            Attachment.objects.filter(pk=row.pk).update(message=message, uploader=None)
    desk = sit_down(ada).open("mine", mine[0].pk)
    gallery = desk.page.locator("#gallery")
    desk.line.locator("a[data-picture]").first.click()
    expect(gallery.get_by_role("heading")).to_have_text("one.png")
    desk.press("ArrowRight")
    expect(gallery.get_by_role("heading")).to_have_text("two.png")
    assert problems(desk.page) == []
    desk.press("Escape")
    expect(gallery).to_be_hidden()


def test_a_colleague_sees_it_happen(acme, ada, ben, mine, sit_down):
    hers = sit_down(ada).open("mine", mine[0].pk).ready()
    his = sit_down(ben).open("open", mine[0].pk).ready()
    his.press("l")
    expect(his.page.locator("#label-find")).to_be_focused()
    his.page.keyboard.type("Trade")
    his.press("Enter")
    expect(hers.page.locator("#conversation-header .tag")).to_have_text(["Trade"])
    expect(hers.item("Ben Agent put the label “Trade” on.")).to_be_visible()
    expect(hers.box(mine[0].pk).locator(".tag")).to_have_text(["Trade"])
