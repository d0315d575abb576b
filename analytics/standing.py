"""What stands in no fact of its own: what is open in this moment, or was at the end of a day. The rows behind these numbers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from analytics import open_then, where
from analytics.models import Fact, Kind, Subject
from analytics.numbers import LONG_AGO
from analytics.scope import Scope
from chatflows.models import ChatflowVersion, FlowCount, FlowSession, Measure, Outcome
from contacts.models_lists import ListMember
from conversations.models import Conversation, CountDelta, Delivery, Message
from conversations.queries.views import mine_of
from tickets.models import Ticket

OPEN, WAITING, TICKETS, THEN, FAILED = "open_now", "waiting_now", "tickets_now", "open_then", "failed"
LEFT = "left_there"
NOW = {OPEN, WAITING, TICKETS}
STANDING = NOW | {THEN, FAILED, LEFT}
# By what else than a report's dimensions they are told apart. Of a bot's step: "12.ask", the chatflow and its step.
STAGE, STEP = "stage", "step"
# The kept counter of everything that is open.
ALL_OPEN = "open"
# From how many open ones on a list of them is looked for from its newest end.
MANY = 2000


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


def open_by_member(scope: Scope) -> dict[int | None, int] | None:
    """{who, None: nobody: how many are open and theirs}, from kept counters; None when these know less than is asked."""
    if scope.channels or scope.kinds or scope.teams or scope.priorities or scope.lists:
        return None
    rows = CountDelta.objects.filter(Q(bucket=ALL_OPEN) | Q(bucket__startswith=mine_of("")))
    if scope.inboxes:
        rows = rows.filter(inbox__in=scope.inboxes)
    kept = dict(rows.values_list("bucket").annotate(all=Sum("n")))
    nobodys = kept.pop(ALL_OPEN, 0) - sum(kept.values())
    found: dict[int | None, int] = {int(bucket.partition(":")[2]): n for bucket, n in kept.items()}
    if scope.members:
        found = {who: n for who, n in found.items() if who in scope.members}
    else:
        found[None] = nobodys
    return {who: n for who, n in found.items() if n}


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
    ever = replace(scope, first=LONG_AGO, last=day)
    begun = where.facts_of(ever, [Kind.CREATED])
    if open_then.about(ever.ends) > MANY:
        # Many: a page of them is full soon, looking from the newest on at what became of each.
        after = Fact.objects.filter(
            subject=OuterRef("subject"), subject_id=OuterRef("subject_id"),
            kind__in=[Kind.CLOSED, Kind.REOPENED], at__lt=ever.ends,
        )  # fmt: skip
        steps = Sum(Case(When(kind=Kind.CLOSED, then=-1), default=1))
        told = after.order_by().values("subject_id").annotate(steps=steps).values("steps")
        return begun.alias(steps=Coalesce(Subquery(told), 0)).filter(steps__gt=-1)
    # As a constant, so that the database knows how many they are, and looks each of few up.
    still = RawSQL("%s::bigint[]", [open_then.at(ever.ends)], ArrayField(BigIntegerField()))
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
        rows = rows.exclude(waiting_since=None).filter(
            bot_since=None
        )  # whoever talks to a bot waits for nobody yet
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
