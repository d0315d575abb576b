"""Conversation: the narrow row that every list reads. Wide and rare things stand in ConversationDetail."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact, Visitor
from inboxes.models import Channel, Inbox, sees_only_own
from workspaces.models import Member, Team
from workspaces.permissions import Permission
from workspaces.scope import ScopedManager, WorkspaceModel


class Status(models.TextChoices):
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class ConversationQuerySet(models.QuerySet):
    def present(self):
        """Neither spam, nor filtered, nor in the trash, nor part of another."""
        return self.filter(spam_at=None, filtered_at=None, trashed_at=None, merged_into=None)

    def open(self):
        return self.present().filter(status=Status.OPEN)

    def assigned_to(self, member: Member):
        return self.filter(assignee=member)

    def unassigned(self):
        """What is anybody's to take: not what a bot still has (RT-10)."""
        return self.filter(assignee=None, team=None, bot_since=None)

    def with_bots(self):
        return self.filter(bot_since__isnull=False)

    def newest_first(self):
        return self.order_by("-last_activity_at", "-pk")

    def visible_to(self, member: Member):
        """What a member may read (AC-1, AC-6). Loading through this *is* the permission check."""
        if sees_only_own(member):
            own = Q(assignee=member) | Q(team__in=member.teams.all())
            return self.filter(own, inbox__in=Inbox.objects.worked_by(member))
        if member.reads_every_inbox():
            return self
        return self.filter(inbox__in=Inbox.objects.visible_to(member))

    def worked_by(self, member: Member):
        """Those a member may act on: reply, comment, assign, close (AC-1, CR-2)."""
        if not member.may(Permission.WORK):
            return self.none()
        return self.visible_to(member).filter(inbox__in=Inbox.objects.worked_by(member))


class Conversation(WorkspaceModel):
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    # Fixed at creation, even if the team later replies by another channel (DM-1).
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="conversations")
    channel_kind = models.CharField(max_length=20)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="conversations")
    visitor = models.ForeignKey(Visitor, null=True, on_delete=models.SET_NULL, related_name="conversations")
    # Copied here so that a list of fifty touches no fifty-first row.
    contact_name = models.CharField(max_length=200, blank=True)
    contact_org = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    preview_kind = models.CharField(max_length=8, default="in", db_default="in")
    language = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    priority = models.CharField(
        max_length=8, choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    assignee = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="assigned")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="assigned")
    # A bot has it since then, until a person does or it gives it up (RT-10).
    bot_since = models.DateTimeField(null=True)
    # The last number given to a message; numbers have no gaps (P5).
    last_seq = models.IntegerField(default=0, db_default=0)
    last_inbound_seq = models.IntegerField(default=0, db_default=0)
    # Since when the customer waits for us; null while we wait for them. Unread is not the same as unanswered.
    waiting_since = models.DateTimeField(null=True)
    # Moves with every change of what a list shows: names the cached row, orders live updates.
    version = models.IntegerField(default=1, db_default=1)
    last_activity_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    spam_at = models.DateTimeField(null=True)
    # Automatic mail set aside: it notifies nobody and opens nothing (SP-5, SP-8).
    filtered_at = models.DateTimeField(null=True)
    # Why it is spam or filtered: a word of conversations/aside.py, shown in the viewer's language.
    aside_reason = models.CharField(max_length=30, blank=True, default="", db_default="")
    trashed_at = models.DateTimeField(null=True)
    # Shown within another one from now on. Its messages stay its own, so that their numbers keep having no gaps.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    # Its ticket's number, and what of that ticket is due next: written by the room above, shown by every list.
    ticket_number = models.PositiveIntegerField(null=True)
    due_half_at = models.DateTimeField(null=True)
    due_soon_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(ConversationQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="conversations_conversation_ws_id"),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED) & Q(closed_at=None)),
                name="closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) | Q(team=None), name="given_to_a_member_or_a_team"
            ),
            models.CheckConstraint(
                condition=Q(bot_since=None) | Q(assignee=None, team=None), name="a_bot_has_what_nobody_has"
            ),
        ]
        indexes = [
            models.Index(
                "workspace",
                "inbox",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(status=Status.OPEN, spam_at=None, filtered_at=None, trashed_at=None),
                name="open_of_inbox",
            ),
            models.Index(
                "workspace",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(status=Status.OPEN, spam_at=None, filtered_at=None, trashed_at=None),
                name="open_of_workspace",
            ),
            models.Index(
                "assignee",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(status=Status.OPEN, spam_at=None, filtered_at=None, trashed_at=None),
                name="open_of_assignee",
            ),
            models.Index(
                "workspace",
                "status",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                name="by_status",
            ),
            models.Index("contact", models.F("last_activity_at").desc(), name="of_contact"),
            models.Index("visitor", models.F("id").desc(), name="of_visitor"),
            # What retention lets go of.
            models.Index(
                fields=["workspace", "closed_at"], condition=Q(status=Status.CLOSED), name="closed_by_age"
            ),
            models.Index(fields=["snoozed_until"], condition=Q(status=Status.SNOOZED), name="to_wake"),
            # Few are not of the usual priority, so the others cost this index nothing.
            models.Index(
                "workspace",
                "priority",
                models.F("last_activity_at").desc(),
                condition=~Q(priority=Priority.NORMAL),
                name="by_priority",
            ),
            models.Index(
                "workspace",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(bot_since__isnull=False),
                name="with_a_bot",
            ),
            # Lists that are sorted by who waits longest, and those that look beside what is open. How many wait, for whom and
            # where, is counted in it: what it carries beside is in other indexes too, so that it costs no update more.
            models.Index(
                fields=["workspace", "waiting_since", "id"],
                include=["inbox", "assignee", "bot_since"],
                condition=Q(
                    status=Status.OPEN,
                    spam_at=None,
                    filtered_at=None,
                    trashed_at=None,
                    merged_into=None,
                    waiting_since__isnull=False,
                ),
                name="longest_waiting",
            ),
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(
                    status=Status.OPEN,
                    spam_at=None,
                    filtered_at=None,
                    trashed_at=None,
                    due_at__isnull=False,
                ),
                name="due_first",
            ),
            models.Index(
                "workspace",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(preview_kind="out", spam_at=None, filtered_at=None, trashed_at=None),
                name="we_wrote_last",
            ),
            models.Index(
                "workspace",
                models.F("last_activity_at").desc(),
                models.F("id").desc(),
                condition=Q(trashed_at__isnull=False)
                | Q(spam_at__isnull=False)
                | Q(filtered_at__isnull=False),
                name="put_aside",
            ),
        ]

    def is_open(self) -> bool:
        return self.status == Status.OPEN

    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    def place(self) -> str:
        """Where lists show it: trash, spam, filtered, else its status."""
        for name in ("trashed", "spam", "filtered"):
            if getattr(self, f"{name}_at"):
                return "trash" if name == "trashed" else name
        return self.status

    def waits_for_us(self) -> bool:
        return self.waiting_since is not None


class ConversationDetail(WorkspaceModel):
    """What is read with one open conversation only."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="detail")
    # What the visitor's side calls it: numbers never leave the house.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made to look around with: nothing written in it leaves the house, and one click removes them all.
    is_sample = models.BooleanField(default=False, db_default=False)
    first_url = models.CharField(max_length=2000, blank=True)
    referrer = models.CharField(max_length=2000, blank=True)
    assigned_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    # Which chatflow it began with, and in which version: rows of a room above, bound by keys of the database (LC-4).
    chatflow = models.BigIntegerField(null=True, db_index=True)
    flow_version = models.BigIntegerField(null=True)
    # Up to which message the visitor has received and seen (DM-3), as watermarks: receipts may come out of order.
    delivered_seq = models.IntegerField(default=0, db_default=0)
    seen_seq = models.IntegerField(default=0, db_default=0)
    seen_at = models.DateTimeField(null=True)
    # Up to which message a visitor who left was written to by mail (CT-14).
    mailed_seq = models.IntegerField(default=0, db_default=0)
    # {key of a definition: value}, as contacts/custom.py checks and writes it.
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace"], condition=Q(is_sample=True), name="samples")]
