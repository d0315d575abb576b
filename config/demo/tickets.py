"""Tickets of the demo: what came by mail or form is one from the start, a chat when its label says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from config.demo.promises import run_clocks
from conversations.models import Conversation, Direction
from tickets.actions import create_from
from tickets.models import Role, Ticket
from tickets.pipelines import default_pipeline, stages_of

if TYPE_CHECKING:
    from config.demo.tell import Telling

FROM_CHATS = {"Warranty", "Returns", "Trade"}
PRIORITIES = {"Warranty": "high", "Returns": "high", "Pre-sale": "low"}
URGENT = {"camille"}
ASKED = ("email", "form")
# Whose chats a bot took in before people did.
BY_A_BOT = {"karim"}


def begin(telling: Telling) -> None:
    """Its ticket, if the story is one, right behind its first message."""
    if _is_ticket(telling):
        conversation = Conversation.objects.get(pk=telling.conversation_id)
        made_by = "bot" if telling.story.who in BY_A_BOT and telling.channel.kind == "chat" else "channel"
        telling.ticket = create_from(conversation, by=None, made_by=made_by, priority=_priority(telling))


def settle(told: Iterable[Telling], now: datetime) -> None:
    """Each ticket as old as its story, as far as it got, and with whoever has it."""
    stages = {stage.role: stage for stage in stages_of(default_pipeline())}
    tickets = []
    for telling in told:
        if telling.ticket:
            conversation = Conversation.objects.get(pk=telling.conversation_id)
            telling.ticket.stage = stages[_role(conversation, telling)]
            telling.ticket.owner_id = conversation.assignee_id
            _date(telling.ticket, telling)
            tickets.append(telling.ticket)
    fields = ["stage", "owner", "created_at", "updated_at", "closed_at", "first_reply_at", "position"]
    Ticket.objects.bulk_update(tickets, fields)
    run_clocks(tickets, now)


def _is_ticket(telling: Telling) -> bool:
    labels = set(telling.story.labels.split())
    return telling.channel.kind in ASKED or bool(labels & FROM_CHATS)


def _role(conversation: Conversation, telling: Telling) -> str:
    if telling.closed_at:
        return str(Role.CLOSED)
    if not telling.answered_at:
        return str(Role.NEW)
    last = conversation.messages.order_by("-seq").values_list("direction", flat=True).first()
    return str(Role.CONTACT if last == Direction.OUT else Role.US)


def _priority(telling: Telling) -> str:
    if telling.story.who in URGENT and not any(step.verb == "close" for step in telling.story.steps):
        return "urgent"
    found = [PRIORITIES[label] for label in telling.story.labels.split() if label in PRIORITIES]
    return found[0] if found else "medium"


def _date(ticket: Ticket, telling: Telling) -> None:
    ticket.created_at, ticket.updated_at = telling.told_at, telling.active_at
    ticket.closed_at, ticket.first_reply_at = telling.closed_at, telling.answered_at
    ticket.position = -telling.active_at.timestamp()
