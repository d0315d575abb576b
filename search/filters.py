"""Operators that choose conversations, and the conversations a member may find at all."""

from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from conversations.models import Attachment, Conversation, ConversationLabel, Status
from search.language import Filter, Query
from workspaces.models import Member


def findable(query: Query, member: Member) -> QuerySet[Conversation]:
    """What this member may read and the operators leave over. Spam and trash are only found when asked for."""
    rows = Conversation.objects.visible_to(member)
    asked = {part.value for part in query.filters if part.name == "is" and not part.is_negated}
    if "spam" not in asked:
        rows = rows.filter(spam_at=None)
    if "trash" not in asked:
        rows = rows.filter(trashed_at=None)
    for part in query.filters:
        condition = condition_of(part, member)
        rows = rows.exclude(condition) if part.is_negated else rows.filter(condition)
    return rows


def condition_of(part: Filter, member: Member) -> Q:
    return CONDITIONS[part.name](part.value, member)


def _state(value: str, member: Member) -> Q:
    return {
        "spam": Q(spam_at__isnull=False),
        "trash": Q(trashed_at__isnull=False),
        "unassigned": Q(status=Status.OPEN, assignee=None, team=None, bot_since=None),
    }.get(value) or Q(status=value)


def _has(value: str, member: Member) -> Q:
    return Q(Exists(Attachment.objects.filter(message__conversation=OuterRef("pk")))) | Q(
        Exists(Attachment.objects.filter(comment__conversation=OuterRef("pk")))
    )


def _assignee(value: str, member: Member) -> Q:
    if value in ("me", "moi"):
        return Q(assignee=member)
    if value in ("none", "nobody"):
        return Q(assignee=None, team=None)
    people = Member.objects.filter(workspace=member.workspace_id)
    named = people.filter(Q(display_name__icontains=value) | Q(user__email__istartswith=value))
    return Q(assignee__in=named.values("pk")) | Q(team__name__icontains=value)


def _channel(value: str, member: Member) -> Q:
    return Q(channel_kind__istartswith=value) | Q(channel__name__icontains=value)


def _label(value: str, member: Member) -> Q:
    marks = ConversationLabel.objects.filter(conversation=OuterRef("pk"), label__name__icontains=value)
    return Q(Exists(marks))


def _inbox(value: str, member: Member) -> Q:
    return Q(inbox__name__icontains=value)


CONDITIONS = {
    "is": _state,
    "has": _has,
    "assignee": _assignee,
    "channel": _channel,
    "label": _label,
    "inbox": _inbox,
}


def since_of(query: Query) -> datetime | None:
    return midnight(query.since)


def until_of(query: Query) -> datetime | None:
    return midnight(query.until)


def midnight(day) -> datetime | None:
    """When a day begins for its reader."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
