"""Who gets what comes in: the rule of a channel, whom it names, and whose turn it was last."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inboxes.models.channels import Channel
from workspaces.models import Member, Team
from workspaces.scope import WorkspaceModel


class RoutingMode(models.TextChoices):
    UNASSIGNED = "unassigned", _("Nobody: it waits for whoever takes it")
    PEOPLE = "people", _("These people and teams")
    OWNER = "owner", _("The owner of the contact")


class Strategy(models.TextChoices):
    ROUND_ROBIN = "round_robin", _("In turn: whoever got one longest ago")
    LEAST_OPEN = "least_open", _("Whoever has the fewest open conversations")
    RANDOM = "random", _("At random")


class OwnerFallback(models.TextChoices):
    """What happens when the owner of the contact cannot take it (RT-8)."""

    UNASSIGNED = "unassigned", _("Leave it unassigned, and tell the owner")
    ANYWAY = "anyway", _("Give it to the owner all the same")
    PEOPLE = "people", _("Give it to the people and teams below")


class RoutingRule(WorkspaceModel):
    """How conversations are given out (RT-3). It belongs to a channel, to a chatflow (LC-4), or to a step of a bot."""

    channel = models.OneToOneField(
        Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="routing"
    )
    # Chatflows stand above this room: its id, bound to this workspace by a key of the database.
    chatflow = models.BigIntegerField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=100, blank=True)
    mode = models.CharField(max_length=10, choices=RoutingMode, default=RoutingMode.UNASSIGNED)
    strategy = models.CharField(max_length=12, choices=Strategy, default=Strategy.ROUND_ROBIN)
    owner_fallback = models.CharField(max_length=10, choices=OwnerFallback, default=OwnerFallback.UNASSIGNED)
    match_language = models.BooleanField(default=False)
    # Words that all have to stand among the skills of whoever gets it.
    skills = models.JSONField(default=list, blank=True)
    reroute_reopened_if_owner_away = models.BooleanField(default=False)
    drain_queue_on_available = models.BooleanField(default=False)
    reassign_unanswered_after_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="inboxes_routingrule_ws_id")]

    def __str__(self):
        return self.name or (self.channel.name if self.channel else "")

    def gives(self) -> bool:
        return self.mode != RoutingMode.UNASSIGNED

    def names_people(self) -> bool:
        """Whether its people and teams count: always but for an owner without them as the way out."""
        to_owner = self.mode == RoutingMode.OWNER
        return self.mode == RoutingMode.PEOPLE or (to_owner and self.owner_fallback == OwnerFallback.PEOPLE)


class RoutingTarget(WorkspaceModel):
    """A member or a team that a rule names."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="targets")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None, team__isnull=False) | Q(member__isnull=False, team=None),
                name="target_is_a_member_or_a_team",
            ),
            models.UniqueConstraint(fields=["rule", "member"], name="target_once_per_member"),
            models.UniqueConstraint(fields=["rule", "team"], name="target_once_per_team"),
        ]


class RoutingTurn(WorkspaceModel):
    """When a member last got one by a rule (RT-7). Written under the lock of the rule, by the database's clock."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="turns")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    last_assigned_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["rule", "member"], name="turn_once_per_member")]
