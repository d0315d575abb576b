"""Event: what happened. ReactionDue: what is still to be done about it, a work queue made of rows. Interest: who asks for it."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Audience(models.TextChoices):
    TEAM = "team"
    VISITOR = "visitor"


class Event(WorkspaceModel):
    """Append-only. `audience` says whether the other side may ever hear of it (T069)."""

    type = models.CharField(max_length=40)
    # Not a foreign key: the log stands below the rooms it speaks of. Its tenant is bound by the row policy.
    conversation_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    actor_kind = models.CharField(max_length=10, default="system")
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.TEAM)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="events_event_ws_id")]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="event_overlap"),
            models.Index(fields=["conversation_id", "id"], name="event_of_conversation"),
        ]


class ReactionDue(WorkspaceModel):
    """One reaction to one event, still owed. Deleted when done; parked with its reason after a few tries."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reactions")
    name = models.CharField(max_length=80)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    run_at = models.DateTimeField(default=timezone.now, db_default=Now())
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="", db_default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="reaction_once_per_event")]
        indexes = [
            models.Index(fields=["run_at"], condition=models.Q(parked_at=None), name="reaction_due"),
        ]


class Interest(WorkspaceModel):
    """A workspace asks that a reaction runs for a type of event; without a row, one that is `on_request` owes nothing."""

    type = models.CharField(max_length=40)
    name = models.CharField(max_length=80)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "type", "name"], name="interest_once"),
        ]
