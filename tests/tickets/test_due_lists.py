"""Lists of what is due: found, ordered, paged (SL-5)."""

from chatflows.satisfaction import vote
from conversations.conditions import Asked, clean, to_q
from conversations.models import Conversation
from conversations.queries.lists import page_of
from conversations.queries.views import get_view
from events.models import Event
from events.types import TICKET_SLA_DUE_SOON
from inboxes.actions import create_inbox, set_access
from tests.factories import make_conversation, make_ticket
from tests.tickets.promises import MINUTE, START, a_ticket, back, look, promise, settle
from tickets.actions import create_from, link
from tickets.models import SlaClock, Ticket
from tickets.queries.conditions import FIELDS, choices_for, words
from tickets.queries.narrow import narrow_from, narrowed
from tickets.queries.table import page_of as table_page
from tickets.queries.table import sort_from


def test_lists_find_and_order_what_is_due(in_acme, ada, django_assert_num_queries):
    """SL-5: filters and orders of conversations and tickets; a row shows its ticket and its fuse from half on, without a query."""
    from django.utils import timezone

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

    line = {"field": "ticket_promises", "op": "is", "value": ["breached"]}
    assert not Conversation.objects.filter(to_q({"any": [{"all": [line]}]}, asked)).exists()
    SlaClock.objects.filter(ticket=ticket, goal="first").update(state="breached")
    assert Conversation.objects.get(to_q({"any": [{"all": [line]}]}, asked)) == conversation
    line["field"] = "promises"
    assert Ticket.objects.get(to_q({"any": [{"all": [line]}]}, asked, FIELDS)) == ticket
    assert (found("soon"), found("late"), found("calm")) == ([conversation.pk], [], [second.pk])
    line = {"field": "due", "op": "is", "value": ["soon"]}
    assert Ticket.objects.get(to_q({"any": [{"all": [line]}]}, asked, FIELDS)) == ticket
    assert narrowed(Ticket.objects.all(), narrow_from({"due": "pressing"}), ada).get() == ticket
    with django_assert_num_queries(1):
        cards, _after = table_page(Ticket.objects.all(), sort_from("due"), "", ada)
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
    cards, key = table_page(Ticket.objects.all(), sort_from("due"), "", ada)
    more, end = table_page(Ticket.objects.all(), sort_from("due"), key, ada)
    assert cards[0].pk == newest.pk and more[0].pk != newest.pk and end == ""


def test_votes_are_a_filter_and_a_column(in_acme, ada, ben, django_assert_num_queries):
    """TK-11, LC-7: the last vote about any of a ticket's conversations; asked only where the column is shown."""
    one, two = make_conversation(in_acme), make_conversation(in_acme, address="kim@pine.example")
    loved, other = create_from(one, by=None), make_ticket(in_acme)
    link(loved, two, by=ada)
    vote(one, 5)
    vote(two, 2)

    def found(field, op, *value, by=ada):
        line = {"field": field, "op": op} | ({"value": list(value)} if value else {})
        conditions = clean({"any": [{"all": [line]}]}, FIELDS)
        return set(Ticket.objects.filter(to_q(conditions, Asked(by.pk, START), FIELDS)))

    assert found("vote", "is", "2") == {loved} and found("vote", "is", "5") == set()
    assert found("vote", "is_not", "2") == found("vote_given", "no") == {other}
    assert found("vote_given", "yes") == {loved}
    assert ("vote", "How content they were") in dict(words())["Ticket"]
    assert ("1", "Not at all content") in choices_for(ada)["ratings"]
    with django_assert_num_queries(1):
        cards, _after = table_page(Ticket.objects.all(), sort_from("-number"), "", ada)
    assert cards[1].mark == {}
    with django_assert_num_queries(2):
        cards, _after = table_page(Ticket.objects.all(), sort_from("-number"), "", ada, ["vote"])
    assert [card.mark.get("vote_words") for card in cards] == [None, "2 of 5"]
    # A vote about a conversation that one may not read is not read here either.
    Conversation.objects.filter(pk=two.pk).update(inbox=create_inbox(name="Sales", members=[ada]))
    cards, _after = table_page(Ticket.objects.all(), sort_from("-number"), "", ben, ["vote"])
    assert [card.mark.get("vote_words") for card in cards] == [None, "5 of 5"]
    assert found("vote", "is", "2", by=ben) == set() and found("vote", "is", "5", by=ben) == {loved}
    assert found("vote", "is", "2") == {loved}


def _is_due_soon(frame: dict) -> bool:
    return frame["t"] == "event" and frame["type"] == TICKET_SLA_DUE_SOON


def test_all_rows_of_a_ticket_burn_live(acme, ada, ben, client_of):
    """SL-5, RT-6: what is due is told of each conversation of the ticket, to who may see that one."""
    with acme.scope():
        promise(acme)
        one, ticket = a_ticket(acme)
        acme.email.config["ticket"] = {"on": False}
        acme.email.save(update_fields=["config"])
        two = make_conversation(acme, address="kim@pine.example")
        hidden = make_conversation(acme, address="lu@pine.example")
        settle()
        link(ticket, two, by=ada)
        link(ticket, hidden, by=ada)
        settle()
        aside = create_inbox(name="Aside")
        set_access(aside, everyone=False, members=[ada], teams=[])
        Conversation.objects.filter(pk=hidden.pk).update(inbox=aside)
        head = Event.objects.latest("pk").pk
        back(ticket, 50 * MINUTE)
        assert look(ticket, "first")
    frames = client_of(ben).get(f"/w/acme/live/since/?after={head}").json()["frames"]
    rows = {frame["conversation"]: frame for frame in frames if _is_due_soon(frame)}
    assert rows.keys() == {one.pk, two.pk}
    assert all('data-due="soon"' in frame["row"] and not frame["unread"] for frame in rows.values())
    frames = client_of(ada).get(f"/w/acme/live/since/?after={head}").json()["frames"]
    assert hidden.pk in {frame.get("conversation") for frame in frames}
