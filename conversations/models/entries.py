"""What hangs on the line: messages the contact can read, comments they never can, and files."""

import uuid
from collections.abc import Callable

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils import timezone

from contacts import sight
from contacts.models import Company, Contact, Visitor
from conversations.models.conversation import Conversation
from inboxes.models import Channel
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import ScopedManager, WorkspaceModel


class Direction(models.TextChoices):
    IN = "in"
    OUT = "out"


class AuthorKind(models.TextChoices):
    """Who wrote (DM-5). Bots and the welcome never count as an agent's answer."""

    CONTACT = "contact"
    VISITOR = "visitor"
    MEMBER = "member"
    BOT = "bot"
    INTEGRATION = "integration"
    SYSTEM = "system"


class MessageKind(models.TextChoices):
    MESSAGE = "message"
    WELCOME = "welcome"


class Delivery(models.TextChoices):
    """How far an outgoing message got (DM-3); an incoming one is RECEIVED."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Message(WorkspaceModel):
    """Visible to the contact. Written by append.py alone."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    channel_kind = models.CharField(max_length=20)
    seq = models.IntegerField()
    kind = models.CharField(max_length=8, choices=MessageKind, default=MessageKind.MESSAGE)
    direction = models.CharField(max_length=3, choices=Direction)
    author_kind = models.CharField(max_length=12, choices=AuthorKind)
    author_name = models.CharField(max_length=200, blank=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField(blank=True)
    html = models.TextField(blank=True, default="", db_default="")
    subject = models.CharField(max_length=300, blank=True, default="", db_default="")
    # Form answers, mail recipients: what a kind of channel knows beyond text. Shown, never searched by key.
    extra = models.JSONField(default=dict)
    # The sender's own id for it, so that sending twice is one message (P6).
    client_id = models.UUIDField(default=uuid.uuid4)
    # The outside's id for it (a Message-ID, a provider's id), so that receiving twice is one message (P2).
    external_id = models.CharField(max_length=998, blank=True, default="", db_default="")
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.RECEIVED)
    delivery_error = models.CharField(max_length=500, blank=True, default="", db_default="")
    # Its words and files were taken out for good; that it was there stays.
    redacted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="message_client_id_once"),
            # The hash is indexed, not 998 bytes; per channel, so that one mail to two inboxes makes two.
            models.UniqueConstraint(
                "channel",
                MD5("external_id"),
                condition=~Q(external_id=""),
                name="message_external_id_once",
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversations_message_ws_id"),
        ]
        indexes = [
            models.Index(
                fields=["channel", "created_at"], condition=Q(delivery="failed"), name="messages_that_failed"
            ),
        ]


class Comment(WorkspaceModel):
    """Internal. Another table than messages: what must never leave the building cannot be forgotten in a filter."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=200)
    body = models.TextField()
    # Names of people and teams as they stand after an @ in the body, to be marked there.
    mentioned = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    client_id = models.UUIDField(default=uuid.uuid4)
    redacted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="comment_client_id_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversations_comment_ws_id"),
        ]
        indexes = [models.Index(fields=["conversation", "created_at"], name="comments_in_order")]


class AttachmentQuerySet(models.QuerySet):
    def waiting(self):
        """Uploaded, and not yet claimed by what it was uploaded for."""
        return self.filter(message=None, comment=None)

    def visible_to(self, member: Member):
        """Files of conversations a member may read, and their own that wait (T049)."""
        readable = Conversation.objects.visible_to(member)
        mine = Q(message=None, comment=None, uploader=member)
        return self.filter(
            Q(message__conversation__in=readable) | Q(comment__conversation__in=readable) | mine
        )


class StoredFile(WorkspaceModel):
    """What every file has: its bytes stand under a random key without extension (T048)."""

    name = models.CharField(max_length=255)
    # By its bytes, never as its sender declared it.
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    storage_key = models.UUIDField(default=uuid.uuid4, unique=True)
    # The small copy of a picture, kept beside it.
    thumb_key = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        abstract = True

    @property
    def path(self) -> str:
        return self._path(self.storage_key)

    @property
    def thumb_path(self) -> str:
        return self._path(self.thumb_key) if self.thumb_key else ""

    def _path(self, key: uuid.UUID) -> str:
        return f"{self.workspace_id}/{str(key)[:2]}/{key}"


class Attachment(StoredFile):
    """A file on a message or a comment.

    Until a message claims it, it waits, owned by the member or the visitor who uploaded it.
    """

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="attachments")
    uploader = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    visitor = models.ForeignKey(Visitor, null=True, on_delete=models.SET_NULL, related_name="+")
    objects = ScopedManager.from_queryset(AttachmentQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(message=None) | Q(comment=None), name="file_of_one_message_or_comment"
            )
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(message=None, comment=None), name="files_that_wait"
            ),
            models.Index(fields=["workspace", "created_at"], name="files_by_age"),
        ]


class PropertyFileQuerySet(models.QuerySet):
    def visible_to(self, member: Member):
        """Files of the properties of what a member may see; rooms above add theirs (T049)."""
        readable = Conversation.objects.visible_to(member)
        theirs = Q(contact__in=readable.values("contact"))
        if member.may(Permission.WORK):
            theirs |= Q(contact__in=sight.visible_to(member)) | Q(company__isnull=False)
        for reach in file_reach:
            theirs |= reach(member)
        return self.filter(Q(conversation__in=readable) | theirs)


# (member) -> which files of properties they may see besides: what a room above has properties of.
file_reach: list[Callable[[Member], Q]] = []


class PropertyFile(StoredFile):
    """What a property of the workspace's own holds, of one contact, company, conversation or thing of a room above.

    It goes with that, or when another file takes its place; age alone does not take it.
    """

    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="property_files")
    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="property_files")
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.CASCADE, related_name="property_files"
    )
    # A row of a room above, bound by a key of the database and let go of by that room.
    ticket_id = models.BigIntegerField(null=True, db_index=True)
    # The key of its definition.
    property_key = models.CharField(max_length=20)
    uploader = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedManager.from_queryset(PropertyFileQuerySet)()

    class Meta(StoredFile.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, company=None, conversation=None, ticket_id=None)
                | Q(contact=None, company__isnull=False, conversation=None, ticket_id=None)
                | Q(contact=None, company=None, conversation__isnull=False, ticket_id=None)
                | Q(contact=None, company=None, conversation=None, ticket_id__isnull=False),
                name="property_file_of_one",
            )
        ]
