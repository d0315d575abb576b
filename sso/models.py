"""A workspace's own identity provider, and whom it vouched for."""

from django.db import models
from django.utils import timezone

from workspaces.models import User
from workspaces.scope import ScopedManager, WorkspaceModel
from workspaces.sealed import seal, unseal


class Provider(WorkspaceModel):
    """One at most for each workspace. Whether it is on stands on the workspace, which every page reads anyway."""

    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.TextField(blank=True)
    # As typed, also while it is off; those that count stand on the workspace.
    domains = models.JSONField(default=list)
    # What new people of the named domains become; empty: nobody comes in without an invitation.
    newcomer_role = models.CharField(max_length=12, blank=True, db_default="")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="one_provider_per_workspace")]

    def __str__(self):
        return self.issuer

    @property
    def secret(self) -> str:
        return unseal(self.sealed_secret, about=self._about())

    @secret.setter
    def secret(self, text: str) -> None:
        self.sealed_secret = seal(text, about=self._about())

    def _about(self) -> str:
        """Bound to the issuer: a secret that moves to another server's row does not open."""
        return f"sso:{self.workspace_id}:{self.issuer}"


class Identity(WorkspaceModel):
    """A person as one provider knows them, bound after they proved that the address is theirs."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "issuer", "subject"], name="one_identity_per_subject"
            )
        ]
