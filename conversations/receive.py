"""The one way in: whatever a channel understood becomes a message here, once, in one transaction."""

from dataclasses import replace

from django.db import IntegrityError, connection, transaction

from contacts.actions import find_or_create_contact
from contacts.models import Contact, ContactAddress
from conversations import files
from conversations.append import Appended, NewMessage, append, preview_of
from conversations.begin import begin
from conversations.inbound import Inbound
from conversations.models import (
    AuthorKind,
    Conversation,
    Delivery,
    Direction,
    Message,
    MessageKind,
    Participant,
    Status,
)
from conversations.threading import Place, find_place, is_blocked, spam_of, with_external_ids
from conversations.tombstones import back_from
from events.record import record
from events.types import CONVERSATION_REOPENED

__all__ = ["Inbound", "receive"]

BLOCKED = "blocked"
MOST_PEOPLE = 50  # of one mail who are remembered


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
    wait_for_senders([inbound])
    if seen := _seen_before(inbound):
        return seen
    if not inbound.aside and is_blocked(inbound):
        inbound = replace(inbound, aside="spam", aside_reason=BLOCKED, greeting=None, opening=())
    place = spam_of(inbound) if inbound.aside_reason == BLOCKED else find_place(inbound)
    if place and (twin := _brought_by_another_way(inbound, place)):
        return twin
    contact = _contact_of(inbound, place)
    before, is_begun = [], place is None
    if place is None:
        place = Place(begin([(inbound, contact)])[0])
        before = _greeting(inbound, place.conversation)
    if place.is_known and not inbound.is_quiet():
        _reopen(place.conversation)
    Participant.objects.bulk_create(people_of(inbound, place), ignore_conflicts=True)
    taken = files.take(inbound.files, visitor=inbound.visitor)
    message = message_of(inbound, place, contact, files.preview_of(taken))
    appended = append([*before, message])[-1]
    if appended.is_new:
        files.attach(taken, appended.message_id)
        if inbound.is_history and not is_begun:
            _bring_forward(place.conversation, message)
    return appended


def wait_for_senders(inbounds: list[Inbound]) -> None:
    """One delivery of a sender at a time, to the end of the transaction. In one order, or two batches are a deadlock."""
    senders = sorted(
        {f"{one.channel.pk}:{one.visitor.pk if one.visitor else one.address.lower()}" for one in inbounds}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(s, 1)) FROM unnest(%s::text[]) s", [senders]
        )


def _seen_before(inbound: Inbound) -> Appended | None:
    copies = Message.objects.filter(channel=inbound.channel)
    if inbound.external_id:
        copies = with_external_ids([inbound.channel.pk], back_from([inbound.external_id[:998]]))
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

    Not so who wrote what was set aside, a machine, or a stranger in somebody else's conversation (SP-7).
    """
    if inbound.visitor:
        return inbound.visitor.contact
    kind = inbound.address_kind()
    if not inbound.makes_contact() or (place and not place.is_known):
        known = ContactAddress.objects.select_related("contact__company")
        found = known.filter(kind=kind, value=inbound.address.lower()).first()
        return found.contact if found else None
    if inbound.is_mail:
        they_write_again([inbound.address.lower()])
    return find_or_create_contact(
        kind=kind,
        address=inbound.address,
        name=inbound.name,
        language=inbound.language,
        proven=inbound.is_mail or kind != "email",
    )


def they_write_again(addresses: list[str]) -> None:
    """Who writes from an address, has it, whatever came back from there before."""
    back = ContactAddress.objects.filter(kind="email", value__in=addresses).exclude(bounced_at=None)
    back.update(bounced_at=None, bounce_reason="")


def _reopen(conversation: Conversation) -> None:
    """A customer's answer opens what was closed, snoozed or filtered, and keeps its owner (EM-9, ST-2, RT-11)."""
    if conversation.status == Status.OPEN and conversation.filtered_at is None:
        return
    conversation.status, conversation.closed_at, conversation.snoozed_until = Status.OPEN, None, None
    conversation.filtered_at, conversation.aside_reason = None, ""
    conversation.save(update_fields=["status", "closed_at", "snoozed_until", "filtered_at", "aside_reason"])
    record(CONVERSATION_REOPENED, conversation, actor_kind="contact", status=Status.OPEN, reason="answer")


def _bring_forward(conversation: Conversation, message: NewMessage) -> None:
    """Of what was written before we looked, the newest stands in the list, as it would have."""
    older = Conversation.objects.filter(
        pk=conversation.pk, status=Status.CLOSED, last_activity_at__lt=message.created_at
    )
    older.update(last_activity_at=message.created_at, preview=preview_of(message.body or message.preview))


def people_of(inbound: Inbound, place: Place) -> list[Participant]:
    """Who writes and who is written to. Those whom a newcomer brings along stay outside."""
    if not inbound.is_mail or not inbound.makes_contact():
        return []
    people = {inbound.address.lower(): inbound.name}
    if place.is_known:
        people = {address.lower(): name for name, address in inbound.people[:MOST_PEOPLE]} | people
    return [
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


def message_of(inbound: Inbound, place: Place, contact: Contact | None, preview: str) -> NewMessage:
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
        quiet=inbound.is_quiet(),
    )


def _author(inbound: Inbound, conversation: Conversation, contact: Contact | None) -> str:
    """A visitor and a chat have one name; a mail names its writer, who need not be the conversation's contact."""
    if not inbound.is_mail:
        return conversation.contact_name
    return ((contact and contact.called) or inbound.name or inbound.address)[:200]


def _greeting(inbound: Inbound, conversation: Conversation) -> list[NewMessage]:
    """What stood there before the first message: it counts neither as an agent's answer nor as a bot's (LC-3)."""
    said = [(one["body"], one.get("name", ""), one.get("flow") or {}) for one in inbound.opening]
    if inbound.greeting:
        said.append((*inbound.greeting, {}))
    return [
        NewMessage(
            conversation_id=conversation.pk,
            channel_id=inbound.channel.pk,
            channel_kind=inbound.channel.kind,
            direction=Direction.OUT,
            author_kind=AuthorKind.BOT if inbound.opening else AuthorKind.SYSTEM,
            author_name=name[:200],
            body=text,
            kind=MessageKind.WELCOME,
            delivery=Delivery.SENT,
            extra={"flow": flow} if flow else {},
        )
        for text, name, flow in said
    ]
