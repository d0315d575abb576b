"""Chatflow: what greets a visitor, and where. ChatflowVersion: one wording of it. FlowSession: one visitor's walk
through a bot. FlowCount: what became of it, counted by the hour.
"""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models import Conversation
from inboxes.models import Channel
from workspaces.models import Member
from workspaces.scope import ScopedManager, WorkspaceModel


class FlowKind(models.TextChoices):
    LIVE = "live", _("Live chat")
    BOT = "bot", _("Bot")


class FlowStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")
    ARCHIVED = "archived", _("Archived")


class ChatflowQuerySet(models.QuerySet):
    def present(self):
        return self.exclude(status=FlowStatus.ARCHIVED)

    def live(self):
        """Those that visitors may meet: switched on, and published at least once."""
        return self.filter(status=FlowStatus.LIVE, published__isnull=False)

    def in_order(self):
        """By priority: of those that match, the first one shows (TG-7)."""
        return self.order_by("position", "pk")


class Chatflow(WorkspaceModel):
    """Belongs to one channel, and through it to one inbox (CF-2). What it says and does stands in its versions."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="chatflows")
    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(max_length=4, choices=FlowKind)
    status = models.CharField(max_length=8, choices=FlowStatus, default=FlowStatus.DRAFT)
    # From the top, 1 first; of its channel. The first that matches shows.
    position = models.IntegerField(default=0)
    language = models.CharField(max_length=10, default="en")
    # The template it was made from; "" for one that was imported.
    template = models.CharField(max_length=20, blank=True, default="", db_default="")
    # On Messenger there are no pages to tell flows apart: this one answers who comes without a link of a flow.
    is_primary = models.BooleanField(default=False, db_default=False)
    published = models.ForeignKey(
        "ChatflowVersion", null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    # A published version on trial beside it, and how many visitors of a hundred meet that one.
    rival = models.ForeignKey(
        "ChatflowVersion", null=True, blank=True, on_delete=models.RESTRICT, related_name="+"
    )
    rival_share = models.PositiveSmallIntegerField(default=50, db_default=50)
    trial_since = models.DateTimeField(null=True, blank=True)
    # Sealed; servers that its bot calls check our signature with it.
    secret = models.TextField(blank=True, default="", db_default="")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ScopedManager.from_queryset(ChatflowQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="chatflows_chatflow_ws_id"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(is_primary=True), name="one_primary_flow_of_a_channel"
            ),
            models.CheckConstraint(
                condition=~Q(status=FlowStatus.LIVE) | Q(published__isnull=False),
                name="live_flows_are_published",
            ),
        ]
        indexes = [models.Index(fields=["channel", "position", "id"], name="flows_in_order")]

    def __str__(self):
        return self.name

    def is_live(self) -> bool:
        return self.status == FlowStatus.LIVE


class ChatflowVersionQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(published_at=None)

    def published(self):
        return self.filter(published_at__isnull=False)


class ChatflowVersion(WorkspaceModel):
    """All that one version says and does. Published ones never change; the one that is not is the draft (CF-5)."""

    chatflow = models.ForeignKey(Chatflow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # What visitors' browsers know it by.
    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    # The steps of a bot, as chatflows/definition.py reads them; of a live chat it is empty.
    definition = models.JSONField(default=dict, blank=True)
    # On which pages and to whom, as chatflows/targeting.py reads it.
    targeting = models.JSONField(default=dict, blank=True)
    # When and how it opens: chatflows/settings_of.py reads these two.
    display = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    # {language: {name of a text: text}}
    translations = models.JSONField(default=dict, blank=True)
    # Moves with every saved change of the draft: who saves says which one they had in front of them.
    revision = models.IntegerField(default=1, db_default=1)
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedManager.from_queryset(ChatflowVersionQuerySet)()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="chatflows_chatflowversion_ws_id"),
            models.UniqueConstraint(fields=["chatflow", "number"], name="flow_version_number_once"),
            models.UniqueConstraint(
                fields=["chatflow"], condition=Q(published_at=None), name="one_draft_of_a_flow"
            ),
        ]

    def __str__(self):
        return f"{self.chatflow.name} {self.number}"


class Outcome(models.TextChoices):
    COMPLETED = "completed", _("Completed")  # reached a last step
    ABANDONED = "abandoned", _("Abandoned")  # answered something, then no more until the time was up
    HANDED_OVER = "handed_over", _("Handed over")  # to a person, by the bot or by the person
    ENDED = "ended", _("Ended")  # stopped by something else: closed, trashed, the flow archived


class FlowSession(WorkspaceModel):
    """One walk through a bot. It finishes on the version it began with, whatever is published meanwhile (CF-5)."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="flow_sessions")
    version = models.ForeignKey(ChatflowVersion, on_delete=models.RESTRICT, related_name="sessions")
    # What the machine of chatflows/engine.py needs to go on.
    state = models.JSONField(default=dict)
    step = models.CharField(max_length=64, blank=True, default="")
    # The inputs so far, for a replay: [[seconds since the start, input], …].
    inputs = models.JSONField(default=list, blank=True)
    # What was known of the visitor when it began.
    facts = models.JSONField(default=dict, blank=True)
    # Up to which message of the conversation it has answered: a message is never answered twice.
    handled_seq = models.IntegerField(default=0, db_default=0)
    # What the bot says and does next, and when: effects that wait for the typing delay.
    waiting = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_input_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="", db_default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="chatflows_flowsession_ws_id"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at=None), name="one_walk_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="an_ended_walk_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="walks_due"),
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="walks_to_expire"),
            models.Index("version", models.F("id").desc(), name="walks_of_a_version"),
            models.Index(
                "version",
                "step",
                models.F("ended_at").desc(),
                models.F("id").desc(),
                condition=Q(outcome=Outcome.ABANDONED),
                name="walks_left_at_a_step",
            ),
        ]

    def is_over(self) -> bool:
        return self.ended_at is not None


class Measure(models.TextChoices):
    """What is counted. Those of a step name it; the others stand for the whole flow."""

    SHOWN = "shown"  # a page showed its launcher
    OPENED = "opened"
    STARTED = "started"  # the visitor wrote or chose something for the first time
    REACHED = "reached"
    ANSWERED = "answered"
    DROPPED = "dropped"  # the walk was abandoned at this step
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    HANDED_OVER = "handed_over"
    ENDED = "ended"


class FlowCount(WorkspaceModel):
    """How often something happened in one hour, for one version and, where it has one, one step."""

    chatflow = models.ForeignKey(Chatflow, on_delete=models.CASCADE, related_name="counts")
    version = models.ForeignKey(ChatflowVersion, on_delete=models.CASCADE, related_name="counts")
    step = models.CharField(max_length=64, blank=True, default="")
    measure = models.CharField(max_length=12, choices=Measure)
    hour = models.DateTimeField()
    n = models.IntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["version", "measure", "step", "hour"], name="flow_counted_once_an_hour"
            ),
        ]
        indexes = [models.Index(fields=["chatflow", "hour"], name="counts_of_a_flow")]


class FlowSettings(WorkspaceModel):
    """What holds for all chatflows of a workspace. Absent: everything as it is by default."""

    # TG-8: when the chatflow that fits hides because nobody is there, the next one that fits shows instead.
    fall_through_when_unavailable = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="flow_settings_once")]


from chatflows.models_meeting import Meeting  # noqa: E402
from chatflows.models_resume import ResumeLink  # noqa: E402
from chatflows.models_widget import (  # noqa: E402  its tables refer to none of the above
    Article,
    ConsentKind,
    ConsentProof,
    IdentitySecret,
    SurveyAnswer,
)

__all__ = [
    "Article",
    "Chatflow",
    "ChatflowVersion",
    "ConsentKind",
    "ConsentProof",
    "FlowCount",
    "FlowKind",
    "FlowSession",
    "FlowSettings",
    "FlowStatus",
    "IdentitySecret",
    "Measure",
    "Meeting",
    "Outcome",
    "ResumeLink",
    "SurveyAnswer",
]
