"""Tickets of the demo: what came by mail or form is one from the start, a chat when its label says so."""

from collections.abc import Iterable

from config.demo.tell import Telling, set_times
from conversations.models import Conversation, Direction
from events.models import Event, ReactionDue
from tickets.actions import create_from
from tickets.models import Role, Ticket
from tickets.pipelines import default_pipeline, stages_of

FROM_CHATS = {"Warranty", "Returns", "Trade"}
PRIORITIES = {"Warranty": "high", "Returns": "high", "Pre-sale": "low"}
URGENT = {"camille"}
ASKED = ("email", "form")


def follow_up(told: Iterable[Telling]) -> None:
    """One ticket for each story that asks for one, in their order, as old as the story and as far as it got."""
    stages = {stage.role: stage for stage in stages_of(default_pipeline())}
    tickets, times = [], []
    for telling in sorted(told, key=lambda one: one.told_at):
        if not _is_ticket(telling):
            continue
        conversation = Conversation.objects.get(pk=telling.conversation_id)
        ticket = create_from(
            conversation,
            by=None,
            made_by="channel",
            stage=stages[_role(conversation, telling)],
            priority=_priority(telling),
        )
        _date(ticket, telling)
        tickets.append(ticket)
        events = Event.objects.filter(conversation_id=conversation.pk, payload__ticket=ticket.pk)
        times += [(pk, telling.told_at) for pk in events.values_list("pk", flat=True)]
    fields = ["created_at", "updated_at", "closed_at", "first_reply_at", "position"]
    Ticket.objects.bulk_update(tickets, fields)
    set_times("events_event", times)
    ReactionDue.objects.all()._raw_delete("default")


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
    if telling.story.who in URGENT and not telling.closed_at:
        return "urgent"
    found = [PRIORITIES[label] for label in telling.story.labels.split() if label in PRIORITIES]
    return found[0] if found else "medium"


def _date(ticket: Ticket, telling: Telling) -> None:
    ticket.created_at, ticket.updated_at = telling.told_at, telling.active_at
    ticket.closed_at, ticket.first_reply_at = telling.closed_at, telling.answered_at
    ticket.position = -telling.active_at.timestamp()
