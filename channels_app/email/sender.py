"""From which address and under which name a team's mail leaves (EM-6, EM-7, FB-5)."""

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from channels_app.email.transport import connection_for
from channels_app.models import Mailbox
from inboxes.addresses import fallback_of, is_fallback
from inboxes.models import Channel
from workspaces.models import Member


@dataclass(frozen=True)
class Route:
    """One way out: the address it leaves from, the channel whose server takes it, and for whom it stands in."""

    address: str
    channel: Channel | None
    # Answers to the address arrive in a mailbox that we read.
    is_read_by_us: bool = False
    instead_of: str = ""

    def connection(self) -> BaseEmailBackend:
        return connection_for(self.channel) if self.channel else get_connection()


def route_of(channel: Channel) -> Route:
    """The channel's own way; while its mailbox is disconnected, that of the inbox's fallback address (FB-5).

    A fallback address that is not meant for sending (FB-3), and what is no mail at all, leave by a team address.
    """
    if channel.kind != "email":
        return _through(_chosen(channel) or _team_address(channel) or fallback_of(channel.inbox))
    if is_fallback(channel) and not channel.config.get("sends"):
        return _through(_team_address(channel) or channel)
    if can_send(channel):
        return _through(channel)
    stand_in = _through(fallback_of(channel.inbox))
    return Route(stand_in.address, stand_in.channel, instead_of=channel.identifier)


def _chosen(channel: Channel) -> Channel | None:
    """The address that a form's settings name (FO-2), as long as it can send."""
    rows = Channel.objects.filter(pk=channel.config.get("reply_from"), kind="email", paused_at=None)
    return next((row for row in rows if can_send(row)), None)


def _team_address(channel: Channel) -> Channel | None:
    """The first address of the inbox that was connected on purpose and can send."""
    rows = Channel.objects.filter(inbox=channel.inbox_id, kind="email", paused_at=None).order_by("pk")
    return next((row for row in rows if not is_fallback(row) and can_send(row)), None)


def can_send(channel: Channel) -> bool:
    """An address that is only forwarded to us needs nobody's mailbox to be written from."""
    if not Mailbox.objects.filter(channel=channel).exists():
        return channel.disconnected_at is None
    return channel.disconnected_at is None and channel.needs_attention_since is None


def _through(channel: Channel | None) -> Route:
    if channel is None:
        return Route(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], None)
    address = str(channel.config.get("from_address") or channel.identifier)
    is_read = Mailbox.objects.filter(channel=channel).exclude(imap_host="").exists()
    return Route(address, channel, is_read_by_us=is_read)


def company_of(channel: Channel) -> str:
    return str(channel.config.get("from_name") or channel.workspace.name)


def from_name(channel: Channel, member: Member | None) -> str:
    """The agent and the company, or the company alone (EM-6)."""
    company = company_of(channel)
    if member is None or channel.config.get("from_style", "agent_and_company") == "company":
        return company
    return _("%(agent)s at %(company)s") % {"agent": member.display_name, "company": company}
