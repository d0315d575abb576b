"""Verbs that change inboxes and channels."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inboxes.addresses import FallbackStays, give_fallback, is_fallback
from inboxes.models import Channel, Inbox, InboxAccess, PublicAddress, public_key
from workspaces.actions import access_changed, create_workspace
from workspaces.models import Member, Team, User
from workspaces.refusals import NameTaken
from workspaces.scope import current_workspace_id, workspace_scope


@transaction.atomic
def found_workspace(
    name: str, by: User, language: str = "en", time_zone: str = "UTC", inbox_name: str = ""
) -> Member:
    """Create a workspace that can be used at once: its owner, one inbox, one live chat (IN-1). Returns the owner."""
    owner = create_workspace(name, by, language=language, time_zone=time_zone)
    with workspace_scope(owner.workspace_id), translation.override(language):
        inbox = create_inbox(name=inbox_name or _("Support"), language=language)
        connect_channel(inbox, kind="chat", name=_("Live chat"), config={"sites": []})
    return owner


@transaction.atomic
def create_inbox(
    *, name: str, language: str = "en", members: Iterable[Member] = (), teams: Iterable[Team] = ()
) -> Inbox:
    """Create an inbox: open to everyone unless members or teams are named (IN-2). It has a mail address from birth."""
    members, teams = list(members), list(teams)
    try:
        with transaction.atomic():
            inbox = Inbox.objects.create(
                name=name, language=language, open_to_everyone=not (members or teams)
            )
    except IntegrityError:
        raise NameTaken from None
    _let_in(inbox, members, teams)
    give_fallback(inbox)
    return inbox


def rename_inbox(inbox: Inbox, *, name: str) -> Inbox:
    """Give it another name, which nobody else's inbox here may have (IN-6)."""
    inbox.name = name
    try:
        with transaction.atomic():
            inbox.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken from None
    return inbox


@transaction.atomic
def set_access(
    inbox: Inbox, *, everyone: bool, members: Iterable[Member] = (), teams: Iterable[Team] = ()
) -> Inbox:
    """Open the inbox to everyone, or to the named members and teams alone (AC-1)."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    inbox.open_to_everyone = everyone
    inbox.save(update_fields=["open_to_everyone"])
    InboxAccess.objects.filter(inbox=inbox).delete()
    _let_in(inbox, () if everyone else members, () if everyone else teams)
    return inbox


def _let_in(inbox: Inbox, members: Iterable[Member], teams: Iterable[Team]) -> None:
    """Write who may come in. Open pages of the whole workspace look again: it is seldom and cheap."""
    named = [InboxAccess(inbox=inbox, member=member, workspace_id=inbox.workspace_id) for member in members]
    named += [InboxAccess(inbox=inbox, team=team, workspace_id=inbox.workspace_id) for team in teams]
    InboxAccess.objects.bulk_create(named)
    access_changed(Member.objects.active().filter(workspace_id=current_workspace_id()))


@transaction.atomic
def connect_channel(
    inbox: Inbox, *, kind: str, name: str, identifier: str = "", config: dict | None = None
) -> Channel:
    """Connect an account; its public address is entered in the directory, once over the whole installation."""
    identifier = identifier or public_key()
    channel = Channel.objects.create(
        inbox=inbox, kind=kind, name=name, identifier=identifier, config=config or {}
    )
    PublicAddress.objects.create(
        kind=kind, value=identifier, workspace_id=channel.workspace_id, channel_id=channel.pk
    )
    return channel


@transaction.atomic
def change_channel(channel: Channel, *, name: str, config: dict) -> Channel:
    """Save a channel's name and those settings that are given; the others stay."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    channel.name, channel.config = name, channel.config | config
    channel.save(update_fields=["name", "config"])
    return channel


def pause_channel(channel: Channel) -> Channel:
    """Take in nothing more until it is resumed. What came in stays. Raises FallbackStays (FB-2)."""
    if is_fallback(channel):
        raise FallbackStays
    channel.paused_at = channel.paused_at or timezone.now()
    channel.save(update_fields=["paused_at"])
    return channel


def resume_channel(channel: Channel) -> Channel:
    channel.paused_at = None
    channel.save(update_fields=["paused_at"])
    return channel
