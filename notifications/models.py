"""What a member is told, how they want to be told, and on which devices."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models import Comment, Conversation, Message
from inboxes.models import Channel
from notifications.topics import Topic
from tickets.models import Ticket
from workspaces.models import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class NotificationQuerySet(models.QuerySet):
    def of(self, member: Member):
        """Theirs, of what they may still see: access that was taken back takes the words along."""
        seen = Conversation.objects.visible_to(member).values("pk")
        tickets = Ticket.objects.visible_to(member).values("pk")
        return self.filter(
            Q(conversation=None) | Q(conversation__in=seen),
            Q(ticket=None) | Q(ticket__in=tickets),
            member=member,
        )

    def unread(self):
        return self.filter(read_at=None)

    def in_bell(self):
        return self.filter(in_bell=True)


class Notification(WorkspaceModel):
    """One thing one member is told. It holds no words: those are read where they stand, so that what is redacted is gone.

    `key` names what happened, once per member: running a reaction twice, or mentioning twice, tells once (NO-5).
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    topic = models.CharField(max_length=12, choices=Topic)
    # A word more about the topic: "team", "held", "woken".
    about = models.CharField(max_length=12, blank=True)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="+")
    # Of a ticket without a conversation; else the conversation is what one goes to.
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    # By which ways, decided when it happened: quiet hours that begin later change nothing.
    ways = models.JSONField(default=list)
    in_bell = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    # When its mail and its push are due; null when there is none or it is done.
    mail_due_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    push_due_at = models.DateTimeField(null=True)
    push_tries = models.PositiveSmallIntegerField(default=0)

    objects = ScopedManager.from_queryset(NotificationQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="told_once")]
        indexes = [
            models.Index("member", models.F("id").desc(), name="told_to_member"),
            models.Index(fields=["member", "conversation"], condition=Q(read_at=None), name="told_unread"),
            models.Index(
                fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="told_mail_due"
            ),
            models.Index(
                fields=["push_due_at"], condition=Q(push_due_at__isnull=False), name="told_push_due"
            ),
            models.Index(fields=["created_at"], name="told_at"),
        ]


class Preferences(WorkspaceModel):
    """What somebody chose, and nothing else: what is not said follows the workspace's defaults, then ours (NO-3).

    Without a member: the workspace's defaults. `matrix` is {topic: {way: bool}}, `switches` {way: bool}.
    """

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    matrix = models.JSONField(default=dict)
    switches = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)

    class Meta(WorkspaceModel.Meta):
        verbose_name_plural = "preferences"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member"], name="preferences_once", nulls_distinct=False
            ),
        ]


class Mute(WorkspaceModel):
    """A conversation one member wants to hear nothing of, unless it is given to them or they are named in it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="mute_once")]


class Device(WorkspaceModel):
    """A browser that takes pushes for a member, as long as they are signed in there."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    # Our public key that it was made with: another key cannot push to it.
    server_key = models.CharField(max_length=100)
    session_key = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_push_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "endpoint"], name="device_once")]


class MailCount(WorkspaceModel):
    """How many mails of a topic somebody got in a day: at most a thousand, the rest is dropped (NO-4)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic)
    day = models.DateField()
    sent = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["member", "topic", "day"], name="mail_count_once")]
