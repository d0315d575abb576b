"""Everything that the page of one ticket shows."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.custom import ValuesForm
from contacts.models import About
from conversations.models import Conversation
from tickets.models import Priority, Ticket, TicketLink, TicketMerge
from tickets.portal import passes
from tickets.queries.cards import cards_of, tone_of
from tickets.queries.facts import lines_of
from tickets.queries.history import history_of
from tickets.sla.shown import clocks_of
from workspaces.models import Member
from workspaces.permissions import Permission

# Rooms above show something beside a ticket: {label, facts: [{label, value, url}]}, or None.
Part = Callable[[Ticket, Member], dict | None]
_beside: list[Part] = []
UNDO_WITHIN = timedelta(days=30)
MOST = 50


def register(part: Part) -> None:
    if part not in _beside:
        _beside.append(part)


def page_of(ticket: Ticket, member: Member) -> dict:
    """The context of the page. A fixed number of statements, whatever hangs on the ticket."""
    history, older = history_of(ticket, member)
    works = Ticket.objects.worked_by(member).filter(pk=ticket.pk).exists()
    manages = member.may(Permission.MANAGE_TICKETS)
    return {
        "ticket": ticket,
        "card": cards_of([ticket], member.workspace.slug)[0],
        "tone": tone_of(ticket.stage),
        "priority_words": Priority(ticket.priority).label,
        "facts": lines_of(ticket, member),
        "times": times_of(ticket),
        "clocks": clocks_of(ticket),
        "custom": ValuesForm(about=About.TICKET, values=ticket.custom),
        "threads": threads_of(ticket, member),
        "parent": parent_of(ticket, member),
        "related": related_to(ticket, member),
        "children": list(
            Ticket.objects.visible_to(member)
            .present()
            .filter(parent=ticket)
            .select_related("stage")
            .order_by("pk")[:MOST]
        ),
        "beside": [told for told in (part(ticket, member) for part in _beside) if told],
        "status_page": status_page_of(ticket) if works else None,
        "merges": merges_of(ticket) if manages else [],
        "history": history,
        "older": older,
        "works": works,
        "manages": works and manages,
    }


def threads_of(ticket: Ticket, member: Member) -> list[Conversation]:
    """Its conversations, as far as the member may read them, newest first."""
    rows = Conversation.objects.visible_to(member).filter(ticket_tie__ticket=ticket)
    return list(rows.select_related("assignee__user").order_by("-last_activity_at", "-pk")[:MOST])


def parent_of(ticket: Ticket, member: Member) -> Ticket | None:
    """What it is part of, as far as the member may read that."""
    if ticket.parent_id is None:
        return None
    rows = Ticket.objects.visible_to(member).present().select_related("stage")
    return rows.filter(pk=ticket.parent_id).first()


def related_to(ticket: Ticket, member: Member) -> list[Ticket]:
    pairs = TicketLink.objects.filter(Q(a=ticket) | Q(b=ticket)).values_list("a", "b")[:MOST]
    others = {one for pair in pairs for one in pair} - {ticket.pk}
    rows = Ticket.objects.visible_to(member).present().filter(pk__in=others)
    return list(rows.select_related("stage").order_by("pk"))


def merges_of(ticket: Ticket) -> list[TicketMerge]:
    rows = TicketMerge.objects.filter(
        kept=ticket, undone_at=None, created_at__gt=timezone.now() - UNDO_WITHIN
    )
    return list(rows.select_related("other").order_by("-pk")[:MOST])


def status_page_of(ticket: Ticket) -> dict | None:
    """The customer's link, where the pipeline shows tickets to customers."""
    if not passes.is_shown(ticket.pipeline) or ticket.contact_id is None:
        return None
    one = passes.standing(ticket)
    return {"url": passes.address_of(one) if one else "", "until": one.expires_at if one else None}


def times_of(ticket: Ticket) -> list[tuple[str, object, str]]:
    """(label, moment, how long it took) of what happened so far."""
    rows = [
        (_("Made"), ticket.created_at, ""),
        (_("First reply"), ticket.first_reply_at, _took(ticket, ticket.first_reply_at)),
        (_("They wrote last"), ticket.last_customer_reply_at, ""),
        (_("We wrote last"), ticket.last_agent_reply_at, ""),
        (pgettext("stage", "Closed"), ticket.closed_at, _took(ticket, ticket.closed_at)),
    ]
    return [row for row in rows if row[1]]


def _took(ticket: Ticket, moment) -> str:
    return timesince(ticket.created_at, moment, depth=1) if moment else ""
