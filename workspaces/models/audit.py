"""The audit log: who changed what, when and from where. Rows are added and read, never changed (T034)."""

import hashlib
import json

from django.db import models
from django.utils import timezone

from workspaces.models.people import Workspace
from workspaces.scope import WorkspaceModel

# What the seal of an entry covers, in this order.
SEALED = ("number", "member_id", "member_name", "address", "user_agent", "action")
SEALED_TARGET = ("target_type", "target_id", "target_name", "before", "after")


class AuditEntry(WorkspaceModel):
    """One line of the log. Each seals the one before it, so that a change or a hole shows (workspaces/audit.py)."""

    # The serving role may not delete here: Django must not try when a workspace goes.
    workspace = models.ForeignKey(Workspace, on_delete=models.DO_NOTHING, related_name="+")
    number = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)
    # No key: the log outlives whom it names, and nobody may null it.
    member_id = models.BigIntegerField(null=True)
    member_name = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    # "<thing>.<what happened>", in words by workspaces/audit_words.py.
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="audit_number_once")]
        indexes = [
            models.Index(fields=["workspace", "target_type", "target_id", "number"], name="audit_of_target"),
            models.Index(fields=["workspace", "member_id", "number"], name="audit_of_member"),
            models.Index(fields=["workspace", "at"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.number} {self.action}"

    def right_seal(self) -> str:
        """What `seal` must be, if nothing was touched since."""
        told = [self.workspace_id, self.previous, self.at.isoformat(timespec="microseconds")]
        told += [getattr(self, name) for name in (*SEALED, *SEALED_TARGET)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
