"""Lists of tickets that members keep for themselves or share."""

from django.db import models
from django.utils import timezone

from conversations.models import Sharing
from workspaces.models import Member, Team
from workspaces.scope import WorkspaceModel


class TicketView(WorkspaceModel):
    """A table by conditions (tickets/queries/conditions.py), with its columns and order (TK-11)."""

    name = models.CharField(max_length=60)
    maker = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="ticket_views")
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    # Without its team, what was for a team is its maker's alone.
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    conditions = models.JSONField()
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "maker"], name="ticket_views_of_maker")]

    def __str__(self):
        return self.name
