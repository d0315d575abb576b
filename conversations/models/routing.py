"""Why a conversation went where it went: one row an attempt, kept for thirty days."""

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from inboxes.models import RoutingRule
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Occasion(models.TextChoices):
    """What made us look for somebody."""

    STARTED = "started"
    REOPENED = "reopened"
    DRAINED = "drained"
    UNANSWERED = "unanswered"
    HANDOVER = "handover"


class RoutingDecision(WorkspaceModel):
    """One attempt to give a conversation to somebody (RT-6 to RT-13), with everybody who was passed over."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="decisions")
    rule = models.ForeignKey(RoutingRule, null=True, on_delete=models.SET_NULL, related_name="+")
    occasion = models.CharField(max_length=10, choices=Occasion)
    # As they were then: {"mode", "strategy", "teams": [ids]}; a rule may change, what was decided does not.
    rule_then = models.JSONField(default=dict)
    chosen = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    # A word of inboxes/routing/reasons.py.
    reason = models.CharField(max_length=20)
    # [{"member": id, "reason": word}], in the order in which they were looked at.
    passed = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When to see whether it was answered (RT-13).
    recheck_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["conversation", "-created_at"], name="decisions_of_one"),
            models.Index(
                fields=["recheck_at"],
                condition=models.Q(recheck_at__isnull=False),
                name="decisions_to_recheck",
            ),
            models.Index(fields=["created_at"], name="decisions_by_age"),
        ]
