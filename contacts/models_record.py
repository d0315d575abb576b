"""What stands around a contact: how they became what they are, the lists that members keep, verbs for many at once."""

from django.db import models
from django.utils import timezone

from contacts.models import About, Company, Contact, Visitor
from workspaces.models import Member, Team
from workspaces.scope import WorkspaceModel


class PropertyChange(WorkspaceModel):
    """One property of one contact, or of one company, was written: what it was, what it is, and who did it."""

    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="changes")
    company = models.ForeignKey(Company, null=True, on_delete=models.CASCADE, related_name="changes")
    # A key of contacts/properties.py, "p7" of a property of the workspace's own, "address", "blocked", "deleted".
    key = models.CharField(max_length=20)
    before = models.CharField(max_length=500, blank=True)
    after = models.CharField(max_length=500, blank=True)
    # Nobody: a bot, a form or the customer's site wrote it; `how` says which.
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=10, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False, company=None)
                | models.Q(contact=None, company__isnull=False),
                name="property_change_of_one",
            )
        ]
        indexes = [
            models.Index("contact", models.F("at").desc(), name="changes_of_contact"),
            models.Index(
                "company", models.F("at").desc(), condition=models.Q(company__isnull=False),
                name="changes_of_company",
            ),
            models.Index(fields=["workspace", "at"], name="changes_by_time"),
        ]  # fmt: skip


class PagesSeen(WorkspaceModel):
    """The last pages of a customer's site that the browser of a contact looked at. A row of its own: who chats need not load it."""

    visitor = models.OneToOneField(Visitor, on_delete=models.CASCADE, related_name="seen")
    # [[moment in ISO, address], …], newest first.
    pages = models.JSONField(default=list)
    first_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "first_at"], name="pages_seen_by_age")]


class CompanyMerge(WorkspaceModel):
    """Two companies became one: what is needed to part them again within thirty days."""

    kept = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="merges")
    # The company that is gone; {"app.model.field": [ids]} of what came over; whether its domain did, and which properties.
    gone = models.JSONField()
    moved = models.JSONField(default=dict)
    filled_domain = models.BooleanField(default=False)
    filled = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["kept", "created_at"], name="merges_of_company")]


class Shared(models.TextChoices):
    PRIVATE = "private"
    TEAM = "team"
    EVERYONE = "everyone"


class ContactView(WorkspaceModel):
    """A list of contacts, or of companies, that somebody keeps: its filters, its columns, its order."""

    about = models.CharField(max_length=12, choices=About, default=About.CONTACT, db_default=About.CONTACT)
    name = models.CharField(max_length=60)
    maker = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    sharing = models.CharField(max_length=8, choices=Shared, default=Shared.PRIVATE)
    # Without its team, what was for a team is its maker's alone.
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=8, default="seen")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "maker"], name="contact_views_of_maker")]

    def __str__(self):
        return self.name


class ContactJob(WorkspaceModel):
    """One verb for many contacts, or for many companies: how far it is, and what is needed to take it back."""

    about = models.CharField(max_length=12, choices=About, default=About.CONTACT, db_default=About.CONTACT)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=10)
    argument = models.JSONField(default=dict)
    ids = models.JSONField(default=list)
    looked_at = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    # [[contact or company, what it was], …] of those that were changed.
    before = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["moved_at"],
                condition=models.Q(finished_at=None) | models.Q(undo_asked_at__isnull=False, undone_at=None),
                name="contact_jobs_to_do",
            )
        ]

    def is_running(self) -> bool:
        return self.finished_at is None or (self.undo_asked_at is not None and self.undone_at is None)
