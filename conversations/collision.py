"""Held send: what colleagues or the customer wrote since somebody began their answer (CO-3)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from conversations.actions.base import lock
from conversations.actions.scheduled import UNDO
from conversations.envelope import BY_A_PERSON
from conversations.models import AuthorKind, Conversation, Direction, Message, ScheduledReply
from inboxes.kinds import get_kind
from workspaces.models import Member

MOST_SHOWN = 5


@dataclass(frozen=True)
class Known:
    """What a writer knew when they pressed Send, as their page tells it.

    `began`: the last message when the first letter was typed; `seen`: the last that stood on their screen; `ids`: what
    they were shown and sent on after.
    """

    began: int
    seen: int
    ids: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class News:
    author_name: str
    body: str
    client_id: uuid.UUID
    from_customer: bool


def news_for(conversation: Conversation, *, by: Member, known: Known, client_id: uuid.UUID) -> list[News]:
    """What was written meanwhile. Locks the conversation: of two who send at once the second is asked.

    A second copy of what was taken already is news to nobody (P6).
    """
    conversation = lock(conversation)
    if conversation.messages.filter(client_id=client_id).exists():
        return []
    found = _messages(conversation, by, known)
    return [*found, *_about_to_leave(conversation, by, known.ids)][-MOST_SHOWN:]


def _messages(conversation: Conversation, by: Member, known: Known) -> list[News]:
    # In a chat people write line by line: what one saw arrive while one typed is no surprise.
    upto = max(known.seen, known.began) if get_kind(conversation.channel_kind).visitors else known.began
    customers = Q(BY_A_PERSON, direction=Direction.IN, seq__gt=upto)
    colleagues = Q(direction=Direction.OUT, author_kind=AuthorKind.MEMBER, seq__gt=known.began) & ~Q(
        member=by
    )
    rows = conversation.messages.filter(customers | colleagues).exclude(client_id__in=known.ids)
    return [_news(row) for row in rows.order_by("seq")]


def _about_to_leave(conversation: Conversation, by: Member, ids: Collection[uuid.UUID]) -> list[News]:
    """A colleague's mail that can still be taken back for some seconds has been sent, for all it matters here."""
    rows = ScheduledReply.objects.filter(conversation=conversation, held_because="").select_related("member")
    rows = rows.exclude(member=by).exclude(client_id__in=ids).order_by("pk")
    return [
        News(row.member.display_name, row.body, row.client_id, False)
        for row in rows
        if row.send_at - row.created_at <= UNDO
    ]


def _news(row: Message) -> News:
    return News(row.author_name, row.body, row.client_id, row.direction == Direction.IN)
