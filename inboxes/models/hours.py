"""When a workspace, a channel or a person works, and when a person is out of the office."""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inboxes.models.channels import Channel
from workspaces.models import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class OpeningHoursQuerySet(models.QuerySet):
    def of_workspace(self):
        return self.filter(channel=None, member=None)


class OpeningHours(WorkspaceModel):
    """A timetable: of a channel, of a member, or (of neither) of the workspace. No row: always, or never mind (AV-8)."""

    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    time_zone = models.CharField(max_length=64, validators=[MinLengthValidator(1)])
    # Seven lists, Monday first, of [begin, end] in minutes from midnight; an end past 1440 is on the next day.
    weekly = models.JSONField()
    # [{"from", "to", "name", "blocks"}] by date, the last day included; no blocks: closed.
    exceptions = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Whose public holidays are closed; empty: none are.
    country = models.CharField(max_length=2, blank=True, db_default="")
    subdivision = models.CharField(max_length=40, blank=True, db_default="")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(OpeningHoursQuerySet)()

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=None) | Q(member=None), name="hours_of_a_channel_or_a_member"
            ),
            models.UniqueConstraint(
                fields=["workspace", "channel", "member"], nulls_distinct=False, name="hours_once_each"
            ),
        ]


class Absence(WorkspaceModel):
    """A member is out of the office from one day to another, both included, by the clock of `time_zone` (AV-7)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    time_zone = models.CharField(max_length=64, validators=[MinLengthValidator(1)])
    reason = models.CharField(max_length=60, blank=True)
    set_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(WorkspaceModel.Meta):
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_begins_first")
        ]
