"""InboundPayload: what came in, as it came, committed before anybody tries to understand it."""

from django.db import models
from django.utils import timezone

from conversations.models import Message
from inboxes.models import Channel
from workspaces.scope import WorkspaceModel


class InboundPayload(WorkspaceModel):
    """Raw bytes from outside. Parsed later; what cannot be parsed is parked with its reason (P8)."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="payloads")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=998)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    processed_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # When to try again what failed for a passing reason; and the message it became.
    next_attempt_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="payloads")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["channel", "source", "external_id"], name="payload_once"),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(processed_at=None, parked_at=None),
                name="payload_to_parse",
            )
        ]
