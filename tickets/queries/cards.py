"""A ticket as a card of the board and as a line of the table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from tickets.models import Priority, Source, Stage, Ticket
from tickets.queries.marks import marks_of
from workspaces.models import Member

# The hue and shape of a channel, for where a ticket came from (frontend/css: data-ch).
CHANNELS = {
    Source.EMAIL: ("email", "mail"),
    Source.CHAT: ("chat", "chat"),
    Source.FORM: ("form", "form"),
    Source.PHONE: ("", "phone"),
    Source.MESSENGER: ("messenger", "messenger"),
    Source.OTHER: ("", "ticket"),
}
TONES = {"new": "info", "us": "warn", "closed": "ok"}


@dataclass(frozen=True)
class Card:
    pk: int
    number: int
    name: str
    url: str
    stage: int
    pipeline: int
    stage_name: str
    tone: str
    rank: float
    priority: str
    priority_words: str
    source: str
    channel: str
    icon: str
    who: str
    org: str
    owner: Member | None
    created_at: datetime
    moved_at: datetime
    closed_at: datetime | None
    mark: dict
    row: Ticket


WITH = ("stage", "pipeline", "contact", "company", "contact__company", "owner__user", "owner")


def cards_of(
    tickets: Sequence[Ticket], slug: str, columns: Collection[str] = (), member: Member | None = None
) -> list[Card]:
    """Cards of tickets that were read with `WITH`; with what some columns of the table ask for besides, for a member."""
    marks = marks_of(tickets, columns, member)
    return [_card(ticket, slug, marks.get(ticket.pk, {})) for ticket in tickets]


def _card(ticket: Ticket, slug: str, mark: dict) -> Card:
    channel, icon = CHANNELS.get(ticket.source, ("", "ticket"))
    company = ticket.company or (ticket.contact and ticket.contact.company)
    return Card(
        pk=ticket.pk,
        number=ticket.number,
        name=ticket.name,
        url=reverse("tickets:show", args=[slug, ticket.number]),
        stage=ticket.stage_id,
        pipeline=ticket.pipeline_id,
        stage_name=ticket.stage.name,
        tone=tone_of(ticket.stage),
        rank=ticket.position,
        priority=ticket.priority,
        priority_words=str(Priority(ticket.priority).label),
        source=str(Source(ticket.source).label),
        channel=channel,
        icon=icon,
        who=ticket.contact.called if ticket.contact else "",
        org=company.name if company else "",
        owner=ticket.owner,
        created_at=ticket.created_at,
        moved_at=last_word(ticket),
        closed_at=ticket.closed_at,
        mark=mark,
        row=ticket,
    )


def tone_of(stage: Stage) -> str:
    """The colour of its badge, beside its word."""
    return TONES["closed"] if stage.is_closed else TONES.get(stage.role, "")


def last_word(ticket: Ticket) -> datetime:
    """When somebody last said something; before that, when it began."""
    words = (ticket.last_customer_reply_at, ticket.last_agent_reply_at)
    return max([moment for moment in words if moment], default=ticket.created_at)
