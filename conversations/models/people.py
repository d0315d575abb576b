"""Who takes part in a conversation by mail; and answers that wait for their moment."""

import uuid

from django.db import models
from django.utils import timezone

from contacts.models import Contact
from conversations.models.conversation import Conversation
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class Participant(WorkspaceModel):
    """An address that writes or is written to in a conversation, beside its contact (EM-8, UI-3).

    One who came by themselves with a token of somebody else is new until a member accepts them: they are copied on
    nothing.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    is_new = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["conversation", "address"], name="participant_once"),
        ]


class ScheduledReply(WorkspaceModel):
    """An answer that is not a message yet: held for ten seconds so that it can be taken back, or until its hour (CR-6)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled_replies")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client_id = models.UUIDField(default=uuid.uuid4)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    envelope = models.JSONField(default=dict)
    # Keys of files that wait for it.
    files = models.JSONField(default=list)
    # What to do with the conversation when it leaves: "", "close" or an hour to snooze until.
    then = models.CharField(max_length=40, blank=True)
    send_at = models.DateTimeField()
    # Seq of the conversation when it was written: something newer from outside holds it back.
    upto_seq = models.IntegerField(default=0)
    held_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "scheduled replies"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="scheduled_reply_once"),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=models.Q(held_because=""), name="replies_to_send"),
        ]


class Follow(WorkspaceModel):
    """A member who wants to hear of a conversation that is not theirs (CO-6)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="follows")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="follow_once")]
