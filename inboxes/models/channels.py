"""Inbox, who may open it, its channels; and the directory of public addresses."""

import secrets

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member, Team, Workspace
from workspaces.permissions import Permission, Role
from workspaces.scope import ScopedManager, WorkspaceModel


class InboxQuerySet(models.QuerySet):
    def worked_by(self, member: Member) -> "InboxQuerySet":
        """The inboxes in which a member may act (AC-1: membership, not rank)."""
        if not member.may(Permission.WORK):
            return self.none()
        theirs = InboxAccess.objects.filter(Q(member=member) | Q(team__members=member))
        return self.filter(Q(open_to_everyone=True) | Q(pk__in=theirs.values("inbox")))

    def visible_to(self, member: Member) -> "InboxQuerySet":
        """The inboxes a member may read: those they work in, or all of them when their role says so (AC-1)."""
        return self if member.reads_every_inbox() else self.worked_by(member)


class Inbox(WorkspaceModel):
    name = models.CharField(_("Inbox name"), max_length=100, validators=[MinLengthValidator(1)])
    open_to_everyone = models.BooleanField(_("Everyone"), default=True)
    language = models.CharField(max_length=10, default="en")
    # Under answers by mail, where the address has no signature of its own.
    signature = models.TextField(max_length=2000, blank=True, default="", db_default="")
    # After so many days without a word, unless the team owes an answer (CT-13); nothing: never.
    auto_close_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScopedManager.from_queryset(InboxQuerySet)()

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "inboxes"
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="inbox_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="inboxes_inbox_ws_id"),
        ]

    def __str__(self):
        return self.name


class InboxAccess(WorkspaceModel):
    """A member or a team let into an inbox that is not open to everyone."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="access")
    member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None, team__isnull=False) | Q(member__isnull=False, team=None),
                name="access_for_a_member_or_a_team",
            ),
            models.UniqueConstraint(fields=["inbox", "member"], name="access_once_per_member"),
            models.UniqueConstraint(fields=["inbox", "team"], name="access_once_per_team"),
        ]


UNSEEN_MINUTES = 2


class ChannelQuerySet(models.QuerySet):
    def active(self):
        return self.filter(paused_at=None, disconnected_at=None)


def public_key() -> str:
    return secrets.token_urlsafe(9)


class Channel(WorkspaceModel):
    """A connected account of some kind, in exactly one inbox."""

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    # What the outside knows it by: a widget's key, a mail address, a page id.
    identifier = models.CharField(max_length=320)
    config = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    disconnected_at = models.DateTimeField(null=True, blank=True)
    needs_attention_since = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager.from_queryset(ChannelQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="inboxes_channel_ws_id")]

    def __str__(self):
        return self.name

    def is_active(self) -> bool:
        return self.paused_at is None and self.disconnected_at is None

    def minutes_unseen(self) -> int:
        """After how long an unseen message of a chat goes out by mail (CT-14); 0: never."""
        return self.config.get("continue_by_mail", UNSEEN_MINUTES)


class PublicAddress(models.Model):
    """The directory: an address from the outside -> whose channel it is. Read before any scope; holds nothing else."""

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=320)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("kind", Lower("value"), name="public_address_once")]


def sees_only_own(member: Member) -> bool:
    """A restricted agent reads only what is assigned to them or their team (AC-6)."""
    return member.role == Role.RESTRICTED
