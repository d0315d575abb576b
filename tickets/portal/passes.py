"""Links to status pages: made and revoked by the team, signed by us, for one person and one ticket."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from tickets.models import Pipeline, Ticket, TicketPass
from workspaces import signed_links
from workspaces.models import Member
from workspaces.refusals import Refused

GOOD_FOR = timedelta(days=90)
SALT = "parley.ticket"
MERGED_AT_MOST = 10


class NotShown(Refused):
    message = _("Tickets of this pipeline are not shown to customers.")


class Nobodys(Refused):
    message = _("This ticket has no contact: there is nobody to show it to.")


def is_shown(pipeline: Pipeline) -> bool:
    return pipeline.shows_customers


@transaction.atomic
def share(ticket: Ticket, *, by: Member | None) -> TicketPass:
    """The link of the ticket's contact: the standing one, good for its whole time again. Raises NotShown, Nobodys."""
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("pipeline").get(pk=ticket.pk)
    if not is_shown(ticket.pipeline):
        raise NotShown
    if ticket.contact_id is None:
        raise Nobodys
    made, _is_new = TicketPass.objects.update_or_create(
        ticket=ticket,
        contact_id=ticket.contact_id,
        revoked_at=None,
        defaults={"expires_at": timezone.now() + GOOD_FOR},
        create_defaults={"expires_at": timezone.now() + GOOD_FOR, "made_by": by},
    )
    return made


@transaction.atomic
def share_unasked(ticket: Ticket) -> TicketPass | None:
    """The same for a person who looks by themselves: what the team took back stays so until the team shares it again."""
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    return None if _taken_back(ticket.contact_id).filter(ticket=ticket).exists() else share(ticket, by=None)


@transaction.atomic
def revoke(ticket: Ticket) -> int:
    """No link to this ticket opens it any more."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)  # nobody is making one meanwhile
    return TicketPass.objects.filter(ticket=ticket, revoked_at=None).update(revoked_at=timezone.now())


def standing(ticket: Ticket) -> TicketPass | None:
    """The link that opens this ticket now."""
    rows = TicketPass.objects.filter(ticket=ticket, contact=ticket.contact_id, revoked_at=None)
    return rows.filter(expires_at__gt=timezone.now()).first()


def sign(one: TicketPass) -> str:
    return signed_links.sign(SALT, one)


def address_of(one: TicketPass) -> str:
    return signed_links.address_of(SALT, one, "portal:status")


def read(signed: str) -> tuple[int, int] | None:
    """(workspace, pass), or None for what we did not write."""
    return signed_links.read(SALT, signed)


def open_pass(pk: int) -> TicketPass | None:
    """In the scope: a pass that opens its ticket now. The ticket must still be that person's, present, and one that is shown.

    One that became part of another opens that one, under the same conditions.
    """
    rows = TicketPass.objects.select_related(
        "contact", "ticket__pipeline", "ticket__stage", "ticket__workspace"
    )
    found = rows.filter(pk=pk, revoked_at=None, expires_at__gt=timezone.now()).first()
    if found is None:
        return None
    ticket = found.ticket
    for _step in range(MERGED_AT_MOST):
        if ticket.merged_into_id is None:
            break
        kept = Ticket.objects.select_related("pipeline", "stage", "workspace")
        found.ticket = ticket = kept.get(pk=ticket.merged_into_id)
    gone = ticket.deleted_at or ticket.merged_into_id or not is_shown(ticket.pipeline)
    theirs = ticket.contact_id == found.contact_id and not found.contact.blocked_at
    return found if theirs and not gone else None


def theirs(contact: Contact):
    """What a person may see of their own, newest first: for whom their site vouched for."""
    rows = Ticket.objects.present().filter(contact=contact, pipeline__shows_customers=True)
    rows = rows.exclude(pk__in=_taken_back(contact.pk).values("ticket"))
    return rows.select_related("pipeline", "stage").order_by("-updated_at", "-pk")


def _taken_back(contact_id: int | None):
    """Passes of tickets that the team shows to this person no more."""
    mine = TicketPass.objects.filter(contact=contact_id)
    again = mine.filter(ticket=OuterRef("ticket"), revoked_at=None)
    return mine.filter(~Exists(again), revoked_at__isnull=False)
