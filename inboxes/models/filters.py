"""What keeps mail out, or lets it in: lists of senders, and switches."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.models import Member
from workspaces.scope import WorkspaceModel


class SenderList(models.TextChoices):
    ALLOW = "allow", _("Allow")
    DENY = "deny", _("Deny")


class SenderRule(WorkspaceModel):
    """One line of the allow or the deny list: a full address or a bare domain, in lower case (SP-2, SP-3)."""

    list = models.CharField(max_length=5, choices=SenderList)
    value = models.CharField(max_length=320)
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "list", "value"], name="sender_once_per_list"),
        ]


class MailFilters(WorkspaceModel):
    """Which kinds of mail go to the Filtered view (SP-5). No row: the defaults."""

    auto_replies = models.BooleanField(_("Automatic replies and out-of-office notes"), default=True)
    marketing = models.BooleanField(_("Newsletters and mailing lists"), default=True)
    unsubscribe_links = models.BooleanField(_("Mail with an unsubscribe link"), default=True)
    # Off: info@ and sales@ are real customers of many.
    role_senders = models.BooleanField(_("Senders such as no-reply@ or postmaster@"), default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="mail_filters_once")]
