"""Making tickets: by hand, and from a conversation (TK-1, TK-2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Company, Contact
from conversations.actions.base import lock as lock_conversation
from conversations.models import Conversation, Direction
from events.types import TICKET_CREATED
from inboxes.models import Inbox
from tickets import interest
from tickets.actions.base import keep_stage, on_top, tell
from tickets.actions.ties import tie, unlink
from tickets.answers import fields_said
from tickets.models import (
    MadeBy,
    Pipeline,
    Priority,
    Source,
    Stage,
    Ticket,
    TicketConversation,
    TicketTeam,
)
from tickets.pipelines import default_pipeline, first_stage
from tickets.refusals import HasTicket
from tickets.rules import check_creation, check_owner, may_own
from workspaces.models import Member, Team
from workspaces.scope import current_workspace_id

NEXT = """
INSERT INTO tickets_ticketcounter (workspace_id, last) VALUES (%s, 1)
ON CONFLICT (workspace_id) DO UPDATE SET last = tickets_ticketcounter.last + 1 RETURNING last
"""
SOURCES = {
    "email": Source.EMAIL,
    "chat": Source.CHAT,
    "form": Source.FORM,
    "messenger": Source.MESSENGER,
}
WORDS = 8


@transaction.atomic
def create_ticket(
    *,
    name: str,
    by: Member | None,
    pipeline: Pipeline | None = None,
    stage: Stage | None = None,
    description: str = "",
    priority: str = str(Priority.MEDIUM.value),
    category: str = "",
    source: str = str(Source.OTHER.value),
    made_by: str = str(MadeBy.HAND.value),
    owner: Member | None = None,
    contact: Contact | None = None,
    company: Company | None = None,
    inbox: Inbox | None = None,
    parent: Ticket | None = None,
    teams: Iterable[Team] = (),
    custom: Mapping[str, Any] | None = None,
    conversation: Conversation | None = None,
) -> Ticket:
    """Make one. `by` None: it happens by itself, and the pipeline's rules do not bind it; an owner who
    does not work there is left out. Raises StageRefused (TK-9), NotTheirs."""
    pipeline = stage.pipeline if stage else pipeline or default_pipeline()
    stage = stage or first_stage(pipeline, for_people=by is not None)
    keep_stage(stage)
    check_creation(pipeline, stage, by)
    inbox_id = inbox.pk if inbox else None
    if owner and by:
        check_owner(owner, inbox_id)
    elif owner and not may_own(owner, inbox_id):
        owner = None
    company = company or (contact.company if contact else None)
    ticket = Ticket.objects.create(
        number=_next_number(),
        pipeline=pipeline,
        stage=stage,
        name=" ".join(name.split())[:300] or _("Without a name"),
        description=description[:20_000],
        priority=priority,
        category=category[:60],
        source=source,
        made_by=made_by,
        owner=owner,
        contact=contact,
        company=company,
        inbox=inbox,
        parent=parent,
        custom=dict(custom or {}),
        position=on_top(),
        closed_at=timezone.now() if stage.is_closed else None,
    )
    for team in teams:
        TicketTeam.objects.create(ticket=ticket, team=team)
    if conversation:
        tie(ticket, conversation)
    interest.ask()
    tell(
        TICKET_CREATED, ticket, by=by, conversation=conversation, number=ticket.number, made_by=ticket.made_by
    )
    return ticket


@transaction.atomic
def create_from(conversation: Conversation, *, by: Member | None, **fields: Any) -> Ticket:
    """A ticket for a conversation, which gives what is not said: name, source, owner, teams, contact, inbox, and what
    its form asked for.

    Raises HasTicket when it has one and a person asks; for what happens by itself the standing one is the answer. From a
    deleted one a person parts it.
    """
    conversation = lock_conversation(conversation)
    standing = ticket_of(conversation)
    if standing and standing.deleted_at and by is not None:
        unlink(conversation, by=by)
    elif standing:
        if by is not None:
            raise HasTicket
        return standing
    given = {
        "name": name_for(conversation),
        "source": SOURCES.get(conversation.channel_kind, Source.OTHER),
        "owner": conversation.assignee,
        "contact": conversation.contact,
        "inbox": conversation.inbox,
        "teams": teams_for(conversation),
        **fields_said(conversation),
    }
    said = {key: value for key, value in fields.items() if value not in (None, "")}
    return create_ticket(by=by, conversation=conversation, **(given | said))


def ticket_of(conversation: Conversation) -> Ticket | None:
    rows = TicketConversation.objects.select_related("ticket__pipeline", "ticket__stage", "ticket__owner")
    found = rows.filter(conversation=conversation).first()
    return found.ticket if found else None


def name_for(conversation: Conversation) -> str:
    """Its subject, else the first words that came in, else who wrote (TK-4)."""
    if conversation.subject:
        return conversation.subject
    incoming = conversation.messages.filter(direction=Direction.IN).order_by("seq")
    words = (incoming.values_list("body", flat=True).first() or "").split()
    begin = " ".join(words[:WORDS])
    return f"{begin.rstrip(' .,;:…')}…" if len(words) > WORDS else begin or conversation.contact_name


def teams_for(conversation: Conversation) -> list[Team]:
    """The owner's main team; else the team that has it; else all whom the routing looked to (TK-10, RT-9)."""
    if conversation.assignee_id:
        return list(Team.objects.filter(places__member=conversation.assignee_id, places__is_main=True)[:1])
    if conversation.team:
        return [conversation.team]
    decision = conversation.decisions.order_by("-pk").first()
    return list(Team.objects.filter(pk__in=decision.rule_then.get("teams") or [])) if decision else []


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [current_workspace_id()])
        return cursor.fetchone()[0]
