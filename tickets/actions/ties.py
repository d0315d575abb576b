"""What hangs together: a ticket and its conversations, related tickets, a ticket and those below it."""

from django.db import transaction
from django.db.models import F, Max, Min, Q

from conversations.actions.base import lock as lock_conversation
from conversations.models import AuthorKind, Conversation, Direction, MessageKind
from events.types import TICKET_EDITED, TICKET_LINKED, TICKET_UNLINKED
from tickets.actions.base import hold, lock, save, tell
from tickets.models import Ticket, TicketConversation, TicketLink
from tickets.refusals import GoesInCircles, HasTicket, NotTogether, TooManyLinks
from workspaces.models import Member

MOST_LINKS, DEEPEST = 100, 20
DUE = ("due_half_at", "due_soon_at", "due_at")


def tie(ticket: Ticket, conversation: Conversation) -> None:
    """Without a word to anybody; both locked or new."""
    TicketConversation.objects.create(ticket=ticket, conversation=conversation)
    _note_what_was_written(ticket, conversation)
    Ticket.objects.filter(pk=ticket.pk).update(conversations_count=F("conversations_count") + 1)
    # Rows of the inbox show the ticket's number, and what is due.
    shown = {name: getattr(ticket, name) for name in DUE}
    Conversation.objects.filter(pk=conversation.pk).update(
        version=F("version") + 1, ticket_number=ticket.number, **shown
    )


def _note_what_was_written(ticket: Ticket, conversation: Conversation) -> None:
    """The hours of what stood there before it came to the ticket."""
    told = conversation.messages.exclude(kind=MessageKind.WELCOME)
    theirs, ours = Q(direction=Direction.IN), Q(author_kind=AuthorKind.MEMBER)
    found = told.aggregate(
        last_customer_reply_at=Max("created_at", filter=theirs),
        last_agent_reply_at=Max("created_at", filter=ours),
        first_reply_at=Min("created_at", filter=ours),
    )
    for name, at in found.items():
        known = [one for one in (getattr(ticket, name), at) if one]
        found[name] = (min if name == "first_reply_at" else max)(known) if known else None
        setattr(ticket, name, found[name])
    Ticket.objects.filter(pk=ticket.pk).update(**found)


def untie(ticket: Ticket, conversation_id: int) -> None:
    gone, _rows = TicketConversation.objects.filter(ticket=ticket, conversation=conversation_id).delete()
    if gone:
        Ticket.objects.filter(pk=ticket.pk).update(conversations_count=F("conversations_count") - 1)
        Conversation.objects.filter(pk=conversation_id).update(
            version=F("version") + 1, ticket_number=None, **dict.fromkeys(DUE)
        )


@transaction.atomic
def link(ticket: Ticket, conversation: Conversation, *, by: Member | None) -> Ticket:
    """Add a conversation to a ticket. Raises HasTicket when it belongs to another one: `replace` says otherwise (TK-2)."""
    conversation, ticket = lock_conversation(conversation), hold(ticket)
    standing = TicketConversation.objects.filter(conversation=conversation).first()
    if standing and standing.ticket_id != ticket.pk:
        raise HasTicket
    if standing is None:
        _add(ticket, conversation, by)
    return lock(ticket)


@transaction.atomic
def unlink(conversation: Conversation, *, by: Member | None) -> Ticket | None:
    """Part a conversation from its ticket; managers may (TK-2). Returns the ticket it had."""
    conversation = lock_conversation(conversation)
    standing = TicketConversation.objects.filter(conversation=conversation).first()
    if standing is None:
        return None
    ticket = lock(standing.ticket)
    untie(ticket, conversation.pk)
    ticket = lock(ticket)
    save(ticket)
    tell(TICKET_UNLINKED, ticket, by=by, conversation=conversation, number=ticket.number)
    return ticket


@transaction.atomic
def replace(conversation: Conversation, ticket: Ticket, *, by: Member | None) -> Ticket:
    """Give the conversation another ticket in place of the one it has; managers may (TK-2)."""
    conversation = lock_conversation(conversation)
    standing = TicketConversation.objects.filter(conversation=conversation).first()
    if standing and standing.ticket_id == ticket.pk:
        return lock(ticket)
    unlink(conversation, by=by)
    return link(ticket, conversation, by=by)


def _add(ticket: Ticket, conversation: Conversation, by: Member | None) -> None:
    tie(ticket, conversation)
    ticket.refresh_from_db(fields=["conversations_count"])
    if ticket.inbox_id is None:
        ticket.inbox = conversation.inbox
    if ticket.contact_id is None:
        ticket.contact = conversation.contact
    save(ticket, "inbox", "contact")
    tell(TICKET_LINKED, ticket, by=by, conversation=conversation, number=ticket.number)


@transaction.atomic
def relate(ticket: Ticket, other: Ticket, *, by: Member | None, on: bool = True) -> None:
    """Two tickets have to do with each other, or not any more. Twice records once."""
    if ticket.pk == other.pk:
        raise NotTogether
    first, second = (hold(one) for one in sorted((ticket, other), key=lambda one: one.pk))
    found = TicketLink.objects.filter(a=first, b=second)
    if found.exists() == on:
        return
    if not on:
        found.delete()
    elif _links_of(first) >= MOST_LINKS or _links_of(second) >= MOST_LINKS:
        raise TooManyLinks
    else:
        TicketLink.objects.create(a=first, b=second)
    for one, that in ((first, second), (second, first)):
        save(one)
        tell(TICKET_LINKED if on else TICKET_UNLINKED, one, by=by, other=that.pk)


def _links_of(ticket: Ticket) -> int:
    return TicketLink.objects.filter(a=ticket).count() + TicketLink.objects.filter(b=ticket).count()


@transaction.atomic
def set_parent(ticket: Ticket, parent: Ticket | None, *, by: Member | None) -> Ticket:
    """Put it below another one, or below none. Raises GoesInCircles."""
    ticket = hold(ticket)
    if parent and (parent.pk == ticket.pk or stands_below(parent, ticket)):
        raise GoesInCircles
    if ticket.parent_id != (parent and parent.pk):
        ticket.parent = parent
        save(ticket, "parent")
        tell(TICKET_EDITED, ticket, by=by, fields=["parent"])
    return ticket


def stands_below(ticket: Ticket, other: Ticket) -> bool:
    """Anywhere below it; so deep that nobody knows counts as below."""
    above, steps = ticket.parent, 0
    while above is not None:
        steps += 1
        if above.pk == other.pk or steps > DEEPEST:
            return True
        above = above.parent
    return False
