"""What clocks do about what happens (config/reactions.py). Each event brings them to its own moment; twice is harmless."""

from datetime import datetime

from conversations.models import Conversation, Message, MessageKind
from events.dispatch import on_request
from events.models import Event
from events.types import (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    TICKET_CLOSED,
    TICKET_CREATED,
    TICKET_DELETED,
    TICKET_EDITED,
    TICKET_LINKED,
    TICKET_MERGED,
    TICKET_PARTED,
    TICKET_PRIORITY_CHANGED,
    TICKET_REOPENED,
    TICKET_SLA_CHANGED,
    TICKET_SPLIT,
    TICKET_STAGE_CHANGED,
    TICKET_UNLINKED,
)
from tickets.actions.base import lock, tell
from tickets.models import Stage, Ticket, TicketConversation
from tickets.sla import running
from tickets.sla.policies import policy_of
from tickets.sla.running import Changes
from tickets.sla.shown import show
from workspaces.scope import workspace_scope

RECKONED_BY = {"teams", "source"}


@on_request
def turn_clocks(event: Event) -> None:
    """Reaction to messages and to what happens to tickets. Owed once a workspace promises anything."""
    with workspace_scope(event.workspace_id):
        ticket = _ticket_of(event)
        if ticket is None:
            return
        changes = TURNS[event.type](event, ticket, event.created_at)
        show(ticket)
        if changes:
            conversation = Conversation.objects.filter(pk=event.conversation_id or _latest(ticket)).first()
            told = {"goals": changes, "why": event.type}
            tell(TICKET_SLA_CHANGED, ticket, conversation=conversation, **told)


def _ticket_of(event: Event) -> Ticket | None:
    pk = event.payload.get("ticket")
    if pk is None:
        ties = TicketConversation.objects.filter(conversation=event.conversation_id)
        pk = ties.values_list("ticket", flat=True).first()
    found = Ticket.objects.filter(pk=pk).first()
    return lock(found) if found else None


def _latest(ticket: Ticket) -> int | None:
    ties = ticket.ties.order_by("-conversation__last_activity_at")
    return ties.values_list("conversation", flat=True).first()


def _made(event: Event, ticket: Ticket, at: datetime) -> Changes:
    return running.begin(ticket, at)


def _received(event: Event, ticket: Ticket, at: datetime) -> Changes:
    message = _message_in(event)
    return running.asked(ticket, at) if message else {}


def _sent(event: Event, ticket: Ticket, at: datetime) -> Changes:
    message = _message_in(event)
    counts = message is not None and running.is_answer(message, policy_of(ticket))
    return running.answered(ticket, at) if counts else {}


def _message_in(event: Event) -> Message | None:
    return Message.objects.filter(pk=event.payload["message"]).exclude(kind=MessageKind.WELCOME).first()


def _staged(event: Event, ticket: Ticket, at: datetime) -> Changes:
    stage = Stage.objects.filter(pk=event.payload.get("stage")).first()
    # Another pipeline may promise something else.
    return running.staged(ticket, stage, at) | running.recompute(ticket, at)


def _closed(event: Event, ticket: Ticket, at: datetime) -> Changes:
    return running.closed(ticket, at)


def _reopened(event: Event, ticket: Ticket, at: datetime) -> Changes:
    waiting = Conversation.objects.present().filter(ticket_tie__ticket=ticket, waiting_since__isnull=False)
    return running.reopened(ticket, at, waiting.exists())


def _valued(event: Event, ticket: Ticket, at: datetime) -> Changes:
    return running.recompute(ticket, at)


def _edited(event: Event, ticket: Ticket, at: datetime) -> Changes:
    named = RECKONED_BY & set(event.payload.get("fields", []))
    return running.recompute(ticket, at) if named else {}


def _deleted(event: Event, ticket: Ticket, at: datetime) -> Changes:
    if ticket.deleted_at:
        return running.give_up(ticket, at, "deleted")
    return running.take_back(ticket, "deleted")


def _merged(event: Event, ticket: Ticket, at: datetime) -> Changes:
    """The other one is part of this now; what this one promised goes on."""
    other = _other(event)
    if other and other.merged_into_id:
        running.give_up(other, at, "merged")
        show(other)
    return running.begin(ticket, at)


def _parted(event: Event, ticket: Ticket, at: datetime) -> Changes:
    if ticket.merged_into_id:
        return running.give_up(ticket, at, "merged")
    return running.take_back(ticket, "merged") | running.begin(ticket, at)


def _other(event: Event) -> Ticket | None:
    found = Ticket.objects.filter(pk=event.payload.get("other")).first()
    return lock(found) if found else None


TURNS = {
    MESSAGE_RECEIVED: _received,
    MESSAGE_SENT: _sent,
    TICKET_CREATED: _made,
    TICKET_LINKED: _made,
    TICKET_UNLINKED: _made,
    TICKET_SPLIT: _made,
    TICKET_STAGE_CHANGED: _staged,
    TICKET_CLOSED: _closed,
    TICKET_REOPENED: _reopened,
    TICKET_PRIORITY_CHANGED: _valued,
    TICKET_EDITED: _edited,
    TICKET_DELETED: _deleted,
    TICKET_MERGED: _merged,
    TICKET_PARTED: _parted,
}
