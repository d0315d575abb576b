"""Lists of what is due: found, ordered, paged (SL-5)."""

from conversations.models import Conversation
from conversations.queries.lists import page_of
from conversations.queries.views import get_view
from tests.factories import make_conversation
from tests.tickets.promises import MINUTE, START, a_ticket, back, look, promise, settle
from tickets.models import Ticket
from tickets.queries.conditions import FIELDS
from tickets.queries.narrow import narrow_from, narrowed
from tickets.queries.table import page_of as table_page
from tickets.queries.table import sort_from


def test_lists_find_and_order_what_is_due(in_acme, ada, django_assert_num_queries):
    """SL-5: filters and orders of conversations and tickets; a row shows its ticket and its fuse from half on, without a query."""
    from django.utils import timezone

    from conversations.conditions import Asked, to_q

    in_acme.email.config["ticket"] = {"on": False}
    in_acme.email.save(update_fields=["config"])
    make_conversation(in_acme, address="no@pine.example")
    settle()
    in_acme.email.config["ticket"] = {"on": True}
    in_acme.email.save(update_fields=["config"])
    promise(in_acme)
    conversation, ticket = a_ticket(in_acme)
    second = make_conversation(in_acme, address="kim@pine.example")
    settle()
    back(ticket, 50 * MINUTE)
    look(ticket, "first")
    rows = page_of(get_view("open"), ada, sort="due")
    rows = [*rows.yours, *rows.theirs]
    assert [row.pk for row in rows][:2] == [conversation.pk, second.pk]
    assert (rows[0].due.state, rows[0].due.is_shown, rows[0].ticket) == ("soon", True, ticket.number)
    assert not rows[1].due.is_shown and rows[2].due is None
    asked = Asked(ada.pk, timezone.now())

    def found(value):
        line = {"field": "ticket_due", "op": "is", "value": [value]}
        return list(
            Conversation.objects.filter(to_q({"any": [{"all": [line]}]}, asked)).values_list("pk", flat=True)
        )

    assert (found("soon"), found("late"), found("calm")) == ([conversation.pk], [], [second.pk])
    line = {"field": "due", "op": "is", "value": ["soon"]}
    assert Ticket.objects.get(to_q({"any": [{"all": [line]}]}, asked, FIELDS)) == ticket
    assert narrowed(Ticket.objects.all(), narrow_from({"due": "pressing"}), ada).get() == ticket
    with django_assert_num_queries(1):
        cards, _after = table_page(Ticket.objects.all(), sort_from("due"), "", "acme")
    assert [card.pk for card in cards] == [ticket.pk, Ticket.objects.get(ties__conversation=second).pk]
    assert cards[0].mark["due"] == "soon"


def test_pages_of_what_is_due_go_on_past_those_without(in_acme, ada, monkeypatch):
    """Keyset: a page of one at a time shows each once, those without a promise last."""
    from conversations.queries import lists
    from tickets.queries import table

    promise(in_acme)
    in_acme.email.config["ticket"] = {"on": True}
    for n in range(2):
        make_conversation(in_acme, address=f"a{n}@pine.example")
        settle()
    Conversation.objects.update(due_at=None)
    first, second = Conversation.objects.order_by("pk")
    Conversation.objects.filter(pk=second.pk).update(due_at=START)
    monkeypatch.setattr(lists, "PAGE", 1)
    page = page_of(get_view("open"), ada, sort="due")
    after = page_of(get_view("open"), ada, sort="due", after=page.next)
    assert [row.pk for row in (*page.yours, *page.theirs, *after.yours, *after.theirs)] == [
        second.pk,
        first.pk,
    ]
    monkeypatch.setattr(table, "PAGE", 1)
    Ticket.objects.update(due_at=None)
    newest = Ticket.objects.latest("pk")
    Ticket.objects.filter(pk=newest.pk).update(due_at=START)
    cards, key = table_page(Ticket.objects.all(), sort_from("due"), "", "acme")
    more, end = table_page(Ticket.objects.all(), sort_from("due"), key, "acme")
    assert cards[0].pk == newest.pk and more[0].pk != newest.pk and end == ""
