"""Making promises in tests, and turning their clocks back."""

from datetime import UTC, datetime, timedelta

from conversations import actions as on_conversation
from conversations.models import Conversation
from conversations.receive import receive
from events.dispatch import name_of
from events.models import Event, ReactionDue
from events.tasks import run_one
from notifications.reactions import notify
from tests.factories import make_conversation, make_mail
from tickets.models import SlaClock, SlaPolicy, Ticket
from tickets.pipelines import default_pipeline, stage_with
from tickets.reactions import close_conversations, follow, give_conversations, open_ticket
from tickets.sla.policies import save_policy
from tickets.sla.reactions import turn_clocks
from tickets.sla.sweep import mark

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OURS = [
    name_of(one)
    for one in (open_ticket, follow, close_conversations, give_conversations, turn_clocks, notify)
]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


def settle() -> None:
    while due := list(
        ReactionDue.objects.filter(name__in=OURS).order_by("pk").values_list("workspace_id", "pk")
    ):
        for workspace_id, pk in due:
            assert run_one(workspace_id, pk)


def promise(house, **settings) -> SlaPolicy:
    usual = {
        "on": True,
        "working_hours": False,
        "goals": {"first": 60, "next": 120, "close": 600},
        "lines": [],
        "counts_all": True,
        "any_reply": False,
    }
    made = save_policy(house.inbox, by=None, **(usual | settings))
    SlaPolicy.objects.filter(pk=made.pk).update(created_at=START - timedelta(days=30))
    return SlaPolicy.objects.get(pk=made.pk)


def a_ticket(house) -> tuple[Conversation, Ticket]:
    conversation = make_conversation(house)
    settle()
    return conversation, Ticket.objects.get(ties__conversation=conversation)


def write(house, conversation):
    first = conversation.messages.order_by("seq").first()
    receive(make_mail(house, "And again.", in_reply_to=(first.external_id,)))
    settle()


def reply(conversation, by):
    on_conversation.send_reply(conversation, by=by, body="We look into it.")
    settle()


def clock(ticket, goal) -> SlaClock:
    return SlaClock.objects.filter(ticket=ticket, goal=goal).order_by("-pk").first()


def states(ticket) -> dict[str, str]:
    return {row.goal: row.state for row in SlaClock.objects.filter(ticket=ticket).order_by("pk")}


def back(ticket, by: timedelta) -> None:
    """As if its clocks had begun so much earlier."""
    names = ("started_at", "since", "changed_at", "half_at", "soon_at", "due_at", "watch_at")
    for row in SlaClock.objects.filter(ticket=ticket, ended_at=None):
        for name in names:
            if getattr(row, name):
                setattr(row, name, getattr(row, name) - by)
        row.save()


def look(ticket, goal) -> bool:
    from django.utils import timezone

    return mark(ticket.pk, clock(ticket, goal).pk, timezone.now())


def again(row):
    return type(row).objects.get(pk=row.pk)


def stage(role):
    return stage_with(default_pipeline(), role)


def told(ticket, type) -> list[dict]:
    rows = Event.objects.filter(type=type, payload__ticket=ticket.pk).order_by("pk")
    return list(rows.values_list("payload", flat=True))
