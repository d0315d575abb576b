"""What tickets do when people, inboxes and contacts change."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from conversations.models import PropertyFile
from tickets import leaving
from tickets.models import Ticket

# A member looks at a ticket: ticket, by.
ticket_read = Signal()


def release_tickets_of(member, by, **told) -> None:
    """AC-7: at once where it is little, else in the background."""
    if leaving.hand_over(member, by=by):
        from tickets.tasks import hand_over

        transaction.on_commit(partial(hand_over.delay, member.workspace_id, member.pk), robust=True)


def follow_inbox(instance, **told) -> None:
    leaving.follow_inbox(instance)


def forget_files_of(instance, **told) -> None:
    """What its properties hold goes with a ticket."""
    PropertyFile.objects.filter(ticket_id=instance.pk).delete()


def files_seen(member) -> Q:
    return Q(ticket_id__in=Ticket.objects.visible_to(member).values("pk"))
