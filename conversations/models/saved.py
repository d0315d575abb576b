"""Views that members make for themselves or for others, and what they do to many conversations at once."""

from django.db import models
from django.utils import timezone

from workspaces.models import Member, Team
from workspaces.scope import WorkspaceModel


class Sharing(models.TextChoices):
    PRIVATE = "private"
    TEAM = "team"
    EVERYONE = "everyone"


class SavedView(WorkspaceModel):
    """A list by conditions (VW-3). What they may say is told by conversations/conditions.py."""

    name = models.CharField(max_length=60)
    maker = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    # Without its team, what was for a team is its maker's alone.
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    conditions = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "maker"], name="views_of_maker")]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """What addresses and the navigation call it, beside "mine" and "open"."""
        return f"v{self.pk}"


class BulkJob(WorkspaceModel):
    """One verb for many conversations: how far it is, and what is needed to take it back (ST-6)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=10)
    # What the verb needs beside the conversation: {"to": "member:3"}, {"label": 7}, {"inbox": 2}, {"until": "…"}.
    argument = models.JSONField(default=dict)
    ids = models.JSONField(default=list)
    # How many of `ids` were looked at, and how many of those were changed.
    looked_at = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    # [[conversation, what it was], …] of those that were changed.
    before = models.JSONField(default=list)
    # {"n": in how many something was refused, "why": the first few reasons}; mostly empty.
    refused = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["moved_at"],
                condition=models.Q(finished_at=None) | models.Q(undo_asked_at__isnull=False, undone_at=None),
                name="bulk_jobs_to_do",
            )
        ]

    def is_running(self) -> bool:
        return self.finished_at is None or (self.undo_asked_at is not None and self.undone_at is None)
