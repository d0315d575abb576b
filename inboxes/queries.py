"""What the settings of inboxes show."""

from django.db.models import Prefetch

from inboxes.kinds import Kind, all_kinds
from inboxes.models import Channel, Inbox
from workspaces.mail import on_site
from workspaces.models import Member

LOADER = "/live/w.js"


def inboxes_with_channels():
    """Every inbox of the workspace with its connected channels."""
    connected = Channel.objects.filter(disconnected_at=None).order_by("name")
    return Inbox.objects.prefetch_related(Prefetch("channels", connected)).order_by("name")


def people_in(inbox: Inbox):
    """The members who work in an inbox."""
    members = Member.objects.active().filter(workspace_id=inbox.workspace_id).by_name()
    if inbox.open_to_everyone:
        return members
    named = inbox.access.values_list("member_id", "team__members")
    return members.filter(pk__in={pk for row in named for pk in row if pk})


def channels_of(inbox: Inbox) -> list[tuple[Channel, Kind | None]]:
    kinds = {kind.key: kind for kind in all_kinds()}
    rows = inbox.channels.filter(disconnected_at=None).order_by("name")
    return [(channel, kinds.get(channel.kind)) for channel in rows]


def loader_url() -> str:
    return on_site(LOADER)


def snippet_of(channel: Channel) -> str:
    """What is pasted into a customer's page. Key and address hold nothing that would need escaping."""
    return f'<script async src="{loader_url()}" data-key="{channel.identifier}"></script>'
