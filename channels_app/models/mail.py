"""What a mail channel keeps beside itself: its mailbox at a provider, and the tokens that lead answers home."""

from django.db import models
from django.utils import timezone

from conversations.models import Conversation
from inboxes.models import Channel
from workspaces.scope import WorkspaceModel


class Provider(models.TextChoices):
    """Whose mailbox it is: any server by IMAP and SMTP, or one that lets us in by OAuth."""

    IMAP = "imap", "IMAP"
    GOOGLE = "google", "Google"
    MICROSOFT = "microsoft", "Microsoft 365"


class Security(models.TextChoices):
    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class AfterReading(models.TextChoices):
    LEAVE = "leave"
    SEEN = "seen"
    MOVE = "move"


class Mailbox(WorkspaceModel):
    """A mailbox that we read (and send through): EM-2, EM-2b. The cursor is UIDVALIDITY and the last UID stored."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="mailbox")
    provider = models.CharField(max_length=12, choices=Provider, default=Provider.IMAP)
    username = models.CharField(max_length=320)
    # Sealed (AES-256-GCM under the installation's key): a password, or OAuth tokens. Never shown again.
    secret = models.TextField(blank=True)
    imap_host = models.CharField(max_length=253)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    folder = models.CharField(max_length=200, default="INBOX")
    sent_folder = models.CharField(max_length=200, blank=True)
    after_reading = models.CharField(max_length=5, choices=AfterReading, default=AfterReading.LEAVE)
    move_to = models.CharField(max_length=200, blank=True)
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    # What lies at or below it was there before we were: read only when a back-fill asks for it (CH-1).
    first_uid = models.BigIntegerField(default=0)
    backfill_days = models.PositiveSmallIntegerField(default=0)
    backfilled_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True)
    # The daily comparison with the server: how many mails of the last days it has and we have not (P9).
    gap_checked_at = models.DateTimeField(null=True)
    gap = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "mailboxes"


class ReplyToken(WorkspaceModel):
    """`reply+<token>@domain`: 128 random bits that lead one recipient's answers to one conversation (EM-8.1).

    The directory (PublicAddress, kind "reply") tells whose token it is; what it opens stands here, in the workspace.
    """

    token = models.CharField(max_length=40, unique=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reply_tokens")
    address = models.CharField(max_length=320)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["conversation", "address"], name="token_of_a_recipient")
        ]


class AutomaticMail(WorkspaceModel):
    """One mail that a machine of ours sent: what loop and flood breakers count."""

    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=320)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "address", "sent_at"], name="automatic_to_address"),
            models.Index(fields=["workspace", "sent_at"], name="automatic_of_workspace"),
        ]
