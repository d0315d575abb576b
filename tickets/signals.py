"""What tickets do when people, inboxes and contacts change."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from tickets import leaving

# A member looks at a ticket: ticket, by.
ticket_read = Signal()


def release_tickets_of(member, by, **told) -> None:
    """AC-7: at once where it is little, else in the background."""
    if leaving.hand_over(member, by=by):
        from tickets.tasks import hand_over

        transaction.on_commit(partial(hand_over.delay, member.workspace_id, member.pk), robust=True)


def follow_inbox(instance, **told) -> None:
    leaving.follow_inbox(instance)
