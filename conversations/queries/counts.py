"""The numbers beside the views: kept by the database and added up, not counted (VW-4)."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Value

from conversations.models import Conversation
from conversations.queries.views import all_views, buckets, mine_of
from inboxes.models import Inbox, sees_only_own
from workspaces.models import Member

# "mentions" is what this view chooses (ConversationQuerySet.open()). Written out: made of querysets, this took three times
# as long in Python as in the database, and every page asks it. Counters are named, since most are others'.
COUNTS = """
    WITH seen AS ({seen})
    SELECT bucket, sum(n) FROM conversations_countdelta
    WHERE workspace_id = %s AND inbox_id IN (SELECT id FROM seen) AND bucket = ANY(%s) GROUP BY bucket
    UNION ALL
    SELECT 'mentions', count(DISTINCT c.id) FROM conversations_mention m
    JOIN conversations_conversation c ON c.id = m.conversation_id
    WHERE m.workspace_id = %s AND m.member_id = %s AND c.inbox_id IN (SELECT id FROM seen) AND c.status = 'open'
    AND c.spam_at IS NULL AND c.filtered_at IS NULL AND c.trashed_at IS NULL AND c.merged_into_id IS NULL
"""
# Counted for each reader, beside what the database keeps.
OWN = ("mine", "mentions")


def counts_for(member: Member, inbox: int | None = None) -> dict[str, int]:
    """By the key of the view, within the member's rights, of all their inboxes or of one: one query, whatever the size."""
    if sees_only_own(member):
        return _counts_of_own(member, inbox)
    inboxes = Inbox.objects.visible_to(member)
    if inbox:
        inboxes = inboxes.filter(pk=inbox)
    try:
        seen, given = inboxes.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:  # who works in no inbox
        return dict.fromkeys([*OWN, *buckets()], 0)
    kept = buckets() | {"mine": mine_of(member.pk)}
    with connection.cursor() as cursor:
        here = member.workspace_id
        cursor.execute(COUNTS.format(seen=seen), [*given, here, list(kept.values()), here, member.pk])
        sums = dict(cursor.fetchall())
    return {"mentions": sums["mentions"]} | {key: sums.get(bucket, 0) for key, bucket in kept.items()}


def _counts_of_own(member: Member, inbox: int | None) -> dict[str, int]:
    """A restricted agent has few: they are counted, in one query (AC-6)."""
    rows = Conversation.objects.visible_to(member)
    if inbox:
        rows = rows.filter(inbox=inbox)
    shown = [view for view in all_views() if view.counted]
    parts = [
        view.choose(rows, member)
        .order_by()
        .annotate(view=Value(view.key))
        .values_list("view")
        .annotate(total=Count("pk"))
        for view in shown
    ]
    return {view.key: 0 for view in shown} | dict(parts[0].union(*parts[1:], all=True))
