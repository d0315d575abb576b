"""What is said about a ticket: whose it is, how urgent, its properties, comments of colleagues."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.custom import set_values
from events.types import (
    TICKET_COMMENTED,
    TICKET_EDITED,
    TICKET_MOVED,
    TICKET_OWNER_CHANGED,
    TICKET_PRIORITY_CHANGED,
)
from inboxes.models import Inbox
from tickets.actions.base import hold, lock, save, tell
from tickets.models import Ticket, TicketComment, TicketTeam
from tickets.rules import check_owner
from workspaces.models import Member, Team

EDITABLE = ("name", "description", "category", "source", "contact", "company", "resolution", "parent")


@transaction.atomic
def set_owner(ticket: Ticket, owner: Member | None, *, by: Member | None, reason: str = "") -> Ticket:
    """Give it to a member or to nobody; its teams stay (TK-10). Twice records once.

    The conversation's owner changes with it only where the pipeline says so (TK-3; tickets/reactions.py).
    Raises NotTheirs for who does not work in its inbox, but where it follows its conversation.
    """
    ticket = hold(ticket)
    previous = ticket.owner_id
    if previous == (owner and owner.pk):
        return ticket
    if owner and reason != "conversation":
        check_owner(owner, ticket.inbox_id)
    ticket.owner = owner
    save(ticket, "owner")
    told = {"owner": owner and owner.pk, "previous": previous, "reason": reason}
    tell(TICKET_OWNER_CHANGED, ticket, by=by, **told)
    return ticket


@transaction.atomic
def set_priority(ticket: Ticket, priority: str, *, by: Member | None) -> Ticket:
    """Twice records once."""
    ticket = hold(ticket)
    previous = ticket.priority
    if previous != priority:
        ticket.priority = priority
        save(ticket, "priority")
        tell(TICKET_PRIORITY_CHANGED, ticket, by=by, priority=priority, previous=previous)
    return ticket


@transaction.atomic
def edit(
    ticket: Ticket, *, by: Member | None, custom: Mapping[str, Any] | None = None, **fields: Any
) -> Ticket:
    """Set properties of EDITABLE, and a workspace's own (checked values, as contacts/custom.py has them)."""
    ticket = hold(ticket)
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(f"Not to be edited: {sorted(unknown)}")
    changed = [name for name, value in fields.items() if getattr(ticket, name) != value]
    for name in changed:
        setattr(ticket, name, fields[name])
    owned = [key for key, value in (custom or {}).items() if ticket.custom.get(key) != value]
    if not changed and not owned:
        return ticket
    save(ticket, *changed)
    if owned:
        set_values(ticket, {key: (custom or {})[key] for key in owned})
        ticket.refresh_from_db(fields=["custom"])
    tell(TICKET_EDITED, ticket, by=by, fields=[*changed, *owned])
    return ticket


@transaction.atomic
def set_teams(ticket: Ticket, teams: Iterable[Team], *, by: Member | None) -> None:
    """Which teams answer for it."""
    ticket = hold(ticket)
    wanted = {team.pk for team in teams}
    standing = set(ticket.team_marks.values_list("team", flat=True))
    if wanted == standing:
        return
    ticket.team_marks.exclude(team__in=wanted).delete()
    for pk in sorted(wanted - standing):
        TicketTeam.objects.create(ticket=ticket, team_id=pk)
    save(ticket)
    tell(TICKET_EDITED, ticket, by=by, fields=["teams"])


@transaction.atomic
def move(ticket: Ticket, inbox: Inbox, *, by: Member | None) -> Ticket:
    """It goes where its conversation goes; an owner who does not work there lets go of it (CO-5)."""
    ticket = lock(ticket)
    previous = ticket.inbox_id
    if previous == inbox.pk:
        return ticket
    ticket.inbox = inbox
    save(ticket, "inbox")
    tell(TICKET_MOVED, ticket, by=by, **{"from": previous, "to": inbox.pk})
    if ticket.owner and not Inbox.objects.worked_by(ticket.owner).filter(pk=inbox.pk).exists():
        return set_owner(ticket, None, by=by, reason="moved")
    return ticket


@transaction.atomic
def comment(ticket: Ticket, body: str, *, by: Member) -> TicketComment:
    """Among colleagues; nothing happens by itself because of it (TK-8)."""
    ticket = hold(ticket)
    written = TicketComment.objects.create(ticket=ticket, author=by, body=body.replace("\0", "")[:20_000])
    save(ticket)
    tell(TICKET_COMMENTED, ticket, by=by, note=written.pk)
    return written


@transaction.atomic
def remove_comment(written: TicketComment, *, by: Member) -> None:
    """Its words are gone; that it was there stays."""
    ticket = hold(written.ticket)
    TicketComment.objects.filter(pk=written.pk, deleted_at=None).update(body="", deleted_at=timezone.now())
    save(ticket)
    tell(TICKET_EDITED, ticket, by=by, fields=["comment"])
