"""What stands in no fact of its own: what is open in this moment, or was at the end of a day. The rows behind these numbers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from analytics import open_then, where
from analytics.models import Fact, Kind, Subject
from analytics.numbers import LONG_AGO, theirs_now
from analytics.scope import Scope
from chatflows.models import ChatflowVersion, FlowCount, FlowSession, Measure, Outcome
from contacts.models_lists import ListMember
from conversations.models import Conversation, Delivery, Message
from tickets.models import Ticket

OPEN, WAITING, TICKETS, THEN, FAILED = "open_now", "waiting_now", "tickets_now", "open_then", "failed"
LEFT = "left_there"
NOW = {OPEN, WAITING, TICKETS}
STANDING = NOW | {THEN, FAILED, LEFT}
# By what else than a report's dimensions they are told apart. Of a bot's step: "12.ask", the chatflow and its step.
STAGE, STEP = "stage", "step"


def open_conversations(scope: Scope) -> QuerySet:
    """Open now, under the filters that a conversation has."""
    return _narrowed(
        Conversation.objects.open(),
        {
            "inbox__in": scope.inboxes, "channel__in": scope.channels, "channel_kind__in": scope.kinds,
            "assignee__in": scope.members, "team__in": scope.teams, "priority__in": scope.priorities,
        },
        scope,
    )  # fmt: skip


def tickets(scope: Scope) -> QuerySet:
    """All that there are now, under the filters that a ticket has."""
    return _narrowed(
        Ticket.objects.present(),
        {
            "inbox__in": scope.inboxes, "owner__in": scope.members, "priority__in": scope.priorities,
            "source__in": scope.sources, "pipeline__in": scope.pipelines,
        },
        scope,
    )  # fmt: skip


def _narrowed(rows: QuerySet, narrowed: dict[str, tuple], scope: Scope) -> QuerySet:
    rows = rows.filter(**{name: values for name, values in narrowed.items() if values})
    if scope.lists:
        on_them = ListMember.objects.filter(contact_list__in=scope.lists)
        rows = rows.filter(contact__in=on_them.values("contact"))
    return rows


def failed(scope: Scope) -> QuerySet:
    """What was written in these days and did not arrive, as far as that is known."""
    rows = Message.objects.filter(
        delivery=Delivery.FAILED, created_at__gte=scope.begins, created_at__lt=scope.ends
    )
    narrowed = {"channel__in": scope.channels, "channel__inbox__in": scope.inboxes}
    return rows.filter(**{name: values for name, values in narrowed.items() if values})


def in_the_hours(scope: Scope) -> dict[str, datetime]:
    """From when to when steps count: by full hours of UTC, in whichever zone days begin."""
    return {"begins": _next_hour(scope.begins), "ends": _next_hour(scope.ends)}


def _next_hour(at: datetime) -> datetime:
    begun = at.replace(minute=0, second=0, microsecond=0)
    return begun if begun == at else begun + timedelta(hours=1)


def step_of(value: str) -> tuple[int, str]:
    """(chatflow, step)."""
    flow, _dot, step = value.partition(".")
    return int(flow), step


def left_at(scope: Scope, value: str) -> QuerySet[FlowSession]:
    """The sessions that were abandoned at a step in these days, as far as they are still there."""
    flow, step = step_of(value)
    hours = in_the_hours(scope)
    return FlowSession.objects.filter(
        version__in=ChatflowVersion.objects.filter(chatflow=flow).values("pk"),
        step=step,
        outcome=Outcome.ABANDONED,
        ended_at__gte=hours["begins"],
        ended_at__lt=hours["ends"],
    )


def left_in_all(scope: Scope, value: str) -> int:
    """How many were counted there: also those that were deleted since."""
    flow, step = step_of(value)
    rows = FlowCount.objects.filter(
        chatflow=flow, step=step, measure=Measure.DROPPED, hour__gte=scope.begins, hour__lt=scope.ends
    )
    return rows.aggregate(n=Coalesce(Sum("n"), 0))["n"]


def open_at_the_end(scope: Scope, day: date) -> QuerySet[Fact]:
    """The beginnings of those that stood open when a day ended: begun or opened again more often than closed."""
    ever = replace(scope, first=LONG_AGO, last=day, members=(), teams=())
    # As a constant, so that the database knows how many they are: of many it walks back in time, few it looks up.
    still = RawSQL("%s::bigint[]", [open_then.at(ever.ends)], ArrayField(BigIntegerField()))
    begun = where.facts_of(ever, [Kind.CREATED]).filter(theirs_now(scope))
    return begun.filter(Among(F("subject_id"), still))


class Among(Func):
    """Whether a number is one of an array's."""

    template = "(%(expressions)s))"
    arg_joiner = " = any("
    output_field = BooleanField()


def behind(scope: Scope, kind: str, *, by: str = "", value: str = "", at: Any = None) -> QuerySet:
    """The rows of a number, newest first, each with its `at`."""
    if kind == THEN:
        return open_at_the_end(scope, at or scope.last).order_by("-at", "-id")
    if kind == FAILED:
        rows = failed(scope).filter(channel=int(value or 0))
        return rows.annotate(at=F("created_at")).order_by("-at", "-id")
    if kind == LEFT:
        return left_at(scope, value).annotate(at=F("ended_at")).order_by("-at", "-id")
    rows = tickets(scope) if kind == TICKETS else open_conversations(scope)
    if kind == WAITING:
        rows = rows.exclude(waiting_since=None)
    if by == STAGE:
        rows = rows.filter(stage=int(value or 0))
    elif by == "member":
        rows = rows.filter(assignee=int(value) if value else None)
    return rows.annotate(at=F("created_at")).order_by("-at", "-id")


def as_facts(rows: Iterable[Any]) -> list[Fact]:
    """As a list of what is behind a number shows them; never saved."""
    return [row if isinstance(row, Fact) else _as_fact(row) for row in rows]


def _as_fact(row: Conversation | Ticket | Message | FlowSession) -> Fact:
    if isinstance(row, FlowSession):
        spent = int((row.ended_at - row.started_at).total_seconds()) if row.ended_at else None
        subject, told = Subject.CONVERSATION, row.conversation_id
        return Fact(pk=row.pk, subject=subject, subject_id=told, at=row.ended_at, seconds=spent, worked=spent)
    if isinstance(row, Message):
        wrote, told = row.member_id or 0, row.conversation_id
        return Fact(
            pk=row.pk, subject=Subject.CONVERSATION, subject_id=told, at=row.created_at, member_id=wrote
        )
    is_ticket = isinstance(row, Ticket)
    whose = row.owner_id if is_ticket else row.assignee_id
    subject = Subject.TICKET if is_ticket else Subject.CONVERSATION
    return Fact(pk=row.pk, subject=subject, subject_id=row.pk, at=row.created_at, member_id=whose or 0)
