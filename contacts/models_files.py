"""Contacts that come in as a file, and those that go out as one."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import About, Company, Contact
from contacts.models_lists import ContactList
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("Columns to be named")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")
    FAILED = "failed", _("Stopped")


class OnMatch(models.TextChoices):
    """What a row does to somebody who has its address already. An address is one contact's: it makes no second one."""

    UPDATE = "update", _("Write what the file says")
    FILL = "fill", _("Write only what is empty")
    SKIP = "skip", _("Leave them as they are")


class ContactImport(WorkspaceModel):
    """One file: how its columns are read, what it would do, how far it is."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    delimiter = models.CharField(max_length=1, default=",")
    # The first row, and a few of the next; gone when the import is over.
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    # For each column the key of what it is about, "" for nothing.
    mapping = models.JSONField(default=list)
    on_match = models.CharField(max_length=6, choices=OnMatch, default=OnMatch.UPDATE)
    contact_list = models.ForeignKey(ContactList, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.MAPPING)
    # Bytes that are read and rows that are done; while it is taken back, the last row that was.
    position = models.BigIntegerField(default=0)
    row = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    # What the check found: counts, the first mistakes, the first rows.
    plan = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="contacts_contactimport_ws_id")
        ]
        indexes = [
            models.Index(
                fields=["moved_at"],
                condition=models.Q(state__in=["checking", "running", "undoing"]),
                name="contact_imports_to_do",
            )
        ]

    @property
    def path(self) -> Path:
        return folder(self.workspace_id) / f"{self.key}.csv"

    def is_running(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)


class Outcome(models.TextChoices):
    CREATED = "created", pgettext_lazy("row of a file", "New")
    UPDATED = "updated", pgettext_lazy("row of a file", "Changed")
    SAME = "same", pgettext_lazy("row of a file", "As it was")
    SKIPPED = "skipped", pgettext_lazy("row of a file", "Left as they are")
    FAILED = "failed", pgettext_lazy("row of a file", "With a mistake")


class ImportRow(WorkspaceModel):
    """What became of one row: what is needed to take it back, or what was wrong with it."""

    imported = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="rows")
    row = models.IntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    # Of the company whose properties a row wrote there is a line of its own.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # Of a mistake: the row as it came.
    raw = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)


class ContactExport(WorkspaceModel):
    """Contacts, or companies, as a file, for the one who asked."""

    about = models.CharField(max_length=12, choices=About, default=About.CONTACT, db_default=About.CONTACT)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    # {"q", "filters", "ids"}: whom; and the keys of the columns.
    asked = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.RUNNING)
    rows = models.IntegerField(default=0)
    size = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["moved_at"], condition=models.Q(state="running"), name="contact_exports_to_do"
            )
        ]

    @property
    def path(self) -> Path:
        return folder(self.workspace_id) / f"{self.key}-out.csv"


def folder(workspace_id: int) -> Path:
    """Where the files of a workspace stand until they are read, or fetched."""
    place = Path(settings.DATA_DIR) / "contacts" / str(workspace_id)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place
