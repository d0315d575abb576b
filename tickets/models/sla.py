"""What a team promised, and the clocks that run for each ticket."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inboxes.models import Inbox
from tickets.models.tickets import Ticket
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Goal(models.TextChoices):
    FIRST = "first", _("First reply")
    NEXT = "next", _("Next reply")
    CLOSE = "close", _("Time to close")


class SlaState(models.TextChoices):
    """SL-5; completed is either of met and breached."""

    ACTIVE = "active", _("Running")
    DUE_SOON = "due_soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    MET = "met", _("In time")
    BREACHED = "breached", _("Too late")
    CANCELLED = "cancelled", _("No longer counted")


class SlaPolicy(WorkspaceModel):
    """What an inbox promises. Never changed: another one takes its place, so that tickets keep what they began with."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="service_levels")
    on = models.BooleanField(default=True)
    # By the opening hours, or around the clock (SL-3).
    working_hours = models.BooleanField(default=True)
    # {goal: minutes} for every ticket that none of the lines names.
    goals = models.JSONField(default=dict)
    # [{"by": "priority", "is": "urgent", "goals": {...}}]; the first that fits is what counts (SL-2).
    lines = models.JSONField(default=list)
    # Tickets that rules, bots, the API or the list of tickets made (SL-4).
    counts_all = models.BooleanField(default=True)
    # An answer that was written elsewhere and only recorded here stops the clock too (SL-4).
    any_reply = models.BooleanField(default=False)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="tickets_slapolicy_ws_id"),
            models.UniqueConstraint(
                fields=["inbox"], condition=Q(retired_at=None), name="one_service_level_an_inbox"
            ),
        ]
        indexes = [models.Index(fields=["inbox", "created_at"], name="service_levels_of_inbox")]


class SlaClock(WorkspaceModel):
    """One promise about one ticket: tickets/sla/running.py turns it, tickets/sla/clocks.py reckons."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    policy = models.ForeignKey(SlaPolicy, null=True, on_delete=models.SET_NULL, related_name="+")
    goal = models.CharField(max_length=6, choices=Goal)
    state = models.CharField(max_length=9, choices=SlaState, default=SlaState.ACTIVE)
    target = models.DurationField()
    # The timetable as it was when the clock began; none: around the clock.
    hours = models.JSONField(null=True)
    started_at = models.DateTimeField()
    # Since when it runs; null while it stands still. `used` is what it ran before that.
    since = models.DateTimeField(null=True)
    used = models.DurationField(default=timedelta)
    # What was done last by the time of events: an older one that comes late changes nothing.
    changed_at = models.DateTimeField()
    half_at = models.DateTimeField(null=True)
    soon_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # When the sweep has to look at it next.
    watch_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Why it was given up: "closed", "deleted", "merged", "no_goal".
    why = models.CharField(max_length=10, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "goal"], condition=Q(ended_at=None), name="one_clock_a_goal"
            ),
        ]
        indexes = [
            models.Index(fields=["watch_at"], condition=Q(watch_at__isnull=False), name="clocks_to_look_at"),
            models.Index(fields=["ticket", "id"], name="clocks_of_ticket"),
        ]

    def is_running(self) -> bool:
        return self.ended_at is None
