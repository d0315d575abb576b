"""Messages of many visitors in one statement: what waits is written together.

Only the plain case goes together: a message for an open conversation that the visitor is in. Everything else (a first
message, a closed conversation, a copy that stands elsewhere) takes the one way in that all of them share.
"""

import uuid
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from django.db import Error, IntegrityError, transaction

from chatflows.widget import chat, limits
from chatflows.widget.news import Guest
from contacts.models import Visitor
from conversations.append import Appended, NewMessage, append
from conversations.models import AuthorKind, Conversation, Direction, Message

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post: an acknowledgement with the conversation it stands in, or a refusal in a word."""

    ack: dict | None = None
    conversation_id: int | None = None
    reason: str = ""
    retry_after: int | None = None


def post_many(posts: list[tuple[Guest | Visitor, chat.Post]]) -> list[Outcome]:
    """Take posts in, in order, and return what became of each. Inside the scope of their one workspace.

    One bad post harms no other: when the common statement fails, each goes alone.
    """
    outcomes: list[Outcome | None] = [_refusal(post) for _guest, post in posts]
    plain = _plain(posts, outcomes)
    if len(plain) > 0:
        try:
            with transaction.atomic():
                for at, outcome in _together(plain).items():
                    outcomes[at] = outcome
        except (IntegrityError, Error):
            log.warning("batch_goes_singly", size=len(plain))
    return [outcome or _alone(*post) for outcome, post in zip(outcomes, posts, strict=True)]


def _refusal(post: chat.Post) -> Outcome | None:
    body = _body(post)
    if not body and not post.files:
        return Outcome(reason="empty")
    return Outcome(reason="too_long") if len(body) > chat.LONGEST_BODY else None


class Place(NamedTuple):
    """Where a message goes, and under whose name."""

    pk: int
    visitor_id: int
    public_id: uuid.UUID
    channel_id: int
    channel_kind: str
    contact_id: int | None
    contact_name: str


COLUMNS = (
    "pk",
    "visitor_id",
    "detail__public_id",
    "channel_id",
    "channel_kind",
    "contact_id",
    "contact_name",
)


def _plain(posts, outcomes) -> dict[int, tuple[chat.Post, Place]]:
    """Index -> (post, where it goes), for those that can go together; each pays its token."""
    wanted = {post.conversation for _visitor, post in posts if post.conversation and not post.starts_new}
    open_ones = Conversation.objects.open().filter(detail__public_id__in=_uuids(wanted))
    # What somebody blocked writes is spam, and goes alone (ST-5).
    rows = open_ones.filter(visitor__blocked_at=None, contact__blocked_at=None).values_list(*COLUMNS)
    places = {str(place.public_id): place for place in map(Place._make, rows)} if wanted else {}
    plain = {}
    for at, (visitor, post) in enumerate(posts):
        place = places.get(post.conversation)
        if outcomes[at] or place is None or place.visitor_id != visitor.pk or post.starts_new:
            continue
        if post.files:
            continue  # claiming them is a step of its own
        plain[at] = (post, place)
    # Who has none left goes alone: there it is found whether this is a copy of what stands (which costs nothing).
    waits = limits.ask(limits.MESSAGE_BY_VISITOR, [place.visitor_id for _post, place in plain.values()])
    return {at: pair for (at, pair), wait in zip(plain.items(), waits, strict=True) if wait <= 0}


def _uuids(texts: set[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _together(plain: dict[int, tuple[chat.Post, Place]]) -> dict[int, Outcome]:
    written = append([_message(post, place) for post, place in plain.values()])
    copies = [appended.message_id for appended in written if not appended.is_new]
    standing = dict(Message.objects.filter(pk__in=copies).values_list("pk", "body")) if copies else {}
    outcomes = {}
    for (at, (post, place)), appended in zip(plain.items(), written, strict=True):
        if standing.get(appended.message_id, _body(post)) == _body(post):
            outcomes[at] = Outcome(_ack(post, str(place.public_id), appended), appended.conversation_id)
        else:  # a copy that says something else than what stands is no copy (P6)
            outcomes[at] = Outcome(reason="conflict")
    return outcomes


def _body(post: chat.Post) -> str:
    return post.body.replace("\x00", "").strip()


def _message(post: chat.Post, place: Place) -> NewMessage:
    known = place.contact_id is not None
    return NewMessage(
        conversation_id=place.pk,
        channel_id=place.channel_id,
        channel_kind=place.channel_kind,
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT if known else AuthorKind.VISITOR,
        author_name=place.contact_name,
        contact_id=place.contact_id,
        body=_body(post),
        extra=chat.answer_of(post),
        client_id=post.client_id,
    )


def _ack(post: chat.Post, public_id: str, appended: Appended) -> dict:
    return {
        "client_id": str(post.client_id),
        "conversation": public_id,
        "seq": appended.seq,
        "at": appended.created_at.isoformat(),
    }


def _alone(guest: Guest | Visitor, post: chat.Post) -> Outcome:
    visitor = guest if isinstance(guest, Visitor) else _row_of(guest)
    if visitor is None:
        return Outcome(reason="gone")
    try:
        with transaction.atomic():
            ack = chat.post(visitor, post)
    except chat.Refused as refusal:
        return Outcome(reason=refusal.reason, retry_after=refusal.retry_after)
    if ack is None:
        return Outcome(reason="gone")
    mine = Conversation.objects.filter(visitor=visitor, detail__public_id=ack["conversation"])
    return Outcome(ack, mine.values_list("pk", flat=True).first())


def _row_of(guest: Guest) -> Visitor | None:
    return Visitor.objects.select_related("contact").filter(pk=guest.pk, revoked_at=None).first()
