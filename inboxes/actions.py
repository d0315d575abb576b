"""Verbs that change inboxes and channels."""

from django.db import transaction

from inboxes.models import Channel, Inbox, InboxAccess, PublicAddress, public_key
from workspaces.models import Member, Team


@transaction.atomic
def create_inbox(*, name: str, language: str = "en", members: list[Member] = (), teams: list[Team] = ()) -> Inbox:
    """Create an inbox: open to everyone unless members or teams are named (IN-2)."""
    named = [*members, *teams]
    inbox = Inbox.objects.create(name=name, language=language, open_to_everyone=not named)
    for member in members:
        InboxAccess.objects.create(inbox=inbox, member=member)
    for team in teams:
        InboxAccess.objects.create(inbox=inbox, team=team)
    return inbox


@transaction.atomic
def connect_channel(inbox: Inbox, *, kind: str, name: str, identifier: str = "", config: dict | None = None) -> Channel:
    """Connect an account; its public address is entered in the directory, once over the whole installation."""
    identifier = identifier or public_key()
    channel = Channel.objects.create(
        inbox=inbox, kind=kind, name=name, identifier=identifier, config=config or {}
    )
    PublicAddress.objects.create(
        kind=kind, value=identifier, workspace_id=channel.workspace_id, channel_id=channel.pk
    )
    return channel
