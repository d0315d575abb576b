"""New conversations: their rows, and what is told of them. Any number in four statements."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.utils import timezone

from contacts.models import Contact
from conversations.inbound import Inbound
from conversations.models import AuthorKind, Conversation, ConversationDetail, Status
from events.models import Event
from events.record import entry, record_all
from events.types import CONVERSATION_MARKED_SPAM, CONVERSATION_STARTED
from workspaces.scope import current_workspace_id


def begin(wanted: Sequence[tuple[Inbound, Contact | None]]) -> list[Conversation]:
    """Start a conversation for each, in order; who gets it is decided afterwards. Its first message is the caller's."""
    begun = [_row(inbound, contact) for inbound, contact in wanted]
    Conversation.objects.bulk_create(begun)
    together = [(inbound, conversation) for (inbound, _), conversation in zip(wanted, begun, strict=True)]
    ConversationDetail.objects.bulk_create(
        ConversationDetail(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            first_url=inbound.page_url[:2000],
            referrer=inbound.referrer[:2000],
        )
        for inbound, conversation in together
    )
    record_all([event for one in together for event in _told(*one)])
    return begun


def _row(inbound: Inbound, contact: Contact | None) -> Conversation:
    now = inbound.sent_at or timezone.now()
    return Conversation(
        workspace_id=current_workspace_id(),
        inbox_id=inbound.channel.inbox_id,
        channel=inbound.channel,
        channel_kind=inbound.channel.kind,
        contact=contact,
        visitor=inbound.visitor,
        contact_name=_name_of(inbound, contact),
        contact_org=_beside_name(inbound, contact),
        subject=inbound.subject[:300],
        language=inbound.language or (contact.language if contact else ""),
        status=Status.CLOSED if inbound.is_history else Status.OPEN,
        closed_at=now if inbound.is_history else None,
        created_at=now,
        last_activity_at=now,
        spam_at=now if inbound.aside == "spam" else None,
        filtered_at=now if inbound.aside == "filtered" else None,
        aside_reason=inbound.aside_reason[:30],
    )


def _told(inbound: Inbound, conversation: Conversation) -> Iterator[Event]:
    if inbound.aside:
        yield entry(CONVERSATION_MARKED_SPAM, conversation, spam=inbound.aside)
        return
    if inbound.is_history:  # it began long ago: nobody is told, nothing reacts
        return
    yield entry(
        CONVERSATION_STARTED,
        conversation,
        actor_kind=AuthorKind.CONTACT if conversation.contact_id else AuthorKind.VISITOR,
        channel_kind=inbound.channel.kind,
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
