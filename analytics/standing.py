"""What stands in no fact of its own: what is open in this moment, or was at the end of a day. The rows behind these numbers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, Value, When

from analytics import where
from analytics.models import Fact, Kind, Subject
from analytics.numbers import LONG_AGO, OPENING, theirs_now
from analytics.scope import Scope
from contacts.models_lists import ListMember
from conversations.models import Conversation, Delivery, Message
from tickets.models import Ticket

OPEN, WAITING, TICKETS, THEN, FAILED = "open_now", "waiting_now", "tickets_now", "open_then", "failed"
NOW = {OPEN, WAITING, TICKETS}
STANDING = NOW | {THEN, FAILED}
# By what else than a report's dimensions they are told apart.
STAGE = "stage"


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


def open_at_the_end(scope: Scope, day: date) -> QuerySet[Fact]:
    """The beginnings of those that stood open when a day ended: begun or opened again more often than closed."""
    ever = replace(scope, first=LONG_AGO, last=day, members=(), teams=())
    step = Case(When(kind=Kind.CLOSED, then=Value(-1)), default=Value(1))
    told = where.facts_of(ever, OPENING).order_by().values("subject_id").annotate(open=Sum(step))
    still = told.filter(open__gt=0).values("subject_id")
    return where.facts_of(ever, [Kind.CREATED]).filter(theirs_now(scope), subject_id__in=still)


def behind(scope: Scope, kind: str, *, by: str = "", value: str = "", at: Any = None) -> QuerySet:
    """The rows of a number, newest first, each with its `at`."""
    if kind == THEN:
        return open_at_the_end(scope, at or scope.last).order_by("-at", "-id")
    if kind == FAILED:
        rows = failed(scope).filter(channel=int(value or 0))
        return rows.annotate(at=F("created_at")).order_by("-at", "-id")
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


def _as_fact(row: Conversation | Ticket | Message) -> Fact:
    if isinstance(row, Message):
        wrote, told = row.member_id or 0, row.conversation_id
        return Fact(
            pk=row.pk, subject=Subject.CONVERSATION, subject_id=told, at=row.created_at, member_id=wrote
        )
    is_ticket = isinstance(row, Ticket)
    whose = row.owner_id if is_ticket else row.assignee_id
    subject = Subject.TICKET if is_ticket else Subject.CONVERSATION
    return Fact(pk=row.pk, subject=subject, subject_id=row.pk, at=row.created_at, member_id=whose or 0)
