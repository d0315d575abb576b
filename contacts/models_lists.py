"""Lists of contacts: kept by hand, or by a rule that says who belongs to them."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Contact
from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class ListKind(models.TextChoices):
    STATIC = "static", pgettext_lazy("list", "Kept by hand")
    RULE = "rule", pgettext_lazy("list", "Kept by a rule")


class ContactList(WorkspaceModel):
    name = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(max_length=6, choices=ListKind, default=ListKind.STATIC)
    # Of a rule: {key of a filter: value}, as the page of contacts asks; "me" is written down as who it was.
    rule = models.JSONField(default=dict)
    maker = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    size = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Of a rule: until when changes of contacts are taken in, and when everybody was last looked at.
    looked_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="contact_list_name_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="contacts_contactlist_ws_id"),
        ]

    def __str__(self):
        return self.name

    @property
    def by_rule(self) -> bool:
        return self.kind == ListKind.RULE


class ListMember(WorkspaceModel):
    contact_list = models.ForeignKey(ContactList, on_delete=models.CASCADE, related_name="rows")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="list_rows")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["contact_list", "contact"], name="in_a_list_once")]
