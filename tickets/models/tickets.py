"""The ticket itself: one matter of one person, from the first message until it is settled."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Company, Contact
from inboxes.models import Inbox, sees_only_own
from tickets.models.pipelines import Pipeline, Priority, Stage
from workspaces.models import Member, Team
from workspaces.permissions import Permission
from workspaces.scope import ScopedManager, WorkspaceModel


class Source(models.TextChoices):
    EMAIL = "email", _("Email")
    CHAT = "chat", _("Chat")
    FORM = "form", pgettext_lazy("source", "Form")
    PHONE = "phone", _("Phone")
    MESSENGER = "messenger", _("Facebook Messenger")
    OTHER = "other", pgettext_lazy("source", "Other")


class MadeBy(models.TextChoices):
    """Who made it: service levels may leave out what no person did (SL-4)."""

    HAND = "hand"
    CHANNEL = "channel"
    BOT = "bot"
    RULE = "rule"
    API = "api"


class TicketQuerySet(models.QuerySet):
    def present(self):
        """Neither deleted nor part of another."""
        return self.filter(deleted_at=None, merged_into=None)

    def open(self):
        return self.present().filter(closed_at=None)

    def visible_to(self, member: Member):
        """What a member may read: through its inbox, as conversations are (AC-1, AC-6). Loading is the permission check."""
        if not (member.may(Permission.WORK) or member.reads_every_inbox()):
            return self.none()
        if sees_only_own(member):
            teams = TicketTeam.objects.filter(team__in=member.teams.all()).values("ticket")
            own = Q(owner=member) | Q(owner=None, pk__in=teams)
            reached = Q(inbox=None) | Q(inbox__in=Inbox.objects.worked_by(member))
            return self.filter(own, reached)
        if member.reads_every_inbox():
            return self
        return self.filter(Q(inbox=None) | Q(inbox__in=Inbox.objects.visible_to(member)))

    def worked_by(self, member: Member):
        """Those a member may change: membership of the inbox, not rank (AC-1)."""
        if not member.may(Permission.WORK):
            return self.none()
        return self.visible_to(member).filter(Q(inbox=None) | Q(inbox__in=Inbox.objects.worked_by(member)))


class Ticket(WorkspaceModel):
    # What people call it; counted for each workspace by TicketCounter.
    number = models.PositiveIntegerField()
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="tickets")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="tickets")
    name = models.CharField(_("Name"), max_length=300)
    description = models.TextField(_("Description"), max_length=20_000, blank=True, default="")
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.MEDIUM)
    category = models.CharField(_("Category"), max_length=60, blank=True, default="")
    source = models.CharField(max_length=10, choices=Source, default=Source.OTHER)
    made_by = models.CharField(max_length=8, choices=MadeBy, default=MadeBy.HAND)
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    # Where its conversation stands; none for one made by hand without a conversation. When an inbox goes, its tickets
    # go with the conversations (tickets/leaving.py): nobody shall see one because its inbox is not there any more.
    inbox = models.ForeignKey(
        Inbox, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="tickets"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    # Its place in the column of the board, smallest on top. What comes in gets minus the time: it is on top.
    position = models.FloatField(default=0)
    resolution = models.TextField(_("Resolution"), max_length=5000, blank=True, default="")
    # {key of a definition: value}, as contacts/custom.py checks and writes it.
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    conversations_count = models.PositiveIntegerField(default=0, db_default=0)
    # Moves with every change: names the card, orders live updates.
    version = models.IntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    last_customer_reply_at = models.DateTimeField(null=True)
    last_agent_reply_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    deleted_at = models.DateTimeField(null=True)
    # Of the promise that is due next, when one is (tickets/sla/shown.py keeps them).
    due_half_at = models.DateTimeField(null=True)
    due_soon_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    teams = models.ManyToManyField(Team, through="TicketTeam", related_name="tickets")

    objects = ScopedManager.from_queryset(TicketQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="tickets_ticket_ws_id"),
            models.UniqueConstraint(fields=["workspace", "number"], name="ticket_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["stage", "position", "id"],
                condition=Q(deleted_at=None, merged_into=None),
                name="tickets_of_stage",
            ),
            models.Index(
                fields=["workspace", "-updated_at", "-id"],
                condition=Q(deleted_at=None, merged_into=None),
                name="tickets_by_update",
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=Q(deleted_at=None, merged_into=None),
                name="tickets_by_age",
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=Q(deleted_at=None, merged_into=None),
                name="tickets_of_owner",
            ),
            models.Index(fields=["contact", "-created_at"], name="tickets_of_contact"),
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(deleted_at=None, merged_into=None, due_at__isnull=False),
                name="tickets_by_due",
            ),
        ]

    def __str__(self):
        return f"#{self.number} {self.name}"

    def is_open(self) -> bool:
        return self.closed_at is None


class TicketTeam(WorkspaceModel):
    """A team that answers for it. It stays when the owner goes (TK-10)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="team_marks")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["ticket", "team"], name="ticket_team_once")]


class TicketCounter(WorkspaceModel):
    """The last number that a workspace gave."""

    last = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="ticket_counter_once")]
