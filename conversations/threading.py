"""Which conversation does a message belong to, and does its sender belong there? Decides; writes nothing."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import MD5
from django.utils import timezone

from contacts.models import ContactAddress
from conversations.models import Conversation, Direction, Message, Participant
from inboxes.kinds import get_kind

SUBJECT_WITHIN = timedelta(days=30)
MOST_NAMES = 60  # ids of a long References header that are looked up: the newest
# What mail programs of many languages put before the subject of an answer or of what they hand on.
PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|vs|vl|ref|rv|rif|res|enc|tr|antw|doorst|odp|pd|ynt|ilt|回复|答复|转发)"
    r"(?:\s*[\[(]\d+[\])])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
OURS = re.compile(r"^<([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@")


@dataclass(frozen=True)
class Place:
    """Where a message goes. `is_known`: its sender took part before; a stranger joins without changing anything."""

    conversation: Conversation
    is_known: bool = True


def find_place(inbound) -> Place | None:
    """Return the conversation an Inbound joins, locked, or None for a new one (EM-8, in its order).

    A chat goes on in the conversation its visitor is in (CT-13) unless they asked for a new one. Mail joins by a token
    of ours; by an id of ours, or of somebody who took part; by its subject alone only when somebody who took part
    answers within thirty days. A number or a subject that a stranger quotes joins nothing. Spam and
    trash are never joined (ST-4, FM-7). One that was merged is joined where it stands now.
    """
    place = _find(inbound)
    while place and place.conversation.merged_into_id:
        rows = Conversation.objects.select_for_update(of=("self",))
        place = Place(rows.get(pk=place.conversation.merged_into_id), place.is_known)
    return place


def _find(inbound) -> Place | None:
    standing = Conversation.objects.filter(spam_at=None, trashed_at=None)
    standing = standing.select_for_update(of=("self",))
    if inbound.conversation_id:
        same_visitor = standing.filter(visitor=inbound.visitor) if inbound.visitor else standing.none()
        return _place(same_visitor.filter(pk=inbound.conversation_id).first())
    if inbound.starts_new:
        return None
    if inbound.visitor:
        present = standing.filter(filtered_at=None)
        return _place(present.filter(visitor=inbound.visitor).order_by("-pk").first())
    # What is unwanted joins nothing; a machine's answer is shown where it belongs, and changes nothing there.
    if inbound.aside == "spam" or (inbound.aside and not inbound.is_automatic):
        return None
    if get_kind(inbound.channel.kind).one_thread and not inbound.is_mail:
        return _by_person(inbound, standing)
    return _by_token(inbound, standing) or _by_id(inbound, standing) or _by_subject(inbound, standing)


def _by_person(inbound, standing: QuerySet) -> Place | None:
    """The one thread of whoever has this address on this channel (FM-7)."""
    theirs = ContactAddress.objects.filter(kind=inbound.address_kind(), value=inbound.address.lower())
    rows = standing.filter(channel=inbound.channel, contact__in=theirs.values("contact"))
    return _place(rows.order_by("-pk").first())


def _place(conversation: Conversation | None) -> Place | None:
    return Place(conversation) if conversation else None


def _by_token(inbound, standing: QuerySet) -> Place | None:
    if inbound.token_conversation is None:
        return None
    conversation = standing.filter(pk=inbound.token_conversation).first()
    if conversation is None:
        return None
    is_recipient = inbound.address.lower() == inbound.token_address.lower()
    return Place(conversation, is_recipient or takes_part(conversation, inbound.address))


def _by_id(inbound, standing: QuerySet) -> Place | None:
    """The nearest id first: In-Reply-To, then References from the newest."""
    names = list(dict.fromkeys(inbound.in_reply_to))[:MOST_NAMES]
    if not names:
        return None
    found = {
        external_id: (conversation, direction)
        for external_id, conversation, direction in with_external_ids(
            [inbound.channel.pk], names
        ).values_list("external_id", "conversation_id", "direction")
    }
    found |= _sent_by_client_id(inbound, [name for name in names if name not in found])
    for name in names:
        if name in found:
            conversation_id, direction = found[name]
            conversation = standing.filter(pk=conversation_id).first()
            if conversation is None:
                continue
            is_known = not inbound.is_mail or takes_part(conversation, inbound.address)
            # An id that others made may have travelled anywhere: alone it opens the door to nobody.
            if is_known or direction == Direction.OUT:
                return Place(conversation, is_known)
    return None


def with_external_ids(channels: Sequence[int], names: Iterable[str]) -> QuerySet:
    """Messages by the outside's ids, through the index on their hash."""
    names = list(names)
    hashes = [hashlib.md5(name.encode(), usedforsecurity=False).hexdigest() for name in names]
    stamped = Message.objects.filter(channel__in=channels).exclude(external_id="").alias(h=MD5("external_id"))
    return stamped.filter(h__in=hashes, external_id__in=names)


def _sent_by_client_id(inbound, names: list[str]) -> dict[str, tuple[int, str]]:
    """Our own ids bear the message's client id: an answer may come before the sending is marked."""
    ids = {uuid.UUID(match[1]): name for name in names if (match := OURS.match(name))}
    if not ids:
        return {}
    sent = Message.objects.filter(channel=inbound.channel, direction=Direction.OUT, client_id__in=ids)
    return {
        ids[client]: (pk, Direction.OUT) for client, pk in sent.values_list("client_id", "conversation_id")
    }


def _by_subject(inbound, standing: QuerySet) -> Place | None:
    if not inbound.is_mail or inbound.is_automatic or not PREFIX.match(inbound.subject):
        return None
    wanted = bare_subject(inbound.subject)
    if not wanted:
        return None
    recent = Conversation.objects.present().filter(
        channel=inbound.channel, last_activity_at__gte=timezone.now() - SUBJECT_WITHIN
    )
    theirs = ContactAddress.objects.filter(kind="email", value=inbound.address.lower())
    part = Participant.objects.filter(address=inbound.address.lower(), is_new=False)
    mine = recent.filter(Q(contact__in=theirs.values("contact")) | Q(pk__in=part.values("conversation")))
    for pk, subject in mine.order_by("-last_activity_at").values_list("pk", "subject")[:50]:
        if bare_subject(subject) == wanted:
            return _place(standing.filter(pk=pk).first())
    return None


def bare_subject(subject: str) -> str:
    """The subject without "Re:" and its kin, for comparing."""
    return " ".join(PREFIX.sub("", subject).split()).casefold()


def takes_part(conversation: Conversation, address: str) -> bool:
    """Whether an address wrote or was written to here, and is no newcomer that waits to be accepted."""
    address = address.lower()
    if conversation.participants.filter(address=address, is_new=False).exists():
        return True
    if conversation.contact_id is None:
        return False
    known = ContactAddress.objects.filter(contact=conversation.contact_id, kind="email", value=address)
    return known.exists()


def is_blocked(inbound) -> bool:
    """Whether a member said of this visitor, or of the contact with this address, that what they write is spam (ST-5)."""
    visitor = inbound.visitor
    if visitor:
        return bool(visitor.blocked_at or (visitor.contact and visitor.contact.blocked_at))
    kind = "email" if "@" in inbound.address else inbound.channel.kind
    known = ContactAddress.objects.filter(kind=kind, value=inbound.address.lower())
    return bool(inbound.address) and known.exclude(contact__blocked_at=None).exists()


def spam_of(inbound) -> Place | None:
    """The spam that somebody blocked has begun already, so that a hundred messages are one row."""
    rows = Conversation.objects.select_for_update(of=("self",)).filter(
        aside_reason="blocked", trashed_at=None, channel=inbound.channel
    )
    rows = rows.exclude(spam_at=None).order_by("-pk")
    if inbound.visitor:
        return _place(rows.filter(visitor=inbound.visitor).first())
    kind = "email" if "@" in inbound.address else inbound.channel.kind
    known = ContactAddress.objects.filter(kind=kind, value=inbound.address.lower())
    return _place(rows.filter(contact__in=known.values("contact")).first())
