"""Verbs: tell, read, mute, choose. Telling writes rows and rings; mail and push leave from those rows later."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from conversations.models import Comment, Conversation
from events import dispatch
from notifications import audience
from notifications.models import Mute, Notification, Preferences
from notifications.topics import UP_FOR_GRABS, Topic, Way
from notifications.wishes import ways_now, wishes_of
from workspaces.models import Member
from workspaces.scope import current_workspace_id

# Several messages of one thread within a minute are one mail (NO-7).
COLLAPSE = timedelta(seconds=60)
# Whoever looks at the thread has read it by then, and their telephone stays silent.
PUSH_AFTER = timedelta(seconds=3)


@transaction.atomic
def tell(members: Iterable[Member], *, topic: str, key: str, at: datetime | None = None, **about) -> None:
    """Write one notification a member, by the ways each has chosen; who has chosen none is told nothing.

    `about`: conversation, ticket, message, comment, channel, actor (rows or ids by `_id`), and the word `about`.
    """
    members = list(members)
    now = at or timezone.now()
    wishes = wishes_of(members)
    rows = [_row(member, wishes[member.pk], topic, key, now, about) for member in members]
    told = [row for row in rows if row is not None]
    Notification.objects.bulk_create(told, ignore_conflicts=True)
    ring(row.member_id for row in told)


def _row(member, wishes, topic: str, key: str, now: datetime, about: dict) -> Notification | None:
    ways, mail_from = ways_now(wishes, member, topic, now)
    if not ways:
        return None
    return Notification(
        workspace_id=member.workspace_id,
        member=member,
        topic=topic,
        key=key,
        ways=ways,
        in_bell=Way.BELL in ways,
        created_at=now,
        mail_due_at=max(now + COLLAPSE, mail_from) if Way.EMAIL in ways else None,
        push_due_at=now + PUSH_AFTER if Way.PUSH in ways else None,
        **about,
    )


@transaction.atomic
def notify_mentions(comment: Comment, members: Iterable[Member], *, by: Member | None = None) -> None:
    """Tell members that a comment names them: the first time it does, never oneself (NO-5).

    Whoever was told of the same comment already is told again, once, that they are named in it.
    """
    conversation = Conversation.objects.get(pk=comment.conversation_id)
    actor = by.pk if by else comment.author_id
    key = comment_key(comment.pk)
    named = audience.people(conversation, [member.pk for member in members])
    named = audience.who_hears(conversation, named, Topic.MENTION, actor=actor)
    known = Notification.objects.filter(member__in=named, key=key)
    already = set(known.filter(topic=Topic.MENTION).values_list("member", flat=True))
    known.exclude(topic=Topic.MENTION).delete()
    fresh = [member for member in named if member.pk not in already]
    tell(fresh, topic=Topic.MENTION, key=key, conversation=conversation, comment=comment, actor_id=actor)


def comment_key(pk: int) -> str:
    """A comment and a mention in it are one item."""
    return f"comment:{pk}"


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────


def mark_read(member: Member, **which) -> int:
    """Note that somebody has read what they were told: all of it, or `pk=`, `conversation=`. Returns how many."""
    unread = Notification.objects.unread().filter(member=member, **which)
    changed = unread.update(read_at=timezone.now(), mail_due_at=None, push_due_at=None)
    if changed:
        ring([member.pk])
    return changed


def settle(conversation: Conversation) -> None:
    """Somebody took it, or it is out of the way: nobody is to be called for it any more."""
    open_calls = Notification.objects.unread().filter(conversation=conversation, topic__in=UP_FOR_GRABS)
    called = list(open_calls.values_list("member", flat=True))
    if called:
        open_calls.update(read_at=timezone.now(), mail_due_at=None, push_due_at=None)
        ring(called)


def mute(conversation: Conversation, *, by: Member, on: bool) -> None:
    if on:
        Mute.objects.get_or_create(conversation=conversation, member=by)
        mark_read(by, conversation=conversation)
    else:
        Mute.objects.filter(conversation=conversation, member=by).delete()


def ring(member_ids: Iterable[int]) -> None:
    """After commit: tell these members' open pages to ask what is new. Ids only; a lost one costs seconds."""
    ids = sorted(set(member_ids))
    if not ids:
        return
    workspace_id = current_workspace_id()
    said = json.dumps([{"notified": ids}])
    send = lambda client: client.publish(dispatch.bell_channel(workspace_id), said)  # noqa: E731
    transaction.on_commit(lambda: dispatch.quietly(send), robust=True)


# ── Choosing ────────────────────────────────────────────────────────────────────────────────────────────────────


def choose(
    member: Member | None, *, matrix: dict, switches: dict, quiet: tuple = (None, None)
) -> Preferences:
    """Keep what a member chose, or with None the workspace's defaults. Only what differs from below is kept."""
    chosen = {"matrix": matrix, "switches": switches, "quiet_from": quiet[0], "quiet_to": quiet[1]}
    row, _new = Preferences.objects.update_or_create(member=member, defaults=chosen)
    return row


def clear_choices(member: Member | None) -> None:
    """Back to the defaults."""
    Preferences.objects.filter(member=member).delete()


@transaction.atomic
def switch_off(member: Member, topic: str, way: str) -> None:
    """One topic by one way, from a link in a mail."""
    row = Preferences.objects.select_for_update().filter(member=member).first() or Preferences(member=member)
    row.matrix = {**row.matrix, topic: {**row.matrix.get(topic, {}), way: False}}
    row.save()
