"""What hangs on a ticket: conversations, comments, other tickets; and the counters of the board's columns."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from events.models import Event
from inboxes.models import Inbox
from tickets.models.pipelines import Stage
from tickets.models.tickets import Ticket
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class TicketConversation(WorkspaceModel):
    """One ticket a conversation (TK-2); a ticket may have several."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ties")
    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="ticket_tie")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["ticket", "created_at"], name="conversations_of_ticket")]


class TicketComment(WorkspaceModel):
    """Among colleagues. No rule fires on it, and nothing of it leaves the house."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField(_("Comment"), max_length=20_000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["ticket", "created_at"], name="comments_of_ticket")]


class TicketLink(WorkspaceModel):
    """Two tickets that have to do with each other; `a` is the one with the smaller id, so that a pair stands once."""

    a = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_out")
    b = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, default="related")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="ticket_link_once"),
            models.CheckConstraint(condition=models.Q(a__lt=models.F("b")), name="ticket_link_in_order"),
        ]


class TicketEvent(WorkspaceModel):
    """Which events of the log tell of a ticket: its history. A row, for no index finds a key within a payload."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="history")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["ticket", "event"], name="ticket_event_once")]


class TicketMerge(WorkspaceModel):
    """Two tickets became one, or one two: what is needed to undo it within thirty days (TK-12)."""

    kept = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, default="merge")
    # {"conversations": [ids], "comments": [ids], "links": [ids of tickets], "children": [ids]} of what came over.
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["kept", "created_at"], name="merges_of_ticket")]


class TicketCount(WorkspaceModel):
    """How many stand in a stage, of an inbox: +1 and -1 written by a trigger, folded by a sweep; the sum is the number.

    Rows are only ever added by writers, so that two of them never wait for one counter.
    """

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.DO_NOTHING, related_name="+")
    n = models.IntegerField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "stage", "inbox"], include=["n"], name="count_of_stage")]
