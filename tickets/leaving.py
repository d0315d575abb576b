"""Tickets of somebody who left, of an inbox that goes (AC-7), and those deleted long ago. Inside the workspace's scope."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from inboxes.models import Inbox, Relocation
from tickets.actions.fields import set_owner
from tickets.actions.ties import untie
from tickets.models import Ticket, TicketCount
from workspaces.models import Member

BATCH = 50
KEPT_FOR = timedelta(days=30)


def hand_over(member: Member, *, by: Member | None = None) -> bool:
    """Give the next few of their open tickets to their heir, else to nobody; True while there are more.

    A ticket with a conversation follows that one's owner too (TK-3): either way it ends with the same person.
    """
    rows = list(Ticket.objects.open().filter(owner=member).order_by("pk")[: BATCH + 1])
    heir = _heir_of(member)
    works_in = set(Inbox.objects.worked_by(heir).values_list("pk", flat=True)) if heir else set()
    for ticket in rows[:BATCH]:
        may_have_it = heir is not None and (ticket.inbox_id is None or ticket.inbox_id in works_in)
        set_owner(ticket, heir if may_have_it else None, by=by, reason="member_left")
    return len(rows) > BATCH


def _heir_of(member: Member) -> Member | None:
    """A team that inherits owns no ticket; it keeps answering for those it had."""
    kind, _sep, number = member.heir.partition(":")
    if kind != "member" or not number:
        return None
    return Member.objects.active().filter(workspace=member.workspace_id, pk=number).first()


def follow_inbox(inbox: Inbox) -> None:
    """What is left in an inbox that goes, goes where its conversations went: those of conversations that are gone."""
    job = Relocation.objects.filter(inbox=inbox, deletes_inbox=True).order_by("-pk").first()
    Ticket.objects.filter(inbox=inbox).update(inbox=job.to_id if job else None)
    TicketCount.objects.filter(inbox=inbox).delete()


@transaction.atomic
def forget(ticket_id: int) -> bool:
    """One that was deleted thirty days ago goes for good, with what was merged into it; its conversations stay."""
    rows = Ticket.objects.select_for_update(of=("self",))
    found = rows.filter(pk=ticket_id, deleted_at__lt=timezone.now() - KEPT_FOR).first()
    if found is None:
        return False
    for pk in list(found.ties.values_list("conversation", flat=True)):
        untie(found, pk)
    parts, every = [found.pk], [found.pk]
    while parts := list(Ticket.objects.filter(merged_into__in=parts).values_list("pk", flat=True)):
        every += parts
    Ticket.objects.filter(pk__in=every).delete()
    return True
