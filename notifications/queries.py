"""Reads for the bell, its page and the scripts. Each is a fixed number of queries."""

from datetime import timedelta

from django.utils import timezone

from conversations.models import Status
from notifications.describe import RELATED, described
from notifications.models import MailCount, Notification
from notifications.topics import Topic, Way
from workspaces.models import Member

MOST = 100  # the number beside the bell stops here: counting on would cost more than it tells
PAGE = 50
NEWS_FOR = timedelta(minutes=2)


def unread_count(member: Member) -> int:
    return len(unread_ids(member))


def unread_ids(member: Member):
    """At most MOST: read from the index of unread ones, exact whatever was forgotten or deleted meanwhile."""
    unread = Notification.objects.of(member).unread().in_bell().order_by()
    return unread.values_list("pk", flat=True)[:MOST]


def page_of(member: Member, *, before: int = 0, unread: bool = False) -> tuple[list, int]:
    """Newest first; and the id to go on from, 0 at the end."""
    rows = Notification.objects.of(member).in_bell().select_related(*RELATED).order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    if unread:
        rows = rows.unread()
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return described(shown, member.workspace.slug), shown[-1].pk if len(found) > PAGE else 0


def news_for(member: Member) -> dict:
    """What open pages may show and ring for: the last moments, and who waits in the chat now."""
    recent = Notification.objects.of(member).unread().filter(created_at__gt=timezone.now() - NEWS_FOR)
    rows = list(recent.select_related(*RELATED).order_by("-pk")[:20])[::-1]
    items = [
        {
            "id": row.pk,
            "topic": told.topic,
            "title": told.title,
            "text": told.text,
            "url": told.url,
            "icon": told.icon,
            "conversation": told.conversation,
            "ways": row.ways,
        }
        for row, told in zip(rows, described(rows, member.workspace.slug), strict=True)
    ]
    return {"count": unread_count(member), "items": items, "waiting": _waiting(member)}


def _waiting(member: Member) -> list[int]:
    """Conversations of chats that still wait for anybody and ring for this member."""
    calls = Notification.objects.of(member).unread().filter(topic=Topic.CHAT, ways__contains=[Way.SOUND])
    calls = calls.filter(
        conversation__assignee=None,
        conversation__team=None,
        conversation__bot_since=None,
        conversation__status=Status.OPEN,
    )
    return list(calls.order_by("-pk").values_list("conversation", flat=True)[:20])


def mails_of_today() -> list[MailCount]:
    """For admins: who got how many of what today, most first (NO-4)."""
    counts = MailCount.objects.filter(day=timezone.now().date()).select_related("member")
    return list(counts.order_by("-dropped", "-sent", "pk")[:50])
