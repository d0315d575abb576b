import random

from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from conversations.actions import assign, comment, set_status
from conversations.models import Conversation, CountDelta, Status
from conversations.queries import counts_for
from conversations.queries.views import mine_of
from conversations.routing import open_counts
from conversations.tasks import FOLD
from inboxes.actions import create_inbox
from realtime import frames
from realtime.tickets import reader_of
from tests.factories import make_conversation
from workspaces.permissions import Role


def test_counts_follow_a_conversation_through_its_life(in_acme, ben):
    """VW-4: kept by the database, not counted."""
    conversation = make_conversation(in_acme)
    assert counts_for(ben).items() >= {"mine": 0, "unassigned": 1, "open": 1, "snoozed": 0}.items()
    assign(conversation, to=ben, by=ben)
    assert counts_for(ben).items() >= {"mine": 1, "unassigned": 0, "open": 1, "snoozed": 0}.items()
    set_status(conversation, Status.CLOSED, by=ben)
    assert counts_for(ben).items() >= {"mine": 0, "unassigned": 0, "open": 0, "snoozed": 0}.items()
    conversation.delete()
    assert counts_for(ben)["open"] == 0


def test_raw_changes_are_counted_too(in_acme, ben):
    conversation = make_conversation(in_acme)
    Conversation.objects.filter(pk=conversation.pk).update(spam_at=conversation.created_at)
    assert counts_for(ben)["open"] == 0


def test_folding_changes_no_sum(in_acme, ben):
    for number in range(3):
        assign(make_conversation(in_acme, external_id=f"<{number}@x>"), to=ben, by=ben)
    before = counts_for(ben)
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [in_acme.workspace.pk])
    assert counts_for(ben) == before
    # open, open:email and mine are 3 each; unassigned folded to nothing
    assert CountDelta.objects.count() == 3


def test_counts_are_within_a_members_rights(in_acme, ada, ben):
    """VW-4, T011: what a member may not open is not in their numbers."""
    closed_inbox = create_inbox(name="Sales", members=[ada])
    conversation = make_conversation(in_acme)
    Conversation.objects.filter(pk=conversation.pk).update(inbox=closed_inbox)
    assert counts_for(ada)["open"] == 1
    assert counts_for(ben)["open"] == 0


def test_where_somebody_was_named_is_counted_once_and_while_it_is_open(in_acme, ada, ben):
    """VW-4: the number beside Mentions, with the page and over the socket."""
    conversation = make_conversation(in_acme)
    for _ in range(2):
        comment(conversation, body=f"@{ben.display_name} look", by=ada)
    assert (counts_for(ben)["mentions"], counts_for(ada)["mentions"]) == (1, 0)
    assert told_to(ben)["mentions"] == 1
    set_status(conversation, Status.CLOSED, by=ada)
    assert counts_for(ben)["mentions"] == 0 == told_to(ben)["mentions"]


def told_to(member) -> dict[str, int]:
    told = frames.since(reader_of(member, "", "en"), 0)["frames"]
    return next(frame["counts"] for frame in told if frame["t"] == "counts")


def test_a_restricted_agent_counts_what_is_theirs(in_acme, ben):
    """AC-6."""
    ben.role = Role.RESTRICTED
    ben.save()
    assign(make_conversation(in_acme, external_id="<1@x>"), to=ben, by=ben)
    make_conversation(in_acme, external_id="<2@x>")
    assert counts_for(ben).items() >= {"mine": 1, "unassigned": 0, "open": 1, "snoozed": 0}.items()


def test_whatever_is_done_what_is_kept_is_what_is_counted(in_acme, ada, ben):
    """VW-4: by inbox and owner too, after any deeds in any order, raw ones included, folded now and then."""
    chance, elsewhere = random.Random(5), create_inbox(name="Sales", members=[ada])
    rows = [make_conversation(in_acme, external_id=f"<{number}@x>").pk for number in range(6)]
    deeds = (
        {"assignee": ada, "team": None, "bot_since": None}, {"assignee": ben, "team": None, "bot_since": None},
        {"assignee": None}, {"assignee": None, "bot_since": timezone.now()}, {"inbox": elsewhere},
        {"inbox": in_acme.inbox}, {"status": "closed", "closed_at": timezone.now()},
        {"status": "open", "closed_at": None}, {"spam_at": timezone.now()}, {"spam_at": None},
        {"trashed_at": timezone.now()}, {"trashed_at": None}, {"merged_into": rows[0]}, {"merged_into": None},
    )  # fmt: skip
    for number in range(120):
        Conversation.objects.filter(pk=chance.choice(rows[1:])).update(**chance.choice(deeds))
        if number % 40 == 39:
            with connection.cursor() as cursor:
                cursor.execute(FOLD, [in_acme.workspace.pk])
        kept = CountDelta.objects.filter(bucket__startswith="mine:").values_list("bucket", "inbox")
        told = {(bucket, inbox): n for bucket, inbox, n in kept.annotate(all=Sum("n")) if n}
        counted = Conversation.objects.open().exclude(assignee=None).values_list("assignee", "inbox")
        assert told == {(mine_of(who), inbox): n for who, inbox, n in counted.annotate(all=Count("pk"))}
        open_now = Conversation.objects.open()
        assert counts_for(ada).items() >= {
            "open": open_now.count(), "unassigned": open_now.unassigned().count(),
            "mine": open_now.assigned_to(ada).count(), "bots": open_now.with_bots().count(),
        }.items()  # fmt: skip
    assert told_to(ada)["mine"] == counts_for(ada)["mine"]
    assert open_counts([ada.pk, ben.pk]) == dict(
        Conversation.objects.open().exclude(assignee=None).values_list("assignee").annotate(n=Count("pk"))
    )
    Conversation.objects.all().delete()
    assert set(counts_for(ben).values()) == {0}


def test_giving_it_to_somebody_else_writes_two_rows(in_acme, ada, ben):
    conversation = make_conversation(in_acme)
    assign(conversation, to=ben, by=ben)
    before = CountDelta.objects.count()
    Conversation.objects.filter(pk=conversation.pk).update(assignee=ada)
    assert CountDelta.objects.count() == before + 2
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=None, version=9)
    assert CountDelta.objects.count() == before + 2
