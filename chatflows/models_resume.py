"""A way back into a chat by mail."""

from django.db import models
from django.utils import timezone

from conversations.models import Conversation
from workspaces.scope import WorkspaceModel


class ResumeLink(WorkspaceModel):
    """One letter's link to one conversation; used once, it becomes a session of the browser that used it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="resume_links")
    # The event whose letter carries it: the same letter at every try.
    event = models.BigIntegerField()
    address = models.CharField(max_length=254)
    # What stood up to here is not shown: an address that was only claimed gets what was written to it, and no more (T064).
    after = models.IntegerField(default=0)
    # Whether only the team's words, and those written through this link, are shown.
    is_claimed = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    session_hash = models.CharField(max_length=64, blank=True, default="")
    # Client ids of what was written through it.
    written = models.JSONField(default=list)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "event"], name="one_link_of_a_letter"),
            models.UniqueConstraint(
                fields=["session_hash"], condition=~models.Q(session_hash=""), name="resumed_once"
            ),
        ]
