"""User, Workspace, Member: the directory, without row policy."""

import zlib

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.permissions import GRANTS, Permission, Role


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person who signs in. What they are in a workspace is their Member row there."""

    email = models.EmailField(unique=True)
    name = models.CharField(_("Your name"), max_length=100, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    shortcuts_on = models.BooleanField(default=True)
    # Action → key, only what this person changed (workspaces/shortcuts.py).
    shortcuts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name


class Workspace(models.Model):
    name = models.CharField(max_length=100, validators=[MinLengthValidator(1)])
    slug = models.CharField(
        max_length=48, unique=True, validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")]
    )
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_demo = models.BooleanField(default=False)
    # Nobody here for so long is set away (AV-9); nothing: never.
    auto_away_after_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # What to choose from when going away; empty: the usual ones, in the reader's language (AV-10).
    away_reasons = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    # Since when everybody here signs in in two steps; nothing: who wants to.
    two_step_required_at = models.DateTimeField(null=True, blank=True)
    # Whose people sign in by the workspace's own provider (empty: there is none), and since when all but owners must.
    sso_domains = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    sso_required_at = models.DateTimeField(null=True, blank=True)
    # Since when the first steps are done, or put away: then nobody asks how far they are.
    checklist_hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.name


class Availability(models.TextChoices):
    AVAILABLE = "available", _("Available")
    AWAY = "away", _("Away")


class AwayCause(models.TextChoices):
    """Who else made somebody away, until they have read it (AV-5)."""

    COLLEAGUE = "colleague", _("A colleague")
    IDLE = "idle", _("Nobody was here")
    HOURS = "hours", _("The working hours have ended")
    ABSENT = "absent", _("Out of the office")


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(deactivated_at=None, user__is_active=True)

    def holding(self, permission: str):
        """Whose role allows something, be it by the usual grants or by a role of their workspace."""
        usual = [role for role, granted in GRANTS.items() if permission in granted]
        changed = models.Q(permissions__contains=[str(permission)])
        return self.filter(models.Q(permissions__isnull=True, role__in=usual) | changed)

    def by_name(self):
        return self.order_by(Lower("display_name"), "pk")


class Member(models.Model):
    """A person in a workspace. A directory row: it is read before any scope can be opened."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    display_name = models.CharField(max_length=100)
    job_title = models.CharField(max_length=100, blank=True)
    availability = models.CharField(max_length=10, choices=Availability, default=Availability.AVAILABLE)
    availability_changed_at = models.DateTimeField(default=timezone.now)
    away_reason = models.CharField(max_length=60, blank=True, db_default="")
    away_cause = models.CharField(max_length=10, choices=AwayCause, blank=True, db_default="")
    away_set_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Out of the office until then (AV-7); and when their working hours or an absence next begin or end (AV-6).
    away_until = models.DateTimeField(null=True, blank=True)
    next_flip_at = models.DateTimeField(null=True, blank=True)
    can_be_auto_assigned = models.BooleanField(default=True)
    # What they can be asked for when conversations are given out, and how many they hold at once (nothing: any number).
    languages = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    skills = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    max_open = models.PositiveSmallIntegerField(null=True, blank=True)
    phone = models.CharField(max_length=32, blank=True, db_default="")
    meeting_url = models.URLField(max_length=300, blank=True, db_default="")
    meeting_text = models.CharField(max_length=60, blank=True, db_default="")
    # The key of a picture in the storage, unguessable; empty: their initials.
    avatar = models.CharField(max_length=64, blank=True, db_default="")
    own_role = models.ForeignKey(
        "OwnRole", null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    # What their role allows where somebody changed it, kept by workspaces/actions/roles.py; nothing: the usual grants.
    permissions = models.JSONField(null=True, blank=True)
    # Moves on every change of what this person may see; open sockets compare it (T062).
    access_version = models.PositiveIntegerField(default=1)
    # How this person likes their lists: {"inbox", "sort", "density", "views"}. Here, since every page reads this row.
    preferences = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    # Who gets what they had open when they left: "member:<id>", "team:<id>" or nothing (AC-7).
    heir = models.CharField(max_length=32, blank=True, db_default="")

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="member_once_per_workspace"),
            models.UniqueConstraint(fields=["workspace", "id"], name="workspaces_member_ws_id"),
        ]
        indexes = [
            models.Index(
                "next_flip_at", condition=models.Q(next_flip_at__isnull=False), name="member_next_flip"
            )
        ]

    def __str__(self):
        return self.display_name

    def may(self, permission: str) -> bool:
        return permission in self.granted()

    def granted(self) -> frozenset[str]:
        return GRANTS[self.role] if self.permissions is None else frozenset(self.permissions)

    @property
    def role_key(self) -> str:
        return f"own-{self.own_role_id}" if self.own_role_id else self.role

    def role_name(self) -> str:
        """Costs a query where `own_role` was not read with the row."""
        return self.own_role.name if self.own_role_id else str(self.get_role_display())

    def is_available(self) -> bool:
        return self.availability == Availability.AVAILABLE and self.deactivated_at is None

    def reads_every_inbox(self) -> bool:
        return self.may(Permission.VIEW_ALL_INBOXES)

    @property
    def hue(self) -> int:
        return hue_of(self.display_name)

    @property
    def picture(self) -> str:
        """The address of their picture, or nothing."""
        return f"/live/faces/{self.avatar}.webp" if self.avatar else ""

    @property
    def initials(self) -> str:
        return initials_of(self.display_name)


def hue_of(text: str) -> int:
    """A stable colour for a name, in degrees."""
    return zlib.crc32(text.encode()) % 24 * 15


def initials_of(name: str) -> str:
    parts = [part for part in name.replace("@", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
