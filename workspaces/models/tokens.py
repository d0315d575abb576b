"""ApiToken: a key of a person for programs. Only its hash is kept."""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workspaces.models.people import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class ApiTokenQuerySet(models.QuerySet):
    def usable(self):
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None)


class ApiToken(WorkspaceModel):
    """It may what its scopes say and its person still may; it goes when they go."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    # The first characters, by which a person knows it again in a list or a log.
    prefix = models.CharField(max_length=24)
    token_hash = models.CharField(max_length=64, unique=True, validators=[MinLengthValidator(64)])
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ApiTokenQuerySet)()

    def __str__(self):
        return self.name

    def may(self, permission: str) -> bool:
        return permission in self.scopes and self.member.may(permission)

    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
