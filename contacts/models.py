"""Contact, the addresses they write from, their company; and the visitor who is not a contact yet (TR-3)."""

from django.db import models
from django.db.models.functions import Coalesce, Lower, Now, NullIf, Reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.models import Member, hue_of, initials_of
from workspaces.scope import WorkspaceModel


class Company(WorkspaceModel):
    name = models.CharField(max_length=200)
    # In small letters; whoever writes from it belongs here (SB-5).
    domain = models.CharField(max_length=253, blank=True)
    # {key of a definition: value}, as contacts/custom.py checks and writes it.
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When what stands here was last changed; a trigger keeps it.
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="contacts_company_ws_id")]
        indexes = [
            models.Index(fields=["workspace", "domain"], name="companies_by_domain"),
            models.Index("workspace", Lower("name"), "id", name="companies_by_name"),
            models.Index(fields=["workspace", "updated_at", "id"], name="companies_by_change"),
        ]

    def __str__(self):
        return self.name

    @property
    def hue(self) -> int:
        return hue_of(self.name)

    @property
    def initials(self) -> str:
        return initials_of(self.name)


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
    # The digits of the phone with its country, for searching: however it was typed.
    phone_key = models.CharField(max_length=40, blank=True, default="", db_default="")
    # When they last wrote; a trigger over messages keeps it, ten minutes exact.
    last_seen_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When their card was last changed: an address or a merge counts, a message does not. A trigger keeps it.
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    # Out of the lists, and gone for good thirty days later; who writes again comes back.
    deleted_at = models.DateTimeField(null=True, blank=True)
    # A column, since a row policy lets no function of the name bound an index.
    sort_name = models.GeneratedField(
        expression=Lower(
            Coalesce(NullIf("name", models.Value("")), NullIf("email", models.Value("")), models.F("phone"))
        ),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "id"], name="contacts_contact_ws_id")]
        indexes = [
            models.Index(
                "workspace", models.F("last_seen_at").desc(), models.F("id").desc(),
                condition=models.Q(deleted_at=None), name="contacts_by_seen",
            ),
            models.Index(
                "workspace", "sort_name", "id", condition=models.Q(deleted_at=None), name="contacts_by_name"
            ),
            models.Index(
                fields=["workspace", "owner"], condition=models.Q(owner__isnull=False), name="contacts_by_owner"
            ),
            models.Index(
                fields=["workspace", "phone_key"], condition=~models.Q(phone_key=""), name="contacts_by_phone"
            ),
            models.Index(
                "workspace", Reverse("phone_key"), condition=~models.Q(phone_key=""), name="contacts_by_phone_end"
            ),
            models.Index(fields=["workspace", "updated_at", "id"], name="contacts_by_change"),
            models.Index(
                fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="contacts_deleted"
            ),
        ]  # fmt: skip

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
    # They wrote from it, or the customer's server signed it; what was only typed proves nothing (TR-6).
    proven_at = models.DateTimeField(null=True, blank=True)
    # The key of the picture that they show there, in the storage; it goes with the row.
    avatar = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", "kind", Lower("value"), name="address_of_one_contact"),
        ]
        # Small letters are kept; a row policy lets no function of the value bound an index.
        indexes = [models.Index(fields=["workspace", "kind", "value"], name="address_by_value")]


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
    COMPANY = "company", _("Company")
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
    # Of tickets alone: kept is the member's number.
    MEMBER = "member", _("Somebody of the team")
    # Kept is {"key", "name", "size", "thumb"}; the bytes stand in a higher room (contacts/custom_files.py).
    FILE = "file", pgettext_lazy("what a property holds", "A file")


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


class ByDomain(models.TextChoices):
    """What the domain of a new contact's address says about their company (SB-5)."""

    KNOWN = "known", _("They join the company that has the domain of their address")
    CREATE = "create", _("They join it, and a company is made for a domain that is new")
    OFF = "off", _("Nothing: companies are chosen by hand")


class ContactCard(WorkspaceModel):
    """How a workspace keeps its contacts: which properties stand beside a thread, and in which order (SB-1); where phone
    numbers without a country are; what an address says of the company. No row: all properties, and the defaults."""

    properties = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True, default="", db_default="")
    by_domain = models.CharField(
        max_length=6, choices=ByDomain, default=ByDomain.KNOWN, db_default=ByDomain.KNOWN
    )

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


from contacts.models_files import (  # noqa: E402, F401
    ContactExport,
    ContactImport,
    ImportRow,
    ImportState,
    OnMatch,
    Outcome,
)
from contacts.models_lists import ContactList, ListKind, ListMember  # noqa: E402, F401
from contacts.models_record import (  # noqa: E402, F401
    CompanyMerge,
    ContactJob,
    ContactView,
    PagesSeen,
    PropertyChange,
    Shared,
)
