"""The tabs of an inbox's settings (IN-4). Rooms above add theirs at start, as service levels will."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.permissions import Permission


@dataclass(frozen=True)
class Tab:
    """`url` is a name that takes the workspace's slug and the inbox's number."""

    key: str
    label: str | Promise
    url: str
    permission: str = str(Permission.MANAGE_INBOXES.value)


_tabs: list[Tab] = [
    Tab("general", _("General"), "inboxes:inbox"),
    Tab("access", _("Access"), "inboxes:access"),
    Tab("channels", _("Channels"), "inboxes:connect"),
]


def register(tab: Tab) -> None:
    if tab.key not in {known.key for known in _tabs}:
        _tabs.append(tab)


def tabs_for(member) -> list[Tab]:
    return [tab for tab in _tabs if member.may(tab.permission)]
