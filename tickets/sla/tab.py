"""Service levels are a tab of an inbox's settings (SL-1)."""

from django.utils.translation import gettext_lazy as _

from inboxes import tabs
from workspaces.permissions import Permission

TAB = tabs.Tab("sla", _("Service levels"), "tickets:service_levels", str(Permission.MANAGE_SLA.value))


def register() -> None:
    tabs.register(TAB)
