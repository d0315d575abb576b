"""What views and rules may ask about a conversation's ticket (VW-3)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import About
from conversations.conditions import CHOICE, TEXT, TIME, YES_NO, Asked, Extra, Field
from conversations.conditions import moment as moment_of
from conversations.conditions_custom import Place
from tickets.models import Priority, SlaClock, SlaState, Source, Ticket, TicketConversation
from tickets.pipelines import in_use, stages_of
from workspaces.labelled import labelled
from workspaces.models import Member, TeamMember
from workspaces.numbers import whole

DENIED = ("is_not", "lacks", "no")


def _ticket(found: Q | None = None) -> Q:
    rows = TicketConversation.objects.filter(conversation=OuterRef("pk"), ticket__deleted_at=None)
    return Q(Exists(rows.filter(found) if found else rows))


def _either(op: str, found: Q) -> Q:
    return ~found if op in DENIED else found


def _has(op: str, value: None, asked: Asked) -> Q:
    return _either(op, _ticket())


def _open(op: str, value: None, asked: Asked) -> Q:
    return _ticket(Q(ticket__closed_at=None)) if op == "yes" else _ticket(~Q(ticket__closed_at=None))


def _numbers(value: Iterable[str]) -> list[int]:
    return [whole(one) for one in value]


def _number_of(column: str) -> Callable:
    def find(op: str, value: list[str], asked: Asked) -> Q:
        return _either(op, _ticket(Q(**{f"ticket__{column}__in": _numbers(value)})))

    return find


def _word_of(column: str) -> Callable:
    def find(op: str, value: list[str], asked: Asked) -> Q:
        return _either(op, _ticket(Q(**{f"ticket__{column}__in": value})))

    return find


def _text_of(column: str) -> Callable:
    def find(op: str, value: str, asked: Asked) -> Q:
        return _either(op, _ticket(Q(**{f"ticket__{column}__icontains": value})))

    return find


def _owner(op: str, value: list[str], asked: Asked) -> Q:
    """Nobody owns what has no ticket."""
    members = {*_numbers(value), *([asked.member_id] if "me" in value else [])}
    found = _ticket(Q(ticket__owner__in=members))
    return _either(op, found | ~_ticket(Q(ticket__owner__isnull=False)) if "nobody" in value else found)


def _team(op: str, value: list[str], asked: Asked) -> Q:
    found = Q(ticket__team_marks__team__in=_numbers(value))
    if "mine" in value:
        mine = TeamMember.objects.filter(member=asked.member_id).values("team")
        found |= Q(ticket__team_marks__team__in=mine)
    return _either(op, _ticket(found))


def _moment(column: str) -> Callable:
    find_moment = moment_of(f"ticket__{column}")

    def find(op: str, value: Any, asked: Asked) -> Q:
        if op in ("yes", "no"):
            return _either(op, _ticket(Q(**{f"ticket__{column}__isnull": False})))
        return _ticket(find_moment(op, value, asked))

    return find


def _stages(member: Member) -> list[tuple[str, str]]:
    lines = in_use()
    several = len(lines) > 1
    return [
        (str(stage.pk), labelled(line.name, stage.name) if several else stage.name)
        for line in lines
        for stage in stages_of(line)
    ]


def _pipelines(member: Member) -> list[tuple[str, str]]:
    return [(str(line.pk), line.name) for line in in_use()]


def _due(op: str, value: Iterable[str], asked: Asked) -> Q:
    """By the moments kept on the conversation itself: no look at the ticket."""
    return _either(op, due_q(value, asked.now))


def due_q(value: Iterable[str], now: datetime) -> Q:
    wanted = {
        "late": Q(due_at__lte=now),
        "soon": Q(due_soon_at__lte=now, due_at__gt=now),
        "calm": Q(due_soon_at__gt=now) | Q(due_soon_at=None, due_at__gt=now),
    }
    found = Q(pk__in=[])
    for one in value:
        found |= wanted.get(one, Q(pk__in=[]))
    return found


def due_words(member: Member) -> list[tuple[str, Any]]:
    return [
        ("late", _("Overdue")),
        ("soon", _("Due soon")),
        ("calm", pgettext_lazy("service level", "In time")),
    ]


# Properties that a workspace made for its tickets.
PLACE = Place(
    "ticket_",
    str(About.TICKET.value),
    lambda: Ticket.objects.filter(ties__conversation=OuterRef("pk"), deleted_at=None),
)


def _promises(op: str, value: Iterable[str], asked: Asked) -> Q:
    return _either(
        op, Q(Exists(SlaClock.objects.filter(ticket__ties__conversation=OuterRef("pk"), state__in=value)))
    )


def promise_words(member: Member) -> list[tuple[str, Any]]:
    """How a promise ended; how it stands is what is due."""
    return [(str(one.value), one.label) for one in (SlaState.MET, SlaState.BREACHED)]


EXTRAS = (
    Extra(Field("ticket_due", CHOICE, _due, "ticket_dues"), pgettext_lazy("service level", "Due"), due_words),
    Extra(Field("ticket_promises", CHOICE, _promises, "ticket_promises"), _("Service levels"), promise_words),
    Extra(Field("ticket", YES_NO, _has), _("Has a ticket")),
    Extra(Field("ticket_open", YES_NO, _open), _("Its ticket is open")),
    Extra(Field("ticket_stage", CHOICE, _number_of("stage"), "ticket_stages"), _("Ticket stage"), _stages),
    Extra(
        Field("ticket_pipeline", CHOICE, _number_of("pipeline"), "ticket_pipelines"),
        _("Pipeline"),
        _pipelines,
    ),
    Extra(
        Field("ticket_priority", CHOICE, _word_of("priority"), "ticket_priorities"),
        _("Ticket priority"),
        lambda member: list(Priority.choices),
    ),
    Extra(Field("ticket_owner", CHOICE, _owner, "people"), _("Ticket owner")),
    Extra(Field("ticket_team", CHOICE, _team, "teams"), _("Ticket team")),
    Extra(
        Field("ticket_source", CHOICE, _word_of("source"), "ticket_sources"),
        pgettext_lazy("ticket", "Source"),
        lambda member: list(Source.choices),
    ),
    Extra(Field("ticket_name", TEXT, _text_of("name")), _("Ticket name")),
    Extra(Field("ticket_category", TEXT, _text_of("category")), _("Ticket category")),
    Extra(Field("ticket_created", TIME, _moment("created_at")), _("Ticket created")),
    Extra(Field("ticket_closed", (*YES_NO, *TIME), _moment("closed_at")), _("Ticket closed")),
)
