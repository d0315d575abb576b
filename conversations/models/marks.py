"""Small rows around a conversation: labels, drafts, who has read how far, and the counters' deltas."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from conversations.models.conversation import Conversation
from inboxes.models import Inbox
from workspaces.models import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class LabelQuerySet(models.QuerySet):
    def in_use(self):
        """Those that are offered; what carries an archived one keeps showing it."""
        return self.filter(archived_at=None).order_by("name")


class Label(WorkspaceModel):
    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=4, default="d1")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScopedManager.from_queryset(LabelQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="label_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversations_label_ws_id"),
        ]

    def __str__(self):
        return self.name


class ConversationLabel(WorkspaceModel):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="label_marks")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "label"], name="label_once")]
        indexes = [models.Index(fields=["label", "conversation"], name="conversations_of_label")]


class DraftMode(models.TextChoices):
    REPLY = "reply"
    COMMENT = "comment"


class Draft(WorkspaceModel):
    """What somebody is writing: one a person, conversation and mode, kept on the server (CR-6)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    mode = models.CharField(max_length=8, choices=DraftMode)
    body = models.TextField()
    # What a mail has beyond text: its HTML as the editor wrote it, and {"to": [...], "cc": [...], "bcc": [...], "subject": ...}.
    html = models.TextField(blank=True, default="", db_default="")
    envelope = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["conversation", "member", "mode"], name="draft_once"),
        ]


class ReadMark(WorkspaceModel):
    """How far a member has read a conversation: unread is per person (UI-4)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    seq = models.IntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="read_mark_once")]


class CountDelta(WorkspaceModel):
    """Counters of the sidebar, kept by a trigger as +1 and -1 that a sweep folds together.

    Rows are only ever added by writers, so that two of them never wait for one counter.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    bucket = models.CharField(max_length=24)
    n = models.IntegerField()

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "inbox", "bucket"], include=["n"], name="count_by_bucket")
        ]
