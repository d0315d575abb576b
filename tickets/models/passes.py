"""A customer's own look at their ticket."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contacts.models import Contact
from tickets.models.tickets import Ticket
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class TicketPass(WorkspaceModel):
    """One link of one person to the status page of one ticket; worth nothing once it is over, revoked, or the ticket another's."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="passes")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "contact"], condition=Q(revoked_at=None), name="one_pass_a_person"
            )
        ]
