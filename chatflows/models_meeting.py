"""Meeting: a time that a visitor booked with somebody of the team."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from conversations.models import Conversation
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Meeting(WorkspaceModel):
    """Times of one member do not overlap: they are booked under the lock of their row."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="meetings")
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    # What calendars know it by.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=120)
    where = models.CharField(max_length=300, blank=True)
    guest_name = models.CharField(max_length=200, blank=True)
    guest_email = models.EmailField()
    # The zone in which the guest was shown it.
    zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booked_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="chatflows_meeting_ws_id"),
            models.UniqueConstraint(fields=["member", "starts_at"], name="one_meeting_at_a_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_meeting_ends_later"),
        ]
        indexes = [models.Index(fields=["member", "starts_at", "ends_at"], name="meetings_of_a_member")]
