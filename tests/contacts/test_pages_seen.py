"""Pages that a contact's browser looks at: noted without a query, folded into the last twenty, shown by the visit."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from chatflows import counting, pages_seen
from contacts import timeline
from contacts.models import PagesSeen, Visitor
from events.dispatch import valkey
from records.models import Retention
from records.retention import KINDS, sweep
from tests.factories import make_conversation, make_visitor

SHOP = "https://shop.example"


@pytest.fixture
def browser(acme, in_acme):
    valkey().delete(counting.seen_key())
    visitor = make_visitor(acme)
    Visitor.objects.filter(pk=visitor.pk).update(contact=make_conversation(acme).contact)
    return Visitor.objects.select_related("contact").get(pk=visitor.pk)


def looked(*pages: tuple[int, str]) -> list:
    start = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return [(start + timedelta(minutes=minute), SHOP + page) for minute, page in pages]


def test_noted_without_a_query_and_folded(browser, ada, django_assert_num_queries):
    with django_assert_num_queries(0):
        pages_seen.note(browser, f"{SHOP}/lamps?q=red&key={'k' * 60}")
        pages_seen.note(browser, f"{SHOP}/cart")
        pages_seen.note(browser, "javascript:alert(1)")
    assert pages_seen.fold() == 2 and pages_seen.fold() == 0
    seen = PagesSeen.objects.get()
    assert [page for _at, page in seen.pages] == [f"{SHOP}/cart", f"{SHOP}/lamps?q=red"]
    assert Visitor.objects.get(pk=browser.pk).page_url == f"{SHOP}/cart"
    (item,) = timeline.pages(browser.contact, ada, None, 10)
    assert (item.lead, item.text) == (f"{SHOP}/cart", "last of 2 pages")
    assert item.body == f"{SHOP}/lamps?q=red"


def test_of_whom_nobody_knows_nothing_is_noted(browser):
    browser.contact_id = None
    pages_seen.note(browser, f"{SHOP}/")
    assert pages_seen.fold() == 0
    # Who was erased between a look and the folding is no contact's browser any more.
    Visitor.objects.filter(pk=browser.pk).update(contact=None)
    pages_seen.note(Visitor(pk=browser.pk, workspace_id=browser.workspace_id, contact_id=1), f"{SHOP}/x")
    assert pages_seen.fold() == 1 and not PagesSeen.objects.exists()


def test_the_last_twenty_and_each_page_once():
    kept = pages_seen.last_of([], looked((0, "/a"), (5, "/a"), (6, "/b"), (50, "/b")))
    assert [page for _at, page in kept] == [f"{SHOP}/b", f"{SHOP}/b", f"{SHOP}/a"]
    many = pages_seen.last_of(kept, looked(*((60 + n, f"/{n}") for n in range(30))))
    assert len(many) == pages_seen.MOST and many[0][1] == f"{SHOP}/29"


def test_visits_are_lines_of_their_own_and_pages_of_the_timeline_end_between_them(browser, ada):
    pages = pages_seen.last_of([], looked((0, "/a"), (5, "/b"), (90, "/c"), (91, "/d"), (92, "/e")))
    PagesSeen.objects.create(visitor=browser, pages=pages, first_at=pages[-1][0])
    Visitor.objects.filter(pk=browser.pk).update(page_url=f"{SHOP}/e")
    first, second = timeline.pages(browser.contact, ada, None, 10)
    assert (first.lead, first.text, second.lead) == (f"{SHOP}/e", "last of 3 pages", f"{SHOP}/b")
    mark = timeline.mark_of(str(timeline.Mark(*first.order)))
    assert timeline.pages(browser.contact, ada, mark, 10) == [second]


def test_they_go_when_the_workspace_says_so(browser):
    visits = next(kind for kind in KINDS if kind.field == "visits_days")
    now = timezone.now()
    pages = [[(now - timedelta(days=ago)).isoformat(), f"{SHOP}/{ago}"] for ago in (1, 40)]
    PagesSeen.objects.create(visitor=browser, pages=pages, first_at=pages[-1][0])
    assert sweep(visits, Retention(visits_days=30)) == 1
    assert PagesSeen.objects.get().pages == pages[:1]
    Visitor.objects.update(last_seen_at=now - timedelta(days=50))
    sweep(visits, Retention(visits_days=30))
    assert sweep(visits, Retention(visits_days=1)) <= 1
    assert Visitor.objects.get(pk=browser.pk).page_url == ""


def test_the_panel_says_where_it_stands(acme, in_acme, client, browser):
    """The address comes with what each page view of a known browser asks anyway."""
    from chatflows.widget import chat

    visitor, token = chat.open_session(acme.chat, language="en", user_agent="x", page_url="")
    Visitor.objects.filter(pk=visitor.pk).update(contact=browser.contact)
    answer = client.post(
        "/live/conversations/",
        {"page_url": f"{SHOP}/lamps"},
        content_type="application/json",
        headers={"X-Parley-Key": acme.chat.identifier, "X-Parley-Visitor": token},
    )
    assert answer.status_code == 200 and pages_seen.fold() == 1
    assert PagesSeen.objects.get().pages[0][1] == f"{SHOP}/lamps"
