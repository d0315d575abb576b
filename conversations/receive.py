"""The one way in: whatever a channel understood becomes a message here, once, in one transaction."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts.actions import find_or_create_contact
from contacts.models import Contact, ContactAddress, Visitor
from conversations import files
from conversations.append import Appended, NewMessage, append
from conversations.models import (
    AuthorKind,
    Conversation,
    ConversationDetail,
    Delivery,
    Direction,
    Message,
    MessageKind,
    Participant,
    Status,
)
from conversations.threading import Place, find_place, with_external_ids
from events.record import record
from events.types import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_MARKED_SPAM,
    CONVERSATION_REOPENED,
    CONVERSATION_STARTED,
)
from inboxes.models import Channel
from inboxes.routing import Choice, choose_assignee

MOST_PEOPLE = 50  # of one mail who are remembered


@dataclass(frozen=True)
class Inbound:
    """A message from outside, understood. `address` is the sender's handle on this kind of channel, or a visitor."""

    channel: Channel
    body: str
    address: str = ""
    name: str = ""
    visitor: Visitor | None = None
    conversation_id: int | None = None
    starts_new: bool = False
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)
    external_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    subject: str = ""
    html: str = ""
    extra: dict = field(default_factory=dict)
    language: str = ""
    page_url: str = ""
    referrer: str = ""
    sent_at: datetime | None = None
    # The widget's greeting as (text, name): it is written before the first message of a new conversation (LC-3).
    greeting: tuple[str, str] | None = None
    # Keys of files that wait for this message, kept by its sender.
    files: tuple[uuid.UUID, ...] = ()
    # It came by mail: whoever wrote is one of several who may take part (EM-8), whatever kind of channel it is about.
    is_mail: bool = False
    # A reply token of this workspace that it came to: the conversation, and whose token it is.
    token_conversation: int | None = None
    token_address: str = ""
    # Others it was written to, as (name, address); none of them ours.
    people: tuple[tuple[str, str], ...] = ()
    # "spam" or "filtered", with a word of conversations/aside.py.
    aside: str = ""
    aside_reason: str = ""
    # A machine wrote it: it opens nothing, nobody waits for an answer (SP-8).
    is_automatic: bool = False


def receive(inbound: Inbound) -> Appended:
    """Take one inbound message in; the second copy returns the first. Call inside the scope of its workspace.

    Copies are told by (channel, external id) or (visitor, client id). Deliveries of one sender wait for each other, so
    that fifty at once make one contact, one conversation and one message (P2).
    """
    try:
        with transaction.atomic():
            return _receive(inbound)
    except IntegrityError:
        # A copy from another sender's queue committed first: now it can be seen.
        with transaction.atomic():
            return _receive(inbound)


def _receive(inbound: Inbound) -> Appended:
    _wait_for_sender(inbound)
    if seen := _seen_before(inbound):
        return seen
    place = find_place(inbound)
    if place and (twin := _brought_by_another_way(inbound, place)):
        return twin
    contact = _contact_of(inbound, place)
    before = []
    if place is None:
        place = Place(_start(inbound, contact))
        before = _greeting(inbound, place.conversation)
    if place.is_known and not _is_quiet(inbound):
        _reopen(place.conversation)
    _remember_people(inbound, place)
    taken = files.take(inbound.files, visitor=inbound.visitor)
    appended = append([*before, _message(inbound, place, contact, files.preview_of(taken))])[-1]
    if appended.is_new:
        files.attach(taken, appended.message_id)
    return appended


def _is_quiet(inbound: Inbound) -> bool:
    return bool(inbound.aside) or inbound.is_automatic


def _wait_for_sender(inbound: Inbound) -> None:
    sender = f"{inbound.channel.pk}:{inbound.visitor.pk if inbound.visitor else inbound.address.lower()}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [sender])


def _seen_before(inbound: Inbound) -> Appended | None:
    copies = Message.objects.filter(channel=inbound.channel)
    if inbound.external_id:
        copies = with_external_ids([inbound.channel.pk], [inbound.external_id[:998]])
    elif inbound.visitor:
        copies = copies.filter(conversation__visitor=inbound.visitor, client_id=inbound.client_id)
    else:
        return None
    first = copies.values_list("pk", "conversation_id", "seq", "created_at").first()
    return Appended(first[0], first[1], first[2], False, first[3]) if first else None


def _brought_by_another_way(inbound: Inbound, place: Place) -> Appended | None:
    """An answer that was also sent to a second address of ours stands once in its conversation (EM-10)."""
    if not inbound.is_mail or place.conversation.channel_id == inbound.channel.pk or not inbound.external_id:
        return None
    same = place.conversation.messages.filter(external_id=inbound.external_id[:998])
    first = same.values_list("pk", "conversation_id", "seq", "created_at").first()
    return Appended(first[0], first[1], first[2], False, first[3]) if first else None


def _contact_of(inbound: Inbound, place: Place | None) -> Contact | None:
    """A visitor stays one until an address is proven theirs (TR-3, T064); everybody else is made a contact (SB-3).

    Not so who wrote what was set aside, a machine, or a stranger in somebody else's conversation (SP-7, SECURITY 2.6).
    """
    if inbound.visitor:
        return inbound.visitor.contact
    kind = "email" if "@" in inbound.address else inbound.channel.kind
    if _is_quiet(inbound) or (place and not place.is_known) or not inbound.address:
        known = ContactAddress.objects.select_related("contact__company")
        found = known.filter(kind=kind, value=inbound.address.lower()).first()
        return found.contact if found else None
    if inbound.is_mail:  # who writes from it, has it
        back = ContactAddress.objects.filter(kind=kind, value=inbound.address.lower())
        back.exclude(bounced_at=None).update(bounced_at=None, bounce_reason="")
    return find_or_create_contact(
        kind=kind, address=inbound.address, name=inbound.name, language=inbound.language
    )


def _start(inbound: Inbound, contact: Contact | None) -> Conversation:
    choice = Choice() if _is_quiet(inbound) else choose_assignee(inbound.channel)
    now = inbound.sent_at or timezone.now()
    conversation = Conversation.objects.create(
        inbox_id=inbound.channel.inbox_id,
        channel=inbound.channel,
        channel_kind=inbound.channel.kind,
        contact=contact,
        visitor=inbound.visitor,
        contact_name=_name_of(inbound, contact),
        contact_org=_beside_name(inbound, contact),
        subject=inbound.subject[:300],
        language=inbound.language or (contact.language if contact else ""),
        assignee=choice.member,
        team=choice.team,
        created_at=now,
        last_activity_at=now,
        spam_at=now if inbound.aside == "spam" else None,
        filtered_at=now if inbound.aside == "filtered" else None,
        aside_reason=inbound.aside_reason[:30],
    )
    ConversationDetail.objects.create(
        conversation=conversation, first_url=inbound.page_url[:2000], referrer=inbound.referrer[:2000]
    )
    if inbound.aside:
        record(CONVERSATION_MARKED_SPAM, conversation, spam=inbound.aside)
        return conversation
    record(
        CONVERSATION_STARTED,
        conversation,
        actor_kind=AuthorKind.CONTACT if contact else AuthorKind.VISITOR,
        channel_kind=inbound.channel.kind,
    )
    _tell_of_choice(conversation, choice)
    return conversation


def _tell_of_choice(conversation: Conversation, choice: Choice) -> None:
    if choice.member or choice.team:
        record(
            CONVERSATION_ASSIGNED,
            conversation,
            assignee=choice.member and choice.member.pk,
            team=choice.team and choice.team.pk,
            previous=None,
            reason=choice.reason,
        )


def _name_of(inbound: Inbound, contact: Contact | None) -> str:
    if contact:
        return contact.called[:200]
    claimed = inbound.visitor and inbound.visitor.claimed_name
    return claimed or (inbound.name or (inbound.address if inbound.is_mail else ""))[:200]


def _beside_name(inbound: Inbound, contact: Contact | None) -> str:
    """What tells people of one name apart: their company; for a visitor the page they write from."""
    if contact:
        return contact.company.name if contact.company else ""
    try:
        return urlsplit(inbound.page_url).path[:200]
    except ValueError:  # what a visitor's page calls its address is not ours to trust
        return ""


def _reopen(conversation: Conversation) -> None:
    """A customer's answer opens what was closed, snoozed or filtered, and keeps its owner (EM-9, ST-2, RT-11)."""
    if conversation.status == Status.OPEN and conversation.filtered_at is None:
        return
    conversation.status, conversation.closed_at, conversation.snoozed_until = Status.OPEN, None, None
    conversation.filtered_at, conversation.aside_reason = None, ""
    conversation.save(update_fields=["status", "closed_at", "snoozed_until", "filtered_at", "aside_reason"])
    record(CONVERSATION_REOPENED, conversation, actor_kind="contact", status=Status.OPEN, reason="answer")


def _remember_people(inbound: Inbound, place: Place) -> None:
    """Who writes and who is written to. Those whom a newcomer brings along stay outside (SECURITY 2.6)."""
    if not inbound.is_mail or _is_quiet(inbound):
        return
    people = {inbound.address.lower(): inbound.name}
    if place.is_known:
        people = {address.lower(): name for name, address in inbound.people[:MOST_PEOPLE]} | people
    rows = [
        Participant(
            conversation=place.conversation,
            address=address[:320],
            name=name[:200],
            is_new=not place.is_known,
            workspace_id=place.conversation.workspace_id,
        )
        for address, name in people.items()
        if address
    ]
    Participant.objects.bulk_create(rows, ignore_conflicts=True)


def _message(inbound: Inbound, place: Place, contact: Contact | None, preview: str) -> NewMessage:
    conversation, extra = place.conversation, inbound.extra
    if not place.is_known:
        extra = extra | {"mail": extra.get("mail", {}) | {"new_participant": True}}
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=inbound.channel.pk,
        channel_kind="email" if inbound.is_mail else inbound.channel.kind,
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT if contact or inbound.is_mail else AuthorKind.VISITOR,
        author_name=_author(inbound, conversation, contact),
        contact_id=contact.pk if contact else None,
        body=inbound.body,
        html=inbound.html,
        subject=inbound.subject[:300],
        extra=({"lang": inbound.language} if inbound.language else {}) | extra,
        client_id=inbound.client_id,
        external_id=inbound.external_id[:998],
        created_at=inbound.sent_at,
        preview=preview,
        quiet=_is_quiet(inbound),
    )


def _author(inbound: Inbound, conversation: Conversation, contact: Contact | None) -> str:
    """A visitor and a chat have one name; a mail names its writer, who need not be the conversation's contact."""
    if not inbound.is_mail:
        return conversation.contact_name
    return ((contact and contact.called) or inbound.name or inbound.address)[:200]


def _greeting(inbound: Inbound, conversation: Conversation) -> list[NewMessage]:
    if inbound.greeting is None:
        return []
    text, name = inbound.greeting
    welcome = NewMessage(
        conversation_id=conversation.pk,
        channel_id=inbound.channel.pk,
        channel_kind=inbound.channel.kind,
        direction=Direction.OUT,
        author_kind=AuthorKind.SYSTEM,
        author_name=name,
        body=text,
        kind=MessageKind.WELCOME,
        delivery=Delivery.SENT,
    )
    return [welcome]
