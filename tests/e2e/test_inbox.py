"""The inbox under an agent's hands: lists, keys, panes, and the same without scripts."""

import re

import pytest
from playwright.sync_api import expect

from conversations.actions import assign, comment, send_reply, set_status
from conversations.models import Comment, Conversation, Message, Status
from conversations.receive import receive
from tests.e2e.visitor import wait_for
from tests.factories import make_conversation, make_mail

pytestmark = pytest.mark.browser

SUBJECTS = ["Dimmer flickers", "Broken shade", "Invoice missing", "Which bulb?"]


@pytest.fixture
def waiting(acme) -> list[int]:
    """Four unassigned conversations by mail, the newest first, as the list shows them."""
    with acme.scope():
        made = [
            make_conversation(
                acme, f"About: {subject}", subject=subject, address=f"c{n}@pine.example", name=f"Cust{n}"
            )
            for n, subject in enumerate(SUBJECTS)
        ]
    return [conversation.pk for conversation in reversed(made)]


def again(house, pk: int, body: str) -> None:
    """The customer writes once more."""
    with house.scope():
        first = Message.objects.filter(conversation=pk).first()
        answer = {"subject": f"Re: {first.subject}", "in_reply_to": (first.external_id,)}
        # As whoever began it: a stranger who names somebody's mail begins a conversation of their own.
        receive(make_mail(house, body, address=first.contact.email, name=first.author_name, **answer))


def of(house, pk: int) -> Conversation:
    with house.scope():
        return Conversation.objects.select_related("assignee").get(pk=pk)


# ── Lists ──


def test_lists_keep_their_places_and_their_counts(acme, ben, ada, waiting, desk):
    """UI-4, VW-1, VW-4: what is unread, that no row moves, and what belongs to which view."""
    newest, closed, adas, mine = waiting
    desk.open("unassigned").ready()
    expect(desk.box(newest)).to_have_attribute("data-unread", "")
    desk.row(newest).click()
    expect(desk.item("About: Which bulb?")).to_be_visible()
    expect(desk.box(newest)).not_to_have_attribute("data-unread", "")
    again(acme, mine, "Still flickers")
    expect(desk.row(mine)).to_contain_text("Still flickers")
    desk.page.route("**/dist/app.js", lambda route: route.abort())
    desk.open("unassigned")  # as the server draws it
    expect(desk.box(newest)).not_to_have_attribute("data-unread", "")
    expect(desk.box(mine)).to_have_attribute("data-unread", "")
    desk.page.unroute("**/dist/app.js")
    desk.open("unassigned").ready()

    # Whatever happens in the list, every row stays at its place until somebody acts.
    places = "[...document.querySelectorAll('.rowbox')].map(row => [row.dataset.row, row.getBoundingClientRect().top])"
    desk.page.evaluate("document.fonts.ready")  # letters of another size would move them
    before = desk.page.evaluate(places)
    order = desk.rows()
    assert sorted(order) == sorted(waiting)
    again(acme, mine, "I write again")
    with acme.scope():
        comment(Conversation.objects.get(pk=closed), body="Mine", by=ada)
        assign(Conversation.objects.get(pk=adas), to=ada, by=ada)
        new = make_conversation(acme, "New here", subject="New", address="new@pine.example").pk
    expect(desk.shelf).to_contain_text("1 new")
    expect(desk.row(mine)).to_contain_text("I write again")
    expect(desk.box(adas)).to_have_attribute("data-left", "")
    assert desk.page.evaluate(places) == before
    wait_for(lambda: desk.spoken("1 new conversation"), 1)
    desk.shelf.get_by_role("button").click()
    wait_for(desk.rows, [new, *order])

    with acme.scope():
        set_status(Conversation.objects.get(pk=closed), Status.CLOSED, by=ada)
        assign(Conversation.objects.get(pk=mine), to=ben, by=ada)
    shown = {
        "unassigned": [newest, new],
        "mine": [mine],
        "closed": [closed],
        "open": [newest, new, mine, adas],
    }
    for view, rows in shown.items():
        assert sorted(desk.open(view).rows()) == sorted(rows), view
    assert desk.page.locator("#count-open").inner_text() == "4"
    assert desk.page.locator("#count-mine").inner_text() == "1"
    with acme.scope():
        for pk in (newest, new):
            assign(Conversation.objects.get(pk=pk), to=ben, by=ada)
    expect(desk.page.locator("#count-mine")).to_have_text("3")
    expect(desk.page.locator("#count-unassigned")).to_have_text("")

    # Words of strangers are words, whatever they look like.
    with acme.scope():
        strange = make_conversation(acme, "<b>bold</b> שלום <img src=x onerror=alert(1)>", subject="<i>s</i>")
        send_reply(strange, body="<script>alert(1)</script>", by=ada)
    desk.open("open", strange.pk).ready()
    assert desk.messages() == ["<b>bold</b> שלום <img src=x onerror=alert(1)>", "<script>alert(1)</script>"]
    expect(desk.page.locator("#subject")).to_have_text("<i>s</i>")
    assert desk.line.locator("b b, img, script, i i").count() == 0


# ── Keys ──


def test_keys_walk_take_close_give_away_and_can_be_switched_off(acme, ben, yann, waiting, desk):
    """J K Enter O R C Esc ? I E Z A do what the list of keys says; WCAG 2.1.4: off, what needs a modifier stays."""
    desk.open("unassigned").ready()
    desk.press("j")
    expect(desk.row(waiting[0])).to_be_focused()
    desk.press("j", "ArrowDown", "k")
    expect(desk.row(waiting[1])).to_be_focused()
    desk.press("Enter")
    expect(desk.item("About: Invoice missing")).to_be_visible()
    expect(desk.box(waiting[1])).to_have_attribute("aria-current", "true")
    expect(desk.row(waiting[1])).to_be_focused()
    expect(desk.page).to_have_title(re.compile("^Invoice missing"))

    desk.press("r")
    expect(desk.text()).to_be_focused()
    desk.page.keyboard.type("jkea.")
    expect(desk.value()).to_have_value("jkea.")
    desk.press("Escape", "c")
    expect(desk.text("comment")).to_be_focused()
    desk.press("Escape")
    expect(desk.row(waiting[1])).to_be_focused()
    desk.press("j", "o")
    expect(desk.item("About: Broken shade")).to_be_visible()

    desk.press("?")
    keys = desk.page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    desk.press("j", "Escape")
    expect(keys).to_be_hidden()
    expect(desk.row(waiting[2])).to_be_focused()
    desk.page.go_back()
    expect(desk.item("About: Invoice missing")).to_be_visible()

    # I takes it, E closes, the focus goes to the next row, Z takes it back.
    desk.open("open", waiting[2]).ready()
    desk.press("i")
    expect(desk.page.locator("#assign-button")).to_contain_text("Ben Agent")
    wait_for(lambda: of(acme, waiting[2]).assignee, ben)
    desk.press("e")
    expect(desk.status).to_contain_text("closed")
    expect(desk.row(waiting[2])).not_to_be_attached()
    expect(desk.row(waiting[3])).to_be_focused()
    expect(desk.page.locator(".toast")).to_contain_text("Closed.")
    wait_for(lambda: of(acme, waiting[2]).status, Status.CLOSED)
    desk.press("z")
    expect(desk.status).to_contain_text("your turn since")
    expect(desk.row(waiting[2])).to_be_focused()
    wait_for(desk.rows, waiting)
    wait_for(lambda: of(acme, waiting[2]).status, Status.OPEN)

    desk.press("a")
    expect(desk.page.get_by_label("Filter people")).to_be_focused()
    desk.page.keyboard.type("yan")
    desk.press("Enter")
    expect(desk.page.locator("#assign-button")).to_contain_text("Yann Le Goff")
    expect(desk.line).to_contain_text("Yann Le Goff")
    expect(desk.page.locator("#assign-menu")).to_be_hidden()
    wait_for(lambda: of(acme, waiting[2]).assignee, yann)

    ben.user.shortcuts_on = False
    ben.user.save()
    desk.open("unassigned", waiting[0]).ready()
    desk.page.locator("#messages").focus()
    desk.press("e", "r", "j", "?", "a", "i")
    expect(desk.page.locator("#messages")).to_be_focused()
    expect(desk.page.get_by_role("dialog")).to_be_hidden()
    expect(desk.status).to_contain_text("your turn since")
    desk.text().fill("By the button’s own key")
    desk.press("Control+Enter")
    expect(desk.item("By the button’s own key")).to_be_visible()


# ── Two windows ──


def test_two_windows_are_in_step_and_two_people_see_each_other(acme, yann, waiting, desk, sit_down):
    """A second tab of one person, and company in one conversation: who reads, who replies; Send asks once."""
    second = type(desk)(desk.page.context.new_page(), desk.house)
    desk.open("open", waiting[0]).ready()
    second.open("open", waiting[0]).ready()
    desk.send("Said in the first")
    expect(second.item("Said in the first")).to_be_visible()
    second.send("Said in the second", mode="comment")
    expect(desk.item("Said in the second")).to_be_visible()
    desk.press("Escape", "e")
    expect(second.status).to_contain_text("closed")
    expect(second.box(waiting[0])).to_have_attribute("data-left", "")
    for tab in (desk, second):
        expect(tab.item("Said in the first")).to_have_count(1)
        expect(tab.item("Said in the second")).to_have_count(1)
        assert tab.spoken("Said in") == 0
    assert second.thrown == []
    second.page.close()

    desk.open("open", waiting[1]).ready()
    other = sit_down(yann).open("open", waiting[1]).ready()
    expect(desk.company).to_contain_text("Yann Le Goff is reading too")
    expect(other.company).to_contain_text("Ben Agent is reading too")
    other.press("r")
    other.page.keyboard.type("I am on it")
    expect(desk.company).to_contain_text("Yann Le Goff is replying")
    desk.send("Me too")
    send = desk.page.locator("form[data-for=reply] [data-send]")
    expect(send).to_contain_text("Yann Le Goff is replying. Send anyway?")
    expect(desk.value()).to_have_value("Me too")
    desk.press("Control+Enter")
    expect(desk.item("Me too")).to_have_count(1)
    expect(send).not_to_contain_text("Send anyway?")
    other.row(waiting[2]).click()
    expect(desk.company).to_be_empty()


# ── Phone ──


def test_a_phone_shows_one_pane_at_a_time(waiting, ben, sit_down):
    phone = sit_down(ben, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.open("unassigned").ready()
    thread, side = phone.page.locator(".thread"), phone.page.locator("#sidebar")
    expect(phone.page.locator("#list")).to_be_visible()
    expect(thread).to_be_hidden()
    phone.row(waiting[0]).tap()
    expect(phone.item("About: Which bulb?")).to_be_visible()
    expect(phone.page.locator("#list")).to_be_hidden()
    expect(phone.page.locator(".tabbar")).to_be_hidden()
    phone.page.locator("a[data-go=side]").tap()
    expect(side).to_be_visible()
    expect(thread).to_be_hidden()
    side.get_by_role("button", name="Back").tap()
    phone.text().fill("From the train")
    phone.page.get_by_role("button", name="Send", exact=True).tap()
    expect(phone.item("From the train")).to_be_visible()
    phone.page.get_by_role("link", name="Back to the list").tap()
    expect(phone.row(waiting[0])).to_be_visible()
    expect(thread).to_be_hidden()
    expect(phone.page).to_have_url(f"{phone.house}/inbox/unassigned/")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390


# ── Without scripts ──


def test_everything_works_by_forms_alone(acme, ben, yann, waiting, sit_down):
    """Pages work before the script arrives; a refused form keeps the conversation."""
    desk = sit_down(ben, java_script_enabled=False).open("unassigned", waiting[0])
    page = desk.page
    desk.text().fill("   ")
    page.locator("form[data-for=reply] [data-send]").click()
    expect(page.get_by_role("alert")).to_contain_text("Write something first.")
    expect(desk.item("About: Which bulb?")).to_be_visible()

    desk.open("unassigned")
    desk.row(waiting[0]).click()
    expect(desk.item("About: Which bulb?")).to_be_visible()
    desk.text().fill("An E27 of 40 W.")
    page.locator("form[data-for=reply] [data-send]").click()
    expect(desk.item("An E27 of 40 W.")).to_be_visible()
    expect(desk.value()).to_have_value("")

    page.locator(".composer__tab", has_text="Comment").click()
    desk.text("comment").fill("Third time this week")
    page.get_by_role("button", name="Add comment").click()
    expect(desk.item("Third time this week")).to_contain_text("Only your team")

    page.locator("#assign-button").click()
    page.locator("#assign-menu").get_by_role("button", name="Yann Le Goff").click()
    expect(page.locator("#assign-button")).to_contain_text("Yann Le Goff")
    page.locator("#status-button").click()
    expect(desk.status).to_contain_text("closed")
    page.locator("#status-button", has_text="Open again").click()
    expect(desk.status).to_contain_text("waiting on them")

    conversation = of(acme, waiting[0])
    assert (conversation.assignee, conversation.status) == (yann, Status.OPEN)
    with acme.scope():
        assert Message.objects.filter(direction="out").count() == Comment.objects.count() == 1
