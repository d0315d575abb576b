from conversations.actions import assign, comment, set_status
from conversations.models import Conversation, CountDelta, Status
from conversations.queries import counts_for
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
    from django.db import connection

    for number in range(3):
        assign(make_conversation(in_acme, external_id=f"<{number}@x>"), to=ben, by=ben)
    before = counts_for(ben)
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [in_acme.workspace.pk])
    assert counts_for(ben) == before
    # open and open:email are 3 each; unassigned folded to nothing
    assert CountDelta.objects.count() == 2


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
