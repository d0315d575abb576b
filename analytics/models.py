"""Facts: what happened, once. Roll-ups: the same facts added up, so that a report never reads the history.

A fact is derived from a conversation or a ticket and its part of the log, never written by who acts: they can be thrown
away and read again, and come out the same (docs/architecture.md, "Figures").
"""

import uuid
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from analytics.days import Days
from workspaces.models import Member
from workspaces.scope import WorkspaceModel

# Before anything ever happened.
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


class Kind(models.TextChoices):
    """What a fact tells. `at` is the moment it counts in; what `seconds` measures stands beside it."""

    CREATED = "created"  # at its beginning; member: its owner now
    CLOSED = "closed"  # each closing; since it began; member: its owner then
    UNDONE = "undone"  # at the closing that a re-opening took back: closed less undone stayed closed
    REOPENED = "reopened"  # since the closing
    SETTLED = "settled"  # the last closing; the sum of the times it was open
    # This, the next and WAIT count at its beginning, whenever it was answered (AN-5); member: who answered.
    FIRST_RESPONSE = "first_response"  # since the first message of the other side
    FIRST_BY_OWNER = "first_by_owner"  # the same answer, since it was given to who answered (DM-7)
    RESPONSE = "response"  # every reply that ends a wait; since the oldest message it answers
    REPLY = "reply"  # every reply, with or without somebody waiting
    WAIT = "wait"  # the first reply of a person; since the first message, or since the bot handed over
    ASSIGNED = "assigned"  # each time somebody gets it; since it began; member: who gets it
    HANDED_OVER = "handed_over"  # by a bot; since the bot began
    MISSED = "missed"  # a chat without a person's reply for two minutes of open hours (AN-4)
    RATED = "rated"  # a vote; value: 1 to 5; at the vote; member: whom it is about
    ASKED = "asked"  # somebody was asked for a vote
    BOT_STARTED = "bot_started"  # a session of a chatflow, at its beginning
    BOT_COMPLETED = "bot_completed"  # it came to its end, counted at its beginning (so that shares add up)
    BOT_ABANDONED = "bot_abandoned"  # the visitor left it, counted at its beginning
    BOT_HANDED_OVER = "bot_handed_over"  # it gave over to a person, counted at its beginning
    TICKET_CREATED = "ticket_created"
    TICKET_CLOSED = "ticket_closed"  # each closing; since it was made; member: its owner then
    TICKET_REOPENED = "ticket_reopened"
    SLA_MET = "sla_met"  # a clock that ended in time; value: which goal (Goal's order)
    SLA_BREACHED = "sla_breached"  # a clock that ran over, at the moment it did


class Subject(models.TextChoices):
    CONVERSATION = "c"
    TICKET = "t"


class Fact(WorkspaceModel):
    """One fact. `key` names it within its subject (a message, an event, a session), so that it can be there only once.

    What it points to is kept as numbers without foreign keys: a fact outlives a closed inbox or a deleted flow, and is
    written only by the reader, from rows of this workspace; the row policy binds it.
    """

    subject = models.CharField(max_length=1, choices=Subject)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=40)
    at = models.DateTimeField()
    # By the calendar, and within working hours (of the channel, else the workspace) as they stood when it was read.
    seconds = models.IntegerField(null=True)
    worked = models.IntegerField(null=True)
    value = models.IntegerField(null=True)
    # 0 or "": none.
    inbox_id = models.BigIntegerField(default=0)
    channel_id = models.BigIntegerField(default=0)
    channel_kind = models.CharField(max_length=20, blank=True, default="")
    team_id = models.BigIntegerField(default=0)
    member_id = models.BigIntegerField(default=0)
    chatflow_id = models.BigIntegerField(default=0)
    version_id = models.BigIntegerField(default=0)
    country = models.CharField(max_length=2, blank=True, default="")
    priority = models.CharField(max_length=8, blank=True, default="")
    # The path of the page it began on, without what follows a question mark.
    page = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=10, blank=True, default="")
    pipeline_id = models.BigIntegerField(default=0)
    labels = ArrayField(models.BigIntegerField(), default=list)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "subject", "subject_id", "kind", "key"], name="fact_once"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "kind", "at", "id"], name="facts_in_time"),
            # What stood open, and whose it is now, without reading the facts themselves (numbers.backlog, open_then).
            models.Index(
                fields=["workspace", "member_id", "team_id", "subject_id"],
                include=["at", "kind"],
                condition=models.Q(kind="created"),
                name="facts_of_owners",
            ),
            models.Index(
                fields=["workspace", "kind", "at"],
                include=["subject_id"],
                condition=models.Q(kind__in=["created", "reopened", "closed"]),
                name="openings_in_time",
            ),
        ]


class Rollup(WorkspaceModel):
    """The facts of a kind on a day of the workspace's zone, by inbox and channel, and by one thing more (`by`): one row.

    Histograms are sparse and in order, each number `bucket << 32 | how many`; none is null. They add up over any days and
    people, so that a median of a quarter is the median of the quarter. Buckets: `analytics/buckets.py`.
    """

    pk = models.CompositePrimaryKey("workspace_id", "kind", "by", "at", "inbox_id", "channel_id", "value")
    # The key begins with it: an index of its own would be a second one of the same.
    workspace = models.ForeignKey(
        "workspaces.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16, choices=Kind)
    # "", member, team, chatflow, version, label, country, priority, page, source, pipeline
    by = models.CharField(max_length=10, blank=True, default="")
    at = models.DateTimeField()  # where the day begins
    inbox_id = models.BigIntegerField(default=0)
    channel_id = models.BigIntegerField(default=0)
    value = models.CharField(max_length=200, blank=True, default="")
    # The channel's; no part of the key.
    channel_kind = models.CharField(max_length=20, blank=True, default="")
    n = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)  # of the values
    calendar_total = models.BigIntegerField(default=0)
    worked_total = models.BigIntegerField(default=0)
    # The bucket is how many minutes after the day's beginning the hour begins. Not of everything (rollups.WITHOUT_HOURS).
    hours = ArrayField(models.BigIntegerField(), null=True)
    # Durations by the calendar, within working hours; the values themselves.
    calendar = ArrayField(models.BigIntegerField(), null=True)
    worked = ArrayField(models.BigIntegerField(), null=True)
    scores = ArrayField(models.BigIntegerField(), null=True)

    class Meta(WorkspaceModel.Meta):
        pass


class Reading(WorkspaceModel):
    """How far the reader is in this workspace's log, and how far with reading everything again."""

    # Every event up to this one is read and was written long enough ago that none with a lower number can still appear.
    event_id = models.BigIntegerField(default=0)
    # Up to which event the last look saw everything, and how many those above `event_id` were: as long as they are as many,
    # none has come in between and none has to be looked at again.
    seen_id = models.BigIntegerField(default=0)
    seen = models.IntegerField(default=0)
    # The time zone and the hours that the roll-ups were made with: another zone means reading them again.
    time_zone = models.CharField(max_length=64, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    # Reading everything again: asked when, from what on (nothing: from the first), how far ("c:123", "t:45"), done when.
    again_asked_at = models.DateTimeField(null=True)
    again_since = models.DateTimeField(null=True)
    again_at = models.CharField(max_length=24, blank=True, default="")
    again_done_at = models.DateTimeField(null=True)
    # Making roll-ups anew from the facts: up to where it came (nothing: none is under way), in which zone's days those
    # after that still are, and of which kinds (nothing: of all).
    anew_at = models.DateTimeField(null=True)
    anew_was = models.CharField(max_length=64, blank=True, default="", db_default="")
    anew_kinds = ArrayField(models.CharField(max_length=16), null=True)
    # Whether all roll-ups have their hours. False: those made before had those of the whole only, and are to be made anew;
    # nothing: they are being.
    hours_kept = models.BooleanField(null=True, default=True, db_default=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="reading_once")]

    @property
    def is_read_again(self) -> bool:
        return self.again_asked_at is not None and self.again_done_at is None

    @property
    def days(self) -> Days:
        """In which days the roll-ups are."""
        return Days(self.time_zone, self.anew_was, self.anew_at)

    def begin_anew(self, *, zone: str = "", kinds: list[str] | None = None) -> None:
        """Roll-ups are made anew (analytics/anew.py): in the days of another zone, or of some kinds. Not while they are."""
        self.anew_was = self.time_zone or zone
        self.time_zone = zone or self.time_zone
        self.anew_at, self.anew_kinds = BEGINNING, kinds
        if kinds is None and self.hours_kept is False:
            self.hours_kept = None
        self.save(update_fields=["time_zone", "anew_at", "anew_was", "anew_kinds", "hours_kept"])


class SubjectRead(WorkspaceModel):
    """Up to which event the facts of a conversation or ticket are read: the same events are not read twice."""

    subject = models.CharField(max_length=1, choices=Subject)
    subject_id = models.BigIntegerField()
    event_id = models.BigIntegerField(default=0)
    events = models.IntegerField(default=0)
    # When time alone will make a fact of it: a chat that nobody answers is missed without anything happening.
    look_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "subject", "subject_id"], name="subject_read_once"),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=models.Q(look_at__isnull=False), name="subjects_to_look_at"
            ),
        ]


class Reconciliation(WorkspaceModel):
    """The nightly look whether roll-ups, facts and log still agree; `drift` says where not, empty: they do."""

    at = models.DateTimeField(default=timezone.now)
    first_day = models.DateField()
    last_day = models.DateField()
    looked_at = models.IntegerField(default=0)
    drift = models.JSONField(default=list)
    mended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "-at"], name="reconciliations_newest")]


class OpenThen(WorkspaceModel):
    """Which conversations stood open at a moment, as the facts before it tell (analytics/open_then.py)."""

    at = models.DateTimeField()
    subjects = ArrayField(models.BigIntegerField())

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "at"], name="open_then_once")]


class ReportChoices(WorkspaceModel):
    """How a workspace wants its reports. No row: the usual."""

    SUNDAY = 6
    # The day on which a week of the bots' reports begins, Monday is 0 (AN-3: Sunday).
    bots_week_starts = models.SmallIntegerField(default=SUNDAY)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="report_choices_once")]


class Dashboard(WorkspaceModel):
    """Reports that somebody chose, in their order. Whoever may read reports and has one of `roles` sees it; its maker always."""

    name = models.CharField(max_length=80)
    maker = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    roles = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    # [{"report": key, "half": bool}]
    panels = models.JSONField(default=list)
    # Filters, as an address has them.
    query = models.CharField(max_length=1000, blank=True, default="")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="analytics_dashboard_ws_id")]


class Every(models.TextChoices):
    DAY = "day", gettext_lazy("Every day")
    WEEK = "week", gettext_lazy("Every week")
    MONTH = "month", gettext_lazy("Every month")


class Letter(WorkspaceModel):
    """A page of reports, or a dashboard, by mail to members at an hour of a time zone."""

    page = models.CharField(max_length=40, blank=True, default="")
    dashboard = models.ForeignKey(Dashboard, null=True, on_delete=models.CASCADE, related_name="letters")
    query = models.CharField(max_length=1000, blank=True, default="")
    every = models.CharField(max_length=5, choices=Every, default=Every.WEEK)
    # Of the week, Monday is 0; of the month, at most the 28th, which every month has.
    weekday = models.PositiveSmallIntegerField(default=0)
    day = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=8)
    zone = models.CharField(max_length=64)
    maker = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    next_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="analytics_letter_ws_id"),
            models.CheckConstraint(
                condition=models.Q(page="", dashboard__isnull=False)
                | ~models.Q(page="") & models.Q(dashboard=None),
                name="a_letter_is_about_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="letters_due")]


class LetterReader(WorkspaceModel):
    """Who gets it. Whoever stopped it stays here, so that nobody signs them up again by saving the form."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="readers")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    stopped_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["letter", "member"], name="letter_reader_once")]


class LetterSent(WorkspaceModel):
    """One letter to one member at one due time: this row is why nothing is sent twice."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="sent")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    # Claimed by a worker before it talks to the network, until then; what failed, or whose worker died, is tried again.
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["letter", "member", "due_at"], name="letter_sent_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="letters_waiting"),
        ]


class ExportState(models.TextChoices):
    RUNNING = "running", gettext_lazy("Running")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Stopped")


class FactsExport(WorkspaceModel):
    """All facts of some days as a file, written in the background, fetched by who asked."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    # Filters, as an address has them.
    query = models.CharField(max_length=1000, blank=True, default="")
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.RUNNING)
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["moved_at"],
                condition=models.Q(state=ExportState.RUNNING),
                name="facts_exports_running",
            ),
            models.Index(fields=["expires_at"], name="facts_exports_old"),
        ]

    @property
    def path(self) -> Path:
        folder = Path(settings.DATA_DIR) / "reports" / str(self.workspace_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{self.key}.csv"
