"""OwnRole: what a workspace made of a role, or a role that it added."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from workspaces.permissions import Role
from workspaces.scope import WorkspaceModel


class OwnRole(WorkspaceModel):
    """With a name: an added role that ranks as its base. Without: the base itself, with other permissions."""

    name = models.CharField(max_length=60, blank=True)
    base = models.CharField(max_length=12, choices=Role)
    permissions = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="workspaces_ownrole_ws_id"),
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=~models.Q(name=""), name="own_role_name_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "base"], condition=models.Q(name=""), name="role_changed_once"
            ),
            # Owners and admins keep every right: somebody must be able to undo what was changed here.
            models.CheckConstraint(
                condition=~models.Q(base__in=[Role.OWNER, Role.ADMIN]), name="owners_and_admins_are_fixed"
            ),
        ]

    def __str__(self):
        return self.name or str(self.get_base_display())
