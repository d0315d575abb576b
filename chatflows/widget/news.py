"""What visitors' tabs have not seen yet, for many of them at once: the same few queries for one and for hundreds.

Inside the scope of their one workspace, like chatflows/widget/chat.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from chatflows.widget.attachments import shown
from chatflows.widget.bots import asks_of, bots_of
from chatflows.widget.hidden import gap_of, is_hidden
from contacts.models import Visitor
from conversations.models import AuthorKind, Conversation, Direction, Message, MessageKind, ReadMark, Status
from inboxes.models import Channel
from workspaces.models import Member, hash_token, hue_of, initials_of

MOST_MESSAGES = 200
SESSION_LASTS = timedelta(days=180)
LAST_SEEN_EVERY = timedelta(minutes=5)
LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Guest:
    """As much of a visitor as a socket keeps."""

    pk: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Ask:
    """What a tab shows, by public id or (from a bell) by row id, and the last message it holds.

    With neither it is the visitor's latest conversation. `heads_only` leaves the messages out.
    """

    guest: Guest | Visitor
    conversation: str | None = None
    after: int = 0
    conversation_id: int | None = None
    heads_only: bool = False


def guests_of(pairs: Sequence[tuple[int, str]]) -> list[Guest | None]:
    """Whom each (channel id, token) belongs to: None when it is unknown, revoked, too old or another channel's."""
    hashes = [hash_token(token) if 0 < len(token) <= LONGEST_TOKEN else "" for _channel, token in pairs]
    now = timezone.now()
    rows = Visitor.objects.filter(
        token_hash__in=set(hashes) - {""}, revoked_at=None, last_seen_at__gt=now - SESSION_LASTS
    ).exclude(same_as__revoked_at__isnull=False)
    columns = rows.values_list("token_hash", "pk", "same_as_id", "channel_id", "last_seen_at")
    known, stale = {}, []
    for token_hash, pk, main, channel, at in columns:
        known[token_hash] = Guest(main or pk, channel)
        if at < now - LAST_SEEN_EVERY:
            stale.append(pk)
    if stale:
        Visitor.objects.filter(pk__in=stale).update(last_seen_at=now)
    found = [known.get(token_hash) for token_hash in hashes]
    return [
        guest if guest and guest.channel_id == channel else None
        for guest, (channel, _) in zip(found, pairs, strict=True)
    ]


@dataclass(slots=True)
class Standing:
    """The columns of a conversation that a visitor may know of."""

    pk: int
    visitor_id: int
    public_id: uuid.UUID
    last_seq: int
    status: str
    assignee_id: int | None
    seen_seq: int
    # Of the visitor: to whom mail of this contact is their own.
    contact_id: int | None
    bot_since: datetime | None


COLUMNS = (
    "pk",
    "visitor_id",
    "detail__public_id",
    "last_seq",
    "status",
    "assignee_id",
    "detail__seen_seq",
    "visitor__contact_id",
    "bot_since",
)
NOTHING = {"conversation": None, "head": 0, "closed": False, "agent": None, "bot": None, "seen": 0, "read": 0}


def news_of(asks: Sequence[Ask]) -> list[tuple[int | None, dict] | None]:
    """For each tab (conversation's row id, its state and newer messages), oldest first, at most 200 messages.

    None when the named conversation is not theirs; an empty state when they have none yet.
    """
    standing = _standings(asks)
    kept = [row for row in standing if row]
    agents = _agents({row.assignee_id for row in kept if row.assignee_id})
    bots = bots_of([row.pk for row in kept if row.bot_since])
    seen = _seen([row.pk for row in kept])
    behind = [
        (row.pk, max(0, ask.after))
        for ask, row in zip(asks, standing, strict=True)
        if row and not ask.heads_only and row.last_seq > ask.after
    ]
    messages = _messages(behind)
    answers: list[tuple[int | None, dict] | None] = []
    for ask, row in zip(asks, standing, strict=True):
        if row is None:
            named = ask.conversation is not None or ask.conversation_id is not None
            answers.append(None if named else (None, NOTHING | {"messages": []}))
            continue
        later = [] if ask.heads_only else messages.get((row.pk, max(0, ask.after)), [])
        state = {
            "conversation": str(row.public_id),
            "head": row.last_seq,
            "closed": row.status == Status.CLOSED,
            "agent": agents.get(row.assignee_id),
            "bot": bots.get(row.pk),
            "seen": seen.get(row.pk, 0),
            "read": row.seen_seq,
        }
        answers.append((row.pk, state | {"messages": _shown_to(ask.guest, row, later, state["seen"])}))
    return answers


def _standings(asks: Sequence[Ask]) -> list[Standing | None]:
    """One row an ask; what was marked as spam stays theirs to look at, when they name it."""
    rows = Conversation.objects.filter(trashed_at=None)
    named = {key for ask in asks if ask.conversation is not None and (key := _uuid(ask.conversation))}
    by_id = {ask.conversation_id for ask in asks if ask.conversation is None and ask.conversation_id}
    unnamed = {ask.guest.pk for ask in asks if ask.conversation is None and not ask.conversation_id}
    known: dict[tuple, Standing] = {}
    if named:
        for row in _rows(rows.filter(detail__public_id__in=named)):
            known[(row.visitor_id, row.public_id)] = row
    if by_id:
        for row in _rows(rows.filter(pk__in=by_id)):
            known[(row.visitor_id, row.pk)] = row
    if unnamed:
        theirs = Conversation.objects.present().filter(visitor__in=unnamed)
        for row in _rows(theirs.order_by("visitor", "-pk").distinct("visitor")):
            known[(row.visitor_id, None)] = row
    return [known.get((ask.guest.pk, _name(ask))) for ask in asks]


def _rows(conversations) -> list[Standing]:
    return [Standing(*row) for row in conversations.values_list(*COLUMNS)]


def _name(ask: Ask) -> uuid.UUID | int | str | None:
    if ask.conversation is not None:
        return _uuid(ask.conversation) or ask.conversation
    return ask.conversation_id


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def _agents(ids: set[int]) -> dict[int | None, dict]:
    return {pk: _face(member) for pk, member in Member.objects.in_bulk(ids).items()} if ids else {}


def _face(member: Member) -> dict:
    """OP-8: with the way to a meeting, for those who have one in their profile."""
    meet = {"url": member.meeting_url, "text": member.meeting_text} if member.meeting_url else None
    return ({"meet": meet} if meet else {}) | {
        "name": member.display_name,
        "initials": member.initials,
        "hue": member.hue,
        "picture": member.picture,
        "title": member.job_title,
        "here": member.is_available(),
    }


def _seen(ids: list[int]) -> dict[int, int]:
    """How far somebody of the team has read."""
    marks = ReadMark.objects.filter(conversation__in=ids) if ids else ReadMark.objects.none()
    return dict(marks.values_list("conversation_id").annotate(seq=Max("seq")).order_by())


LATER = """
SELECT asked.conversation_id, asked.after, found.id
FROM unnest(%s::bigint[], %s::bigint[]) AS asked(conversation_id, after)
CROSS JOIN LATERAL (
    SELECT m.id FROM conversations_message m
    WHERE m.conversation_id = asked.conversation_id AND m.seq > asked.after ORDER BY m.seq LIMIT %s
) found
"""


def _messages(behind: list[tuple[int, int]]) -> dict[tuple[int, int], list[Message]]:
    """(conversation, sequence) -> its messages after that, oldest first."""
    if not behind:
        return {}
    asked = sorted(set(behind))
    with connection.cursor() as cursor:
        cursor.execute(LATER, [[pk for pk, _ in asked], [after for _, after in asked], MOST_MESSAGES])
        found = cursor.fetchall()
    rows = Message.objects.prefetch_related("attachments").in_bulk({pk for *_, pk in found})
    grouped: dict[tuple[int, int], list[Message]] = {}
    for conversation_id, after, pk in found:
        grouped.setdefault((conversation_id, after), []).append(rows[pk])
    for messages in grouped.values():
        messages.sort(key=lambda message: message.seq)
    return grouped


def _shown_to(guest: Guest | Visitor, row: Standing, messages: list[Message], seen: int) -> list[dict]:
    key = _key_of(guest) if any(message.attachments.all() for message in messages) else ""
    return [
        gap_of(message)
        if is_hidden(message, row.contact_id)
        else _shown(message, seen) | {"files": shown(message.attachments.all(), guest, key)}
        for message in messages
    ]


def _key_of(guest: Guest | Visitor) -> str:
    return Channel.objects.values_list("identifier", flat=True).get(pk=guest.channel_id)


def _shown(message: Message, seen: int) -> dict:
    """One message for the visitor: what they may know of it and nothing else (T069)."""
    mine = message.direction == Direction.IN
    told = {
        "seq": message.seq,
        "from": "me" if mine else _author(message),
        "name": message.author_name,
        "initials": initials_of(message.author_name),
        "hue": hue_of(message.author_name),
        "body": message.body,
        "at": message.created_at.isoformat(),
    }
    if asks := asks_of((message.extra or {}).get("flow")):
        told["asks"] = asks
    if mine:
        told |= {"client_id": str(message.client_id), "state": "seen" if message.seq <= seen else "sent"}
    return told


def _author(message: Message) -> str:
    if message.kind == MessageKind.WELCOME:
        return "welcome"
    return {AuthorKind.MEMBER: "agent", AuthorKind.BOT: "bot"}.get(message.author_kind, "system")
