"""Team, a place in one, and an invitation: tenant rows."""

import hashlib

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from workspaces.models.people import Member
from workspaces.models.roles import OwnRole
from workspaces.permissions import Role
from workspaces.scope import ScopedManager, WorkspaceModel


class Team(WorkspaceModel):
    name = models.CharField(max_length=100)
    members = models.ManyToManyField(Member, through="TeamMember", related_name="teams")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="team_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="workspaces_team_ws_id"),
        ]

    def __str__(self):
        return self.name


class TeamMember(WorkspaceModel):
    """Somebody's place in a team: a person has one main team and any number of extra ones (RT-5)."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="places")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="places")
    is_main = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["team", "member"], name="place_once_per_team"),
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(is_main=True), name="one_main_team_per_member"
            ),
        ]


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at=None, withdrawn_at=None)

    def usable(self):
        return self.open().filter(expires_at__gt=timezone.now())


class Invitation(WorkspaceModel):
    """An invitation by mail. Only the hash of its token is kept (T022)."""

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    own_role = models.ForeignKey(OwnRole, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, validators=[MinLengthValidator(64)])
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(InvitationQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self):
        return self.email

    def role_name(self) -> str:
        return self.own_role.name if self.own_role else str(self.get_role_display())

    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
