"""What stands beside the history of a contact: their tickets, and how it goes; each as far as the reader may see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chatflows.models import SurveyAnswer
from contacts.beside import figures_of, sections_of, up_to
from conversations.models import Conversation, ConversationDetail
from tests.factories import make_conversation, make_member, make_ticket
from tickets.models import Ticket
from workspaces.permissions import Role


@pytest.fixture
def mails(acme, in_acme):
    """Three mails of one person, of which two were answered, after ten and twenty minutes; two votes."""
    rows = [make_conversation(acme, external_id=f"<{n}@pine.example>", subject=f"Lamp {n}") for n in range(3)]
    for row, minutes, score in zip(rows, (10, 20), (5, 4), strict=False):
        details = ConversationDetail.objects.filter(conversation=row)
        details.update(first_response_at=row.created_at + timedelta(minutes=minutes))
        SurveyAnswer.objects.create(
            conversation=row, contact=row.contact, score=score, answered_at=timezone.now()
        )
    return rows


def figures(contact, member) -> list[tuple[str, str]]:
    return [(one.label, one.value.replace("\xa0", " ")) for one in figures_of(contact, member)]


def test_how_it_goes_is_told_from_what_is_kept(ada, ben, mails, django_assert_max_num_queries):
    """First replies are figures of the team: only for those who may read reports."""
    james = mails[0].contact
    ada.granted(), ben.granted()
    with django_assert_max_num_queries(2):
        told = figures(james, ada)
    assert told == [
        ("Conversations", "3, 3 open"),
        ("First reply", "usually 15 minutes"),
        ("Rating", "4.5 of 5, 2 votes"),
        ("Writes by", "Email"),
    ]
    ConversationDetail.objects.filter(conversation=mails[1]).update(first_response_at=None)
    assert dict(figures(james, ada))["First reply"] == "10 minutes"
    assert "First reply" not in dict(figures(james, ben)) and dict(figures(james, ben))["Rating"]
    assert (up_to(100), up_to(101), up_to(6, 5)) == ("100", "100+", "5+")


def test_the_open_tickets_first_what_is_due_soonest_on_top(client_of, acme, ben, mails):
    james = mails[0].contact
    late, quiet, done = (make_ticket(acme, name, contact=james) for name in ("Late", "Quiet", "Done"))
    now = timezone.now()
    Ticket.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=3), created_at=now - timedelta(1))
    Ticket.objects.filter(pk=done.pk).update(closed_at=now)
    [section] = sections_of(james, ben)
    assert [one["row"].name for one in section.context["lines"]] == ["Late", "Quiet", "Done"]
    assert section.context["n"] == "2" and not section.context["more"]
    page = client_of(ben).get(reverse("contacts:show", args=["acme", james.pk])).text
    part = page[page.index('id="contact-tickets"') :]
    assert "2 open" in part and f"#{late.number}" in part and "3h late" in part and 'data-due="late"' in part
    for n in range(4):
        make_ticket(acme, f"More {n}", contact=james)
    [section] = sections_of(james, ben)
    assert section.context["n"] == "5+" and section.context["more"]


def test_what_the_reader_may_not_see_is_counted_nowhere(client_of, acme, mails):
    """AC-6 and a closed inbox: neither tickets nor figures of others' conversations."""
    james = mails[0].contact
    rita = make_member(acme.workspace, "r@acme.example", "Rita", Role.RESTRICTED)
    make_ticket(acme, contact=james)
    assert figures(james, rita) == [] and not sections_of(james, rita)[0].context["lines"]
    Conversation.objects.filter(pk=mails[2].pk).update(assignee=rita)
    make_ticket(acme, "Hers", contact=james, owner=rita)
    assert figures(james, rita) == [("Conversations", "1, 1 open"), ("Writes by", "Email")]
    assert [one["row"].name for one in sections_of(james, rita)[0].context["lines"]] == ["Hers"]
    yann = make_member(acme.workspace, "y@acme.example", "Yann")
    acme.inbox.open_to_everyone = False
    acme.inbox.save()
    assert figures(james, yann) == [] and not sections_of(james, yann)[0].context["lines"]
    page = client_of(yann).get(reverse("contacts:show", args=["acme", james.pk])).text
    assert "How it goes" not in page and "Hers" not in page


def test_tabs_that_are_seldom_asked_for_are_gathered(client_of, ben, mails):
    page = client_of(ben).get(
        reverse("contacts:show", args=["acme", mails[0].contact.pk]), {"only": "changes"}
    )
    assert [one.key for one in page.context["tabs"]] == ["conversations", "tickets", "notes", "pages"]
    assert {"flows", "consents", "ratings", "changes"} <= {one.key for one in page.context["seldom"]}
    assert page.context["elsewhere"].key == "changes" and "Became a contact" in page.text
