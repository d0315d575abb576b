"""The live board: right numbers from counters and small indexes, within rights, without a customer's words."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from analytics.live.board import board_of
from analytics.models import Fact, Kind
from conversations.actions import assign
from conversations.models import Conversation
from inboxes.actions import create_inbox
from tests.factories import make_conversation, make_member, make_ticket
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.permissions import Role

HX = {"HTTP_HX_REQUEST": "true"}


def fact(kind: Kind, at: datetime, number: int) -> Fact:
    return Fact.objects.create(subject="c", subject_id=number, kind=kind, key=str(number), at=at)


def test_it_says_who_waits_and_who_is_there(in_acme, ada, ben, django_assert_num_queries):
    """Waiting, too long, unassigned, open; with a bot is not waiting; people by whether they are there, then by load."""
    workspace, now = in_acme.workspace, timezone.now()
    for n in range(4):
        make_conversation(in_acme, address=f"p{n}@pine.example")
    first, second, third, fourth = Conversation.objects.order_by("pk")
    Conversation.objects.filter(pk=first.pk).update(waiting_since=now - timedelta(minutes=40))
    Conversation.objects.filter(pk=second.pk).update(waiting_since=now - timedelta(minutes=10), assignee=ben)
    Conversation.objects.filter(pk=third.pk).update(bot_since=now)
    Conversation.objects.filter(pk=fourth.pk).update(waiting_since=None, assignee=ben)
    Member.objects.filter(pk=ada.pk).update(availability="away")
    make_member(workspace, "rita@acme.example", "Rita Reporter", Role.REPORTER)
    empty = create_inbox(name="Sales")
    with django_assert_num_queries(7):
        board = board_of(workspace, over=15, now=now)
    assert (board.waiting.n, board.waiting.long, board.waiting.words) == (2, 1, "40\N{NO-BREAK SPACE}min")
    assert board.counts == {"open": 4, "unassigned": 1, "bots": 1, "snoozed": 0}
    assert [(place.inbox, place.waiting.n) for place in board.places] == [(empty, 0), (in_acme.inbox, 2)]
    assert [(one.member, one.open, one.share) for one in board.agents] == [(ben, 2, 100), (ada, 0, 0)]
    assert (board.available, board.away) == (1, 1)
    assert board_of(workspace, over=60, now=now).waiting.long == 0


def test_today_is_compared_with_yesterday_at_the_same_time(in_acme, ada):
    """By the workspace's clock, also over the night in which the clocks change; only what is due counts as promised."""
    workspace = in_acme.workspace
    workspace.time_zone = "Europe/Paris"
    now = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)  # 10:00 there, and 25 hours after 10:00 of the day before
    fact(Kind.CREATED, now - timedelta(hours=10, minutes=30), 1)  # 00:30 of today
    fact(Kind.CREATED, now, 2)
    fact(Kind.CREATED, now - timedelta(hours=25), 3)  # 10:00 of yesterday
    fact(Kind.CREATED, now - timedelta(hours=24, minutes=30), 4)  # 10:30 of yesterday
    fact(Kind.CLOSED, now - timedelta(hours=30), 5)
    for n, (soon, due) in enumerate(((-20, -10), (-5, 5), (5, 10), (None, None))):
        ticket = make_ticket(in_acme, f"Lamp {n}")
        moments = {
            name: now + timedelta(minutes=at)
            for name, at in (("due_soon_at", soon), ("due_at", due))
            if at is not None
        }
        Ticket.objects.filter(pk=ticket.pk).update(due_half_at=None, **moments)
    board = board_of(workspace, now=now)
    assert [(one.kind, one.today, one.before) for one in board.today] == [
        (Kind.CREATED, 2, 1),
        (Kind.CLOSED, 0, 1),
        (Kind.FIRST_RESPONSE, 0, 0),
    ]
    assert vars(board.promises) == {"late": 1, "soon": 1, "active": 3}


def test_the_page_its_part_and_the_wall(acme, ada, ben, client_of, django_assert_max_num_queries):
    """VIEW_REPORTS alone opens it; no customer's name or word is on it (a wall is read by whoever passes)."""
    with acme.scope():
        made = make_conversation(acme, "CANARY text", name="CANARY Person", subject="CANARY subject")
        assign(made, to=ben, by=ada)
    client = client_of(ada)
    page = client.get("/w/acme/analytics/live/?over=30")
    assert page.status_code == 200 and page.context["board"].over == 30
    for told in re.findall(r'href="(/w/acme/analytics/behind/[^"]+)">(\d+)</a>', page.content.decode()):
        assert f'data-n="{told[1]}"' in client.get(told[0].replace("&amp;", "&")).content.decode(), told
    assert "what=waiting_now" in page.content.decode() and "by=member" in page.content.decode()
    wall = client.get("/w/acme/analytics/live/?wall&over=x")
    assert b'data-theme="dark"' in wall.content and b'class="nav"' not in wall.content
    assert wall.context["board"].over == 15
    with django_assert_max_num_queries(14):
        part = client.get("/w/acme/analytics/live/board/?over=30", **HX)
    assert part.content.strip().startswith(b'<div class="live"')
    assert all(b"CANARY" not in one.content for one in (page, wall, part))
    assert client_of(ben).get("/w/acme/analytics/live/").status_code == 404
