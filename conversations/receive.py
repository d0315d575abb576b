"""The one way in: whatever a channel understood becomes a message here, once, in one transaction."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts.actions import find_or_create_contact
from contacts.models import Contact, Visitor
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
    Status,
)
from conversations.threading import find_conversation
from events.record import record
from events.types import CONVERSATION_ASSIGNED, CONVERSATION_REOPENED, CONVERSATION_STARTED
from inboxes.models import Channel
from inboxes.routing import Choice, choose_assignee


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
    contact = _contact_of(inbound)
    conversation = find_conversation(inbound)
    before = []
    if conversation is None:
        conversation = _start(inbound, contact)
        before = _greeting(inbound, conversation)
    _reopen(conversation)
    taken = files.take(inbound.files, visitor=inbound.visitor)
    appended = append([*before, _message(inbound, conversation, contact, files.preview_of(taken))])[-1]
    if appended.is_new:
        files.attach(taken, appended.message_id)
    return appended


def _wait_for_sender(inbound: Inbound) -> None:
    sender = f"{inbound.channel.pk}:{inbound.visitor.pk if inbound.visitor else inbound.address.lower()}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [sender])


def _seen_before(inbound: Inbound) -> Appended | None:
    copies = Message.objects.filter(channel=inbound.channel)
    if inbound.external_id:
        copies = copies.filter(external_id=inbound.external_id)
    elif inbound.visitor:
        copies = copies.filter(conversation__visitor=inbound.visitor, client_id=inbound.client_id)
    else:
        return None
    first = copies.values_list("pk", "conversation_id", "seq", "created_at").first()
    return Appended(first[0], first[1], first[2], False, first[3]) if first else None


def _contact_of(inbound: Inbound) -> Contact | None:
    """A visitor stays one until an address is proven theirs (TR-3, T064); everybody else is made a contact (SB-3)."""
    if inbound.visitor:
        return inbound.visitor.contact
    kind = "email" if "@" in inbound.address else inbound.channel.kind
    return find_or_create_contact(
        kind=kind, address=inbound.address, name=inbound.name, language=inbound.language
    )


def _start(inbound: Inbound, contact: Contact | None) -> Conversation:
    choice = choose_assignee(inbound.channel)
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
    )
    ConversationDetail.objects.create(
        conversation=conversation, first_url=inbound.page_url[:2000], referrer=inbound.referrer[:2000]
    )
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
    return (inbound.visitor and inbound.visitor.claimed_name) or inbound.name[:200]


def _beside_name(inbound: Inbound, contact: Contact | None) -> str:
    """What tells people of one name apart: their company; for a visitor the page they write from."""
    if contact:
        return contact.company.name if contact.company else ""
    try:
        return urlsplit(inbound.page_url).path[:200]
    except ValueError:  # what a visitor's page calls its address is not ours to trust
        return ""


def _reopen(conversation: Conversation) -> None:
    """A customer's answer opens what was closed or snoozed, and keeps its owner (EM-9, ST-2, RT-11)."""
    if conversation.status == Status.OPEN:
        return
    conversation.status, conversation.closed_at, conversation.snoozed_until = Status.OPEN, None, None
    conversation.save(update_fields=["status", "closed_at", "snoozed_until"])
    record(CONVERSATION_REOPENED, conversation, actor_kind="contact", status=Status.OPEN, reason="answer")


def _message(
    inbound: Inbound, conversation: Conversation, contact: Contact | None, preview: str
) -> NewMessage:
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=inbound.channel.pk,
        channel_kind=inbound.channel.kind,
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT if contact else AuthorKind.VISITOR,
        author_name=conversation.contact_name,
        contact_id=contact.pk if contact else None,
        body=inbound.body,
        html=inbound.html,
        subject=inbound.subject[:300],
        extra=({"lang": inbound.language} if inbound.language else {}) | inbound.extra,
        client_id=inbound.client_id,
        external_id=inbound.external_id[:998],
        created_at=inbound.sent_at,
        preview=preview,
    )


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
