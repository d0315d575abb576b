"""Rule: when, if, then. RuleRun: what one did to one conversation, or to a ticket without one, and why. DryRun: what it would have done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class RuleQuerySet(models.QuerySet):
    def on(self):
        return self.filter(enabled_at__isnull=False)

    def in_order(self):
        return self.order_by("place", "pk")


class Rule(WorkspaceModel):
    """Its trigger is a word of triggers.py; conditions those of conditions.py; deeds those of actions.py."""

    name = models.CharField(max_length=80)
    trigger = models.CharField(max_length=30)
    # {"n": 4, "unit": "hours"} of a trigger that waits; else empty.
    after = models.JSONField(default=dict, blank=True)
    # Empty: always.
    conditions = models.JSONField(default=dict, blank=True)
    deeds = models.JSONField(default=list, blank=True)
    # Later rules let a conversation be that this one took.
    stop_here = models.BooleanField(default=False)
    place = models.IntegerField(default=0)
    enabled_at = models.DateTimeField(null=True)
    # Moves with every change, so that a run says by which wording it acted.
    version = models.IntegerField(default=1)
    # What signs its webhooks, sealed.
    secret = models.TextField(blank=True, default="", db_default="")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(RuleQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="automation_rule_ws_id")]
        indexes = [
            models.Index(fields=["workspace", "place", "id"], name="rules_in_order"),
        ]

    def __str__(self):
        return self.name

    def is_on(self) -> bool:
        return self.enabled_at is not None


class Outcome(models.TextChoices):
    DONE = "done"
    FAILED = "failed"
    # The guard against circles said no.
    HELD = "held"


class RuleRun(WorkspaceModel):
    """Once for each rule and event, or rule and episode of a conversation: the constraints say so."""

    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="runs")
    rule_name = models.CharField(max_length=80)
    version = models.IntegerField()
    trigger = models.CharField(max_length=30)
    # One of the two.
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.CASCADE, related_name="rule_runs"
    )
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="rule_runs")
    event_id = models.BigIntegerField(null=True)
    episode = models.CharField(max_length=80, blank=True, default="", db_default="")
    # The lines that were met; of closed lists also what was found. Never what somebody wrote.
    matched = models.JSONField(default=list)
    deeds = models.JSONField(default=list)
    # One {"done": bool, "why": "…"} a deed; a call to another server is corrected when it failed after all.
    outcomes = models.JSONField(default=list)
    # The rules that led here, the first of them first.
    chain = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    error = models.CharField(max_length=500, blank=True, default="", db_default="")
    stopped = models.BooleanField(default=False)
    took_ms = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "event_id"], condition=Q(event_id__isnull=False), name="rule_once_per_event"
            ),
            models.UniqueConstraint(
                fields=["rule", "conversation", "episode"],
                condition=~Q(episode=""),
                name="rule_once_per_episode",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="automation_rulerun_ws_id"),
        ]
        indexes = [
            models.Index("conversation", models.F("id").desc(), name="runs_of_conversation"),
            models.Index("rule", models.F("id").desc(), name="runs_of_rule"),
            models.Index("workspace", models.F("id").desc(), name="runs_newest_first"),
            models.Index(fields=["created_at"], name="runs_to_forget"),
        ]


class DryRun(WorkspaceModel):
    """What a rule as it stands in the form would have done to the last thirty days. Read-only, for its asker."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    trigger = models.CharField(max_length=30)
    after = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict)
    deeds = models.JSONField(default=list)
    # How far it looked, what it found: {"days": {"2026-03-01": 4}, "first": [[conversation, event time],
    # or [null, event time, ticket without one], …]}.
    cursor = models.BigIntegerField(default=0)
    looked_at = models.IntegerField(default=0)
    found = models.IntegerField(default=0)
    told = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["created_at"], name="dry_runs_to_forget")]
