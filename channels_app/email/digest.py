"""A chat goes on by mail when its visitor has left (CT-14), its transcript by mail when it is closed (CT-15), and the
word that a mail has arrived. A letter of these is an event first, so that none is lost and none is sent twice over.
"""

from datetime import timedelta

from django.utils import timezone

from channels_app.email.breakers import may_write
from channels_app.live_chat.adapter import LiveChat
from contacts.models import ContactAddress
from conversations.envelope import BY_ONE_OF_US, EnvelopeRefused, Person, checked_person
from conversations.models import AuthorKind, Conversation, ConversationDetail, Direction, Message, MessageKind
from events.models import Event
from events.record import record
from events.retry import Postponed
from events.types import LETTER_SENT
from inboxes.kinds import get_kind
from workspaces.scope import workspace_scope

# A tab that is open is heard of every five minutes, and a little later on a bad line.
GONE_AFTER = timedelta(minutes=6)
ASK_AGAIN = 60.0  # seconds, while the visitor's tab is open
NO_LONGER_THAN = timedelta(hours=24)
WRITTEN_BY_US = (AuthorKind.MEMBER, AuthorKind.BOT)


# ── The chat goes on by mail ────────────────────────────────────────────────────────────────────────────────────


def continue_by_mail(event: Event) -> None:
    """Reaction to message.sent: when the visitor does not read it in time and is gone, they are written to."""
    with workspace_scope(event.workspace_id):
        message = (
            Message.objects.select_related("conversation__visitor", "channel")
            .filter(pk=event.payload["message"], author_kind__in=WRITTEN_BY_US)
            .first()
        )
        if message is None or not get_kind(message.channel_kind).visitors:
            return
        wait = _seconds_left(message)
        if wait is None:
            return
        if wait > 0:
            raise Postponed(wait)
        _make_due(message)


continue_by_mail.only_for = LiveChat.kind.key  # type: ignore[attr-defined]


def _seconds_left(message: Message) -> float | None:
    """How long to leave the message to the widget; None when nobody is to be written to."""
    minutes = message.channel.minutes_unseen()
    detail = ConversationDetail.objects.get(conversation=message.conversation_id)
    if not minutes or max(detail.seen_seq, detail.mailed_seq) >= message.seq:
        return None
    conversation = message.conversation
    if conversation.spam_at or conversation.trashed_at or address_of_visitor(conversation) is None:
        return None
    age = timezone.now() - message.created_at
    if age > NO_LONGER_THAN:
        return None
    if age < timedelta(minutes=minutes):
        return (timedelta(minutes=minutes) - age).total_seconds() + 0.1
    is_here = detail.delivered_seq >= message.seq and _was_here_lately(conversation)
    return ASK_AGAIN if is_here else 0.0


def _was_here_lately(conversation: Conversation) -> bool:
    visitor = conversation.visitor
    return bool(visitor and visitor.last_seen_at > timezone.now() - GONE_AFTER)


def address_of_visitor(conversation: Conversation) -> Person | None:
    """The contact's own address; of somebody unknown the one they left. A claimed address opens no history (T064): it
    gets no more than what was written for this visitor since they left, and what they wrote themselves is not in it."""
    known = ContactAddress.objects.filter(contact=conversation.contact_id, kind="email", bounced_at=None)
    if conversation.contact_id and (row := known.order_by("pk").first()):
        return Person(conversation.contact_name, row.value)
    claimed = conversation.visitor.claimed_email if conversation.visitor else ""
    try:
        return checked_person(Person("", claimed)) if claimed else None
    except EnvelopeRefused:
        return None


def _make_due(message: Message) -> None:
    """Everything unread up to now goes into one letter; the mark moves with it, so no other letter repeats it."""
    detail = ConversationDetail.objects.select_for_update().get(conversation=message.conversation_id)
    after = max(detail.seen_seq, detail.mailed_seq)
    person = address_of_visitor(message.conversation)
    if after >= message.seq or person is None or not may_write("digest", person.address):
        return
    upto = message.conversation.last_seq
    ConversationDetail.objects.filter(pk=detail.pk).update(mailed_seq=upto)
    record(LETTER_SENT, message.conversation, kind="digest", address=person.address, after=after, upto=upto)


def missed(conversation: Conversation, after: int, upto: int) -> list[Message]:
    rows = conversation.messages.filter(
        direction=Direction.OUT, author_kind__in=WRITTEN_BY_US, seq__gt=after, seq__lte=upto
    )
    return list(rows.filter(channel_kind=conversation.channel_kind).order_by("seq"))


# ── The transcript ──────────────────────────────────────────────────────────────────────────────────────────────


def send_transcript(event: Event) -> None:
    """Reaction to conversation.closed, where the channel asks for it. Closed twice with nothing new is sent once."""
    with workspace_scope(event.workspace_id):
        conversation = (
            Conversation.objects.present()
            .select_related("channel", "visitor")
            .filter(pk=event.conversation_id)
            .first()
        )
        if conversation is None:
            return
        wanted = conversation.channel.config.get("transcript") or {}
        upto = conversation.last_seq
        for address in _readers(conversation, wanted):
            sent = Event.objects.filter(
                conversation_id=conversation.pk,
                type=LETTER_SENT,
                payload__kind="transcript",
                payload__address=address,
                payload__upto__gte=upto,
            )
            if not sent.exists() and may_write("transcript", address):
                record(LETTER_SENT, conversation, kind="transcript", address=address, after=0, upto=upto)


def _readers(conversation: Conversation, wanted: dict) -> list[str]:
    """The contact at their proven address, never one that was only claimed: a transcript holds what a stranger typed."""
    readers = [str(address) for address in wanted.get("internal") or ()]
    if wanted.get("visitor") and conversation.contact_id:
        known = ContactAddress.objects.filter(contact=conversation.contact_id, kind="email", bounced_at=None)
        readers += known.order_by("pk").values_list("value", flat=True)[:1]
    return list(dict.fromkeys(readers))


def said(conversation: Conversation, upto: int) -> list[Message]:
    """What both sides wrote. Comments are another table; what a stranger mailed into it is left out (T069, T082)."""
    rows = conversation.messages.filter(seq__lte=upto, channel_kind=conversation.channel_kind)
    return list(
        rows.filter(BY_ONE_OF_US, kind=MessageKind.MESSAGE).prefetch_related("attachments").order_by("seq")
    )


# ── It has arrived ──────────────────────────────────────────────────────────────────────────────────────────────


def acknowledge(event: Event) -> None:
    """Reaction to conversation.started, where the channel asks for it: fixed words, to people alone (T088, T090)."""
    with workspace_scope(event.workspace_id):
        conversation = (
            Conversation.objects.present()
            .select_related("channel", "visitor")
            .filter(pk=event.conversation_id)
            .first()
        )
        if conversation is None or not conversation.channel.config.get("acknowledge"):
            return
        first = conversation.messages.filter(direction=Direction.IN).order_by("seq").first()
        person = address_of_visitor(conversation)
        if first is None or person is None or not _may_be_answered(first):
            return
        address = person.address
        if may_write("acknowledgement", address):
            record(
                LETTER_SENT,
                conversation,
                kind="acknowledgement",
                address=address,
                after=0,
                upto=first.seq,
            )


def _may_be_answered(message: Message) -> bool:
    mail = (message.extra or {}).get("mail", {})
    return not mail.get("auto") and (mail.get("auth") or {}).get("verdict") != "fail"
