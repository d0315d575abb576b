"""What a form channel keeps beside itself: its fields as they were at each publishing, and the draft of the next."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inboxes.models import Channel
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class FormVersion(WorkspaceModel):
    """A form as people fill it in (channels_app/form/fields.py reads `definition`). Published ones never change."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="form_versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="form_version_once"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(published_at=None), name="form_draft_once"
            ),
        ]
