"""Pipelines and their stages: the ways along which tickets go."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.scope import ScopedManager, WorkspaceModel


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", pgettext_lazy("priority", "Medium")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


PRIORITY_RANK = {priority: rank for rank, priority in enumerate(Priority.values)}


class Role(models.TextChoices):
    """What a stage means to what happens by itself; most stages that a workspace makes mean nothing."""

    NEW = "new", pgettext_lazy("stage", "New")
    CONTACT = "contact", _("Waiting on contact")
    US = "us", _("Waiting on us")
    CLOSED = "closed", pgettext_lazy("stage", "Closed")


class PipelineQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(archived_at=None).order_by("position", "pk")


class Pipeline(WorkspaceModel):
    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(default=1)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Ids of the stages in which people may make tickets; none: in all of them (TK-9).
    created_in = models.JSONField(default=list, blank=True)
    forbids_skipping = models.BooleanField(default=False)
    forbids_backwards = models.BooleanField(default=False)
    # {"a": {"on": bool, "stage": id}, …}: what happens by itself (TK-8); read through tickets/automation.py.
    automation = models.JSONField(default=dict, blank=True)
    # The clock until closing stands still while we wait for the contact (SL-6).
    pauses_close = models.BooleanField(default=True)
    # A change of the conversation's owner always reaches the ticket; with this, the other way too (TK-3).
    owner_goes_both_ways = models.BooleanField(default=False)
    # Customers may be given a link to the status page of their tickets (tickets/portal).
    shows_customers = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScopedManager.from_queryset(PipelineQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="tickets_pipeline_ws_id"),
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="one_default_pipeline"
            ),
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=Q(archived_at=None), name="pipeline_name_once"
            ),
        ]

    def __str__(self):
        return self.name


class Stage(WorkspaceModel):
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("Name"), max_length=60)
    position = models.PositiveSmallIntegerField(default=1)
    is_closed = models.BooleanField(default=False)
    role = models.CharField(max_length=8, choices=Role, blank=True, default="")
    # What customers read on a status page; empty: our words for what the stage stands for, never its name.
    customer_name = models.CharField(
        _("Customers read"), max_length=60, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="tickets_stage_ws_id"),
            models.UniqueConstraint("pipeline", Lower("name"), name="stage_name_once"),
        ]

    def __str__(self):
        return self.name
