"""How long what is kept; an archive of everything; what was removed of a person, without saying who it was."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class Retention(WorkspaceModel):
    """What a workspace lets go of by itself. Empty: kept."""

    closed_months = models.PositiveSmallIntegerField(null=True, blank=True)
    spam_days = models.PositiveSmallIntegerField(default=90)
    trash_days = models.PositiveSmallIntegerField(default=30)
    files_months = models.PositiveSmallIntegerField(null=True, blank=True)
    visits_days = models.PositiveSmallIntegerField(null=True, blank=True)
    audit_months = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="retention_once")]

    def __str__(self):
        return str(_("Retention"))


class Job(WorkspaceModel):
    """Something long that runs in the background and goes on where it was after a stop."""

    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Moves with every step; one that stands still for long is taken up again.
    touched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta(WorkspaceModel.Meta):
        abstract = True


class Export(Job):
    """An archive of everything, for the one who asked."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # {"table": last id}: tables that are not named are still to be done.
    progress = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    size = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    class Meta(Job.Meta):
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "running", "done"]),
                name="exports_to_look_at",
            )
        ]

    @property
    def folder(self) -> Path:
        """Where its parts wait until they are one file."""
        return Path(settings.DATA_DIR) / "exports" / str(self.workspace_id) / str(self.key)

    @property
    def path(self) -> Path:
        return self.folder.with_suffix(".zip")


class Erasure(Job):
    """A person was erased: when, by whom, and how much of each kind. Not who."""

    # Null once it is done: not even the number stays.
    contact_id = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="erasure_of_one_contact",
            )
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="erasures_to_look_at",
            )
        ]
