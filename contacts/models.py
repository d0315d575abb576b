"""Contact, the addresses they write from, their company; and the visitor who is not a contact yet (TR-3)."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member, hue_of, initials_of
from workspaces.scope import WorkspaceModel


class Company(WorkspaceModel):
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="contacts_company_ws_id")]

    def __str__(self):
        return self.name


class Contact(WorkspaceModel):
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    job_title = models.CharField(max_length=100, blank=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts"
    )
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    city = models.CharField(max_length=100, blank=True)
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # {key of a definition: value}, as contacts/custom.py checks and writes it.
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    # What a blocked person writes is spam (ST-5).
    blocked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="contacts_contact_ws_id")]

    def __str__(self):
        return self.called

    @property
    def called(self) -> str:
        """What to call them on screen: their name, else their address."""
        return self.name or self.email or self.phone or "?"

    @property
    def hue(self) -> int:
        return hue_of(self.called)

    @property
    def initials(self) -> str:
        return initials_of(self.called)


class ContactAddress(WorkspaceModel):
    """A handle by which a contact is known on a kind of channel: one address is one contact's."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=320)
    # Mail to it came back for good, and why; a mail from it clears this.
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    # The team asked to see the remote images of this sender (EM-13).
    shows_images = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", "kind", Lower("value"), name="address_of_one_contact"),
        ]


class Visitor(WorkspaceModel):
    """A browser that acted in a widget. Its token is kept as a hash; an e-mail it claims is a label only (TR-6, T064)."""

    # The channel stands in a higher room; its tenant is bound by the same-workspace key of the migration there.
    channel_id = models.BigIntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="visitors"
    )
    claimed_name = models.CharField(max_length=200, blank=True)
    claimed_email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    page_url = models.CharField(max_length=2000, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)

    # A site proved that this browser is that of a visitor known already: its token opens theirs (TR-5).
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="browsers"
    )
    # The site proved who it is; what was only typed proves nothing (TR-6).
    identified_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="contacts_visitor_ws_id")]


class About(models.TextChoices):
    CONTACT = "contact", _("Contact")
    CONVERSATION = "conversation", _("Conversation")
    TICKET = "ticket", _("Ticket")


class Sort(models.TextChoices):
    """What a property of one's own can hold."""

    TEXT = "text", _("Text")
    LONG = "long", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    MANY = "many", _("Several of a list")
    CHECK = "check", _("Yes or no")
    URL = "url", _("Link")
    EMAIL = "email", _("Email address")
    PHONE = "phone", _("Phone number")


class PropertyDefinition(WorkspaceModel):
    """A property that a workspace made for itself. What it holds never changes its sort: conditions rely on it."""

    about = models.CharField(max_length=12, choices=About)
    label = models.CharField(max_length=60)
    sort = models.CharField(max_length=8, choices=Sort)
    options = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    in_sidebar = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", "about", Lower("label"), name="property_label_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="contacts_propertydefinition_ws_id"),
        ]

    def __str__(self):
        return self.label

    @property
    def key(self) -> str:
        """Under which its values stand. A letter first: PostgreSQL would take a number for a place in a list."""
        return f"p{self.pk}"


class ContactCard(WorkspaceModel):
    """Which properties stand beside a thread, and in which order. No row: all of them (SB-1)."""

    properties = models.JSONField(default=list)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="contact_card_once")]


class MergeRecord(WorkspaceModel):
    """Two contacts became one: what is needed to part them again within thirty days (SB-4)."""

    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    # The contact who is gone, as they were; {"app.model.field": [ids]} of what came over; fields that were filled.
    gone = models.JSONField()
    moved = models.JSONField(default=dict)
    filled = models.JSONField(default=list)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["kept", "created_at"], name="merges_of_contact")]
