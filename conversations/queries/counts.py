"""The numbers beside the views: kept by the database and added up, not counted (VW-4)."""

from django.db.models import Count, Sum, Value

from conversations.models import Conversation, CountDelta
from conversations.queries.views import all_views, buckets
from inboxes.models import Inbox, sees_only_own
from workspaces.models import Member


def counts_for(member: Member, inbox: int | None = None) -> dict[str, int]:
    """By the key of the view, within the member's rights, of all their inboxes or of one: one query, whatever the size."""
    if sees_only_own(member):
        return _counts_of_own(member, inbox)
    inboxes = Inbox.objects.visible_to(member)
    if inbox:
        inboxes = inboxes.filter(pk=inbox)
    mine = Conversation.objects.open().assigned_to(member).filter(inbox__in=inboxes)
    kept = CountDelta.objects.filter(inbox__in=inboxes).values_list("bucket").annotate(total=Sum("n"))
    mine = mine.annotate(bucket=Value("mine")).values_list("bucket").annotate(total=Count("pk"))
    sums = dict(kept.order_by().union(mine.order_by(), all=True))
    return {"mine": sums.get("mine", 0)} | {key: sums.get(bucket, 0) for key, bucket in buckets().items()}


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
