"""What happens to tickets by itself (config/reactions.py): TK-3, TK-5, TK-6, TK-8, CO-5. Twice is harmless.

What one of these does carries the cause "ticket", so that a change made by (c) does not set off (d), nor the other way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from contacts.models import Contact
from conversations.actions import assign, set_status
from conversations.models import AuthorKind, Conversation, Direction, Message, MessageKind, Status
from events.cause import Cause, caused_by
from events.dispatch import on_request
from events.models import Event
from events.types import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_CONTACT_CHANGED,
    CONVERSATION_MOVED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
)
from inboxes.models import Inbox
from tickets.actions.base import lock, save
from tickets.actions.create import create_from, teams_for, ticket_of
from tickets.actions.fields import edit, move, set_owner, set_teams
from tickets.actions.stage import BY_SETTINGS, set_stage
from tickets.answers import fields_said
from tickets.models import MadeBy, Role, Ticket
from tickets.pipelines import automatic
from tickets.presets import is_on, preset_of
from workspaces.scope import workspace_scope

KIND = "ticket"


# ── A ticket for each new conversation ──


def open_ticket(event: Event) -> None:
    """Reaction to conversation.started, and to a rescue from spam: where the channel says so (TK-5, TK-6)."""
    if event.payload.get("spam"):
        return
    with workspace_scope(event.workspace_id):
        rows = Conversation.objects.present().select_related("channel")
        conversation = rows.filter(pk=event.conversation_id).first()
        if conversation is None or not is_on(conversation.channel) or not _asks_for_something(conversation):
            return
        # What was answered says more than what the channel begins with.
        preset, said = preset_of(conversation.channel).fields(), fields_said(conversation)
        fields = preset | said | {"custom": preset["custom"] | said.get("custom", {})}
        with _by_itself(event):
            create_from(conversation, by=None, made_by=MadeBy.CHANNEL, **fields)


def _asks_for_something(conversation: Conversation) -> bool:
    """Somebody wrote to us: what we began, and what a machine wrote, is no matter of theirs."""
    first = conversation.messages.exclude(kind=MessageKind.WELCOME).order_by("seq").first()
    return bool(first and first.direction == Direction.IN and conversation.last_inbound_seq)


# ── What happens to its conversations ──


@on_request
def follow(event: Event) -> None:
    """Reaction to what happens to a conversation: its ticket follows. Owed once a workspace has tickets."""
    if event.conversation_id is None:
        return
    with workspace_scope(event.workspace_id):
        conversation = (
            Conversation.objects.select_related("assignee", "team", "inbox", "contact")
            .filter(pk=event.conversation_id)
            .first()
        )
        ticket = ticket_of(conversation) if conversation else None
        if conversation and ticket and ticket.deleted_at is None:
            with _by_itself(event):
                FOLLOWS[event.type](event, conversation, lock(ticket))


def _received(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    """(b) and (e). What they wrote before there was a ticket answers nothing, and nothing is new twice."""
    message = _message_in(event)
    if message is None or _stood_before(event, ticket, ticket.last_customer_reply_at):
        return
    ticket.last_customer_reply_at = event.created_at
    save(ticket, "last_customer_reply_at")
    if _is_later(ticket.last_agent_reply_at, event.created_at):
        return  # somebody answered meanwhile
    if not ticket.is_open():
        _go(ticket, "e")
    elif ticket.stage.role != Role.NEW or ticket.last_agent_reply_at:
        _go(ticket, "b")


def _sent(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    """(a). Bots, rules and welcomes are no answer."""
    message = _message_in(event)
    if message is None or message.member_id is None or message.author_kind != AuthorKind.MEMBER:
        return
    if _stood_before(event, ticket, ticket.last_agent_reply_at):
        return
    ticket.last_agent_reply_at = event.created_at
    ticket.first_reply_at = ticket.first_reply_at or event.created_at
    save(ticket, "last_agent_reply_at", "first_reply_at")
    if ticket.is_open() and not _is_later(ticket.last_customer_reply_at, event.created_at):
        _go(ticket, "a")


def _message_in(event: Event) -> Message | None:
    return Message.objects.filter(pk=event.payload["message"]).exclude(kind=MessageKind.WELCOME).first()


def _stood_before(event: Event, ticket: Ticket, known: datetime | None) -> bool:
    """By our clock: theirs may go wrong. What was written before it came to the ticket was counted then (ties.py)."""
    if known is not None and known >= event.created_at:
        return True
    return ticket.ties.filter(conversation=event.conversation_id, created_at__gt=event.created_at).exists()


def _is_later(one: datetime | None, other: datetime) -> bool:
    return one is not None and one > other


def _go(ticket: Ticket, key: str) -> None:
    rule = automatic(ticket.pipeline, key)
    if rule.on and rule.stage:
        set_stage(ticket, rule.stage, by=None, reason=key)


def _assigned(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    """Whose the conversation is, is the ticket's owner (TK-3); the team of the one who got it answers for it (TK-10)."""
    if _caused_by_ticket(event):
        return
    if teams := teams_for(conversation):
        set_teams(ticket, teams, by=None)
    ticket = set_owner(ticket, conversation.assignee, by=event.actor, reason="conversation")
    given = conversation.assignee_id or conversation.team_id
    if given and ticket.stage.role == Role.NEW and ticket.is_open():
        _go(ticket, "f")


def _closed(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    """(d), when none of its conversations is open any more."""
    if _caused_by_ticket(event) or not ticket.is_open() or not conversation.is_closed():
        return
    others = Conversation.objects.present().filter(ticket_tie__ticket=ticket).exclude(status=Status.CLOSED)
    if not others.exists():
        _go(ticket, "d")


def _moved(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    """CO-5, CH-4. One with several conversations stays where the others are."""
    alone = ticket.conversations_count <= 1
    if alone or ticket.inbox_id in (None, event.payload.get("from")):
        ticket = move(ticket, conversation.inbox, by=event.actor)
        if conversation.assignee_id is None and ticket.owner_id and alone:
            set_owner(ticket, None, by=event.actor, reason="moved")


def _contact_changed(event: Event, conversation: Conversation, ticket: Ticket) -> None:
    if ticket.contact_id in (None, event.payload.get("previous")):
        contact: Contact | None = conversation.contact
        edit(ticket, by=event.actor, contact=contact, company=contact.company if contact else None)


FOLLOWS = {
    MESSAGE_RECEIVED: _received,
    MESSAGE_SENT: _sent,
    CONVERSATION_ASSIGNED: _assigned,
    CONVERSATION_CLOSED: _closed,
    CONVERSATION_MOVED: _moved,
    CONVERSATION_CONTACT_CHANGED: _contact_changed,
}


# ── What happens to the ticket ──


def close_conversations(event: Event) -> None:
    """Reaction to ticket.closed: (c). Not when closing the conversations is what closed it, nor when a stage became one
    that closes: that is a setting, and nobody settled anything."""
    if event.payload.get("reason") in ("d", BY_SETTINGS):
        return
    with workspace_scope(event.workspace_id):
        ticket = _ticket_in(event)
        if ticket is None or ticket.is_open() or not automatic(ticket.pipeline, "c").on:
            return
        rows = Conversation.objects.present().filter(ticket_tie__ticket=ticket).exclude(status=Status.CLOSED)
        with _by_itself(event):
            for conversation in rows.filter(waiting_since=None) | rows.filter(
                waiting_since__lte=event.created_at
            ):
                set_status(conversation, Status.CLOSED, by=event.actor)


def give_conversations(event: Event) -> None:
    """Reaction to ticket.owner_changed: the other way of TK-3, only where the pipeline says so."""
    if _caused_by_ticket(event):
        return
    with workspace_scope(event.workspace_id):
        ticket = _ticket_in(event)
        if ticket is None or not ticket.pipeline.owner_goes_both_ways or not ticket.is_open():
            return
        with _by_itself(event):
            for conversation in Conversation.objects.open().filter(ticket_tie__ticket=ticket):
                if _may_have(ticket, conversation):
                    assign(conversation, to=ticket.owner, by=event.actor, reason="ticket")


def _may_have(ticket: Ticket, conversation: Conversation) -> bool:
    if ticket.owner is None:
        return True
    return Inbox.objects.worked_by(ticket.owner).filter(pk=conversation.inbox_id).exists()


def _ticket_in(event: Event) -> Ticket | None:
    rows = Ticket.objects.present().select_related("pipeline", "stage", "owner")
    return rows.filter(pk=event.payload["ticket"]).first()


# ── Whose doing it is ──


def _caused_by_ticket(event: Event) -> bool:
    return (event.payload.get("cause") or {}).get("kind") == KIND


@contextmanager
def _by_itself(event: Event) -> Iterator[None]:
    """What is done inside is ours; the rules that led here stay known, so that none of them wakes itself."""
    cause = event.payload.get("cause") or {}
    chain = (*cause.get("chain", []), *([cause["id"]] if cause.get("kind") == "rule" else []))
    with caused_by(Cause(KIND, event.pk, chain=chain)):
        yield
