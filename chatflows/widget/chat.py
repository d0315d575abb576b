"""What a visitor can do, whatever carries it: the socket and the plain requests call the same functions.

All of them but `find_door` run inside the scope of the door's workspace. Ids of rows never leave the house: outside, a
conversation is its `public_id`, and one that is not the visitor's is simply not there (T065).
"""

import secrets
import time
import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from chatflows.widget import flows, limits
from chatflows.widget.attachments import keys_of
from chatflows.widget.news import LAST_SEEN_EVERY, SESSION_LASTS, Ask, Guest, news_of
from contacts.models import Visitor
from conversations.actions import mark_seen_by_visitor
from conversations.append import Appended
from conversations.files import FileRefused
from conversations.models import (
    Conversation,
    ConversationDetail,
    Direction,
    Message,
    MessageKind,
)
from conversations.receive import Inbound, receive
from inboxes.models import Channel, PublicAddress
from workspaces.models import hash_token, hue_of, initials_of

KIND = "chat"
LONGEST_BODY = 10_000
# "gone" says of a conversation that it is not there; a file that is not there is another matter.
FILE_REASONS = {"gone": "file"}
MOST_CONVERSATIONS = 20
DOORS_KEPT = 5.0  # seconds

# ── The door: from a public key to a channel ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Door:
    """Whose widget a public key opens."""

    workspace_id: int
    channel_id: int


_doors: dict[str, tuple[float, Door | None]] = {}


def known_door(key: str) -> tuple[Door | None, bool]:
    """The door of a key, when it is remembered and fresh: (door, whether that is an answer). Asks nobody."""
    kept = _doors.get(key)
    if kept and time.monotonic() - kept[0] < DOORS_KEPT:
        return kept[1], True
    return None, False


def find_door(key: str) -> Door | None:
    """Return whose widget this key is. Needs no scope; remembered for a few seconds, unknown keys as well."""
    door, known = known_door(key)
    if known:
        return door
    if len(_doors) > 1000:
        _doors.clear()
    door = _look_up(key)
    _doors[key] = (time.monotonic(), door)
    return door


def _look_up(key: str) -> Door | None:
    if not key or len(key) > 100 or "\x00" in key:
        return None
    row = (
        PublicAddress.objects.filter(kind=KIND, value=key, workspace__suspended_at=None)
        .values_list("workspace_id", "channel_id")
        .first()
    )
    return Door(*row) if row else None


# ── The session: made when the visitor acts, kept as a hash ─────────────────────────────────────────────────────


def open_session(channel: Channel, *, language: str, user_agent: str, page_url: str) -> tuple[Visitor, str]:
    """Make a visitor of this channel and the token that proves it; only the token's hash is stored."""
    token = secrets.token_urlsafe(32)
    visitor = Visitor.objects.create(
        channel_id=channel.pk,
        token_hash=hash_token(token),
        language=_clean(language)[:10],
        user_agent=_clean(user_agent)[:400],
        page_url=_clean(page_url)[:2000],
    )
    return visitor, token


def load_visitor(channel_id: int, token: str) -> Visitor | None:
    """Return the visitor a token belongs to: None when it is unknown, revoked, too old or another channel's."""
    if not token or len(token) > 100:
        return None
    now = timezone.now()
    visitor = (
        Visitor.objects.select_related("contact", "same_as__contact")
        .filter(
            token_hash=hash_token(token),
            channel_id=channel_id,
            revoked_at=None,
            last_seen_at__gt=now - SESSION_LASTS,
        )
        .first()
    )
    if visitor and visitor.last_seen_at < now - LAST_SEEN_EVERY:
        Visitor.objects.filter(pk=visitor.pk).update(last_seen_at=now)
    # A browser of somebody whom the site named is theirs (TR-5).
    if visitor and visitor.same_as:
        return None if visitor.same_as.revoked_at else visitor.same_as
    return visitor


# ── A message comes in ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Post:
    """What a visitor wrote. `conversation` is a public id or None; `address` the network address, for the limits;
    `files` the names of files that wait for this message, which then may have no words."""

    client_id: uuid.UUID
    body: str
    conversation: str | None = None
    starts_new: bool = False
    page_url: str = ""
    referrer: str = ""
    address: str = ""
    files: tuple[str, ...] = ()
    # Which chatflow their page showed, and which of a bot's replies they chose (the words of both stand in `body`).
    flow: str = ""
    # Of their clock, and the country that it or the proxy tells.
    zone: str = ""
    country: str = ""
    reply: tuple[str, ...] = ()


class Refused(Exception):
    """This message will not be taken: `reason` is one of `empty`, `too_long`, `limited`, `quota`, `many`, `file`,
    `conflict`, `consent`."""

    def __init__(self, reason: str, retry_after: int | None = None):
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


def post(visitor: Visitor, message: Post) -> dict | None:
    """Take a message in and acknowledge it; the same client id again gets the same acknowledgement (P6).

    Returns None when the named conversation is not this visitor's. Raises Refused.
    """
    body = message.body.replace("\x00", "").strip()
    if not body and not message.files:
        raise Refused("empty")
    if len(body) > LONGEST_BODY:
        raise Refused("too_long")
    conversation = find_mine(visitor, message.conversation)
    if message.conversation and conversation is None:
        return None
    try:
        _take_tokens(visitor, message, conversation)
    except limits.Limited as limited:
        # Asking again about a message that stands costs nothing: its acknowledgement may have been lost.
        if standing := _find_standing(visitor, message.client_id):
            return _ack(message, body, standing)
        raise Refused("limited", limited.retry_after) from None
    channel = Channel.objects.get(pk=visitor.channel_id)
    try:
        with transaction.atomic():
            goes_to = conversation or (None if message.starts_new else _latest(visitor))
            keys = keys_of(visitor, message.files, goes_to)
            inbound = _inbound(visitor, channel, conversation, message, body, keys)
            if goes_to is not None:
                return _ack(message, body, receive(inbound))
            return _ack(message, body, _begin(visitor, channel, message, inbound))
    except FileRefused as refused:
        if standing := _find_standing(visitor, message.client_id):
            return _ack(message, body, standing)
        raise Refused(FILE_REASONS.get(refused.reason, refused.reason)) from None


def _begin(visitor: Visitor, channel: Channel, message: Post, inbound: Inbound) -> Appended:
    """The first message of a conversation: what their page said before stands before it, and a bot begins its walk."""
    try:
        page = {"page_url": inbound.page_url, "referrer": inbound.referrer}
        place = {"zone": _clean(message.zone), "country": message.country}
        first = flows.first_of(visitor, channel, flow=message.flow, facts=page | place)
    except flows.NotAgreed:
        raise Refused("consent") from None
    appended = receive(replace(inbound, **first.words))
    if appended.is_new:
        first.begin(appended.conversation_id)
    return appended


def _take_tokens(visitor: Visitor, message: Post, conversation: Conversation | None) -> None:
    """Before any row is locked, so that nobody waits for Valkey."""
    limits.take(limits.MESSAGE_BY_VISITOR, visitor.pk)
    if conversation is None and (message.starts_new or _latest(visitor) is None):
        limits.take(limits.CONVERSATION_BY_VISITOR, visitor.pk)
        if message.address:
            limits.take(limits.CONVERSATION_BY_ADDRESS, limits.block_of(message.address))


def _find_standing(visitor: Visitor, client_id: uuid.UUID) -> Appended | None:
    row = (
        Message.objects.filter(conversation__visitor=visitor, client_id=client_id)
        .values_list("pk", "conversation_id", "seq", "created_at")
        .first()
    )
    return Appended(row[0], row[1], row[2], False, row[3]) if row else None


def _inbound(
    visitor: Visitor,
    channel: Channel,
    conversation: Conversation | None,
    message: Post,
    body: str,
    keys: tuple[uuid.UUID, ...],
) -> Inbound:
    return Inbound(
        channel=channel,
        body=body,
        visitor=visitor,
        conversation_id=conversation.pk if conversation else None,
        starts_new=message.starts_new,
        client_id=message.client_id,
        language=visitor.language,
        page_url=_clean(message.page_url)[:2000],
        referrer=_clean(message.referrer)[:2000],
        extra=answer_of(message),
        files=keys,
    )


def answer_of(message: Post) -> dict:
    """What the bot reads of a message beside its words."""
    return {"reply": list(message.reply)} if message.reply else {}


def _ack(message: Post, body: str, appended: Appended) -> dict:
    """Acknowledge; a copy that says something else than what stands is no copy (P6)."""
    if not appended.is_new and not Message.objects.filter(pk=appended.message_id, body=body).exists():
        raise Refused("conflict")
    public_id = ConversationDetail.objects.values_list("public_id", flat=True).get(
        conversation_id=appended.conversation_id
    )
    return {
        "client_id": str(message.client_id),
        "conversation": str(public_id),
        "seq": appended.seq,
        "at": appended.created_at.isoformat(),
    }


# ── What stands ─────────────────────────────────────────────────────────────────────────────────────────────────


def since(visitor: Visitor, conversation: str | None, after: int) -> dict | None:
    """Return a conversation's state and its messages with a higher number, oldest first, at most 200.

    Without an id it is the visitor's latest conversation, or an empty answer when there is none yet. Returns None when
    the named conversation is not theirs. `head` above the last message's number says that there is more; `seen` is how
    far somebody of the team has read, `read` how far the visitor has.
    """
    [found] = news_of([Ask(visitor, conversation, after)])
    return found[1] if found else None


def receipts(visitor: Visitor | Guest, conversation: str | None, delivered: int, seen: int) -> bool:
    """Note how far the visitor has received and seen. Returns whether the conversation is theirs."""
    mine = find_mine(visitor, conversation)
    if mine is None:
        return False
    seen = max(0, min(seen, mine.last_seq))
    delivered = max(seen, min(delivered, mine.last_seq))
    if delivered > mine.detail.delivered_seq or seen > mine.detail.seen_seq:
        mark_seen_by_visitor(mine, delivered=delivered, seen=seen)
    return True


def conversations(visitor: Visitor) -> list[dict]:
    """The visitor's chats for the home screen, newest first, with how many messages of ours they have not seen."""
    asked = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.IN).order_by("seq")
    answered = Message.objects.filter(
        conversation=OuterRef("pk"), direction=Direction.OUT, kind=MessageKind.MESSAGE
    ).order_by("-seq")
    rows = (
        _theirs(visitor)
        .annotate(
            public_id=F("detail__public_id"),
            seen_seq=F("detail__seen_seq"),
            asked=Subquery(asked.values("body")[:1]),
            answered_by=Subquery(answered.values("author_name")[:1]),
            answered_seq=Subquery(answered.values("seq")[:1]),
        )
        .select_related("assignee")
        .order_by("-last_activity_at", "-pk")[:MOST_CONVERSATIONS]
    )
    return [_summary(row) for row in rows]


def _summary(row) -> dict:
    name = row.assignee.display_name if row.assignee else (row.answered_by or "")
    return {
        "conversation": str(row.public_id),
        "title": " ".join((row.subject or row.asked or "").split())[:80],
        "name": name,
        "initials": initials_of(name) if name else "",
        "hue": hue_of(name),
        "at": row.last_activity_at.isoformat(),
        "head": row.last_seq,
        "closed": row.is_closed(),
        "unread": (row.answered_seq or 0) > row.seen_seq,
    }


# ── Only ever their own ─────────────────────────────────────────────────────────────────────────────────────────


def _theirs(visitor: Visitor):
    return Conversation.objects.present().filter(visitor=visitor)


def _latest(visitor: Visitor) -> Conversation | None:
    return _theirs(visitor).select_related("detail", "assignee__user").order_by("-pk").first()


def find_mine(visitor: Visitor | Guest, public_id: str | None) -> Conversation | None:
    """A conversation of this visitor by its public id. What was marked as spam stays theirs to look at."""
    try:
        known_as = uuid.UUID(public_id or "")
    except (ValueError, AttributeError, TypeError):
        return None
    return (
        Conversation.objects.select_related("detail", "assignee__user")
        .filter(visitor=visitor.pk, trashed_at=None, detail__public_id=known_as)
        .first()
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "")
