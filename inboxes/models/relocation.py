"""Relocation: conversations that go to another inbox, some at a time."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inboxes.models.channels import Channel, Inbox
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Relocation(WorkspaceModel):
    """What is still to be moved from `inbox` to `to`: of one channel or of all, open ones or all of them.

    Decided in the same transaction as what made it necessary; worked off by conversations/relocate.py.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="leaving")
    to = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="arriving")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+")
    only_open = models.BooleanField(default=False)
    # The inbox goes when nothing is left in it (IN-5).
    deletes_inbox = models.BooleanField(default=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    moved = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["created_at"], condition=Q(finished_at=None), name="relocation_due")]
        constraints = [
            models.CheckConstraint(condition=~Q(inbox=models.F("to")), name="relocation_goes_elsewhere"),
            models.UniqueConstraint(
                fields=["inbox"], condition=Q(deletes_inbox=True), name="inbox_deleted_once"
            ),
        ]
