"""Verbs that change inboxes and channels."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from inboxes.addresses import give_fallback
from inboxes.channel_actions import change_channel, pause_channel, resume_channel
from inboxes.models import Channel, Inbox, InboxAccess, PublicAddress, public_key
from workspaces.actions import access_changed, create_workspace
from workspaces.audit import note
from workspaces.models import Member, Team, User
from workspaces.refusals import NameTaken
from workspaces.scope import current_workspace_id, workspace_scope

__all__ = [
    "access_in_words",
    "change_channel",
    "change_inbox",
    "connect_channel",
    "create_inbox",
    "found_workspace",
    "let_in",
    "pause_channel",
    "rename_inbox",
    "resume_channel",
    "set_access",
]


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
    note("inbox.created", inbox, after={"name": inbox.name, **access_in_words(inbox)})
    return inbox


@transaction.atomic
def change_inbox(inbox: Inbox, **settings) -> Inbox:
    """Save its name, which nobody else's inbox here may have (IN-6), language, signature, days until it closes."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    before = {name: getattr(inbox, name) for name in settings}
    for name, value in settings.items():
        setattr(inbox, name, value)
    try:
        with transaction.atomic():
            inbox.save(update_fields=list(settings))
    except IntegrityError:
        raise NameTaken from None
    note("inbox.changed", inbox, before, settings)
    return inbox


def rename_inbox(inbox: Inbox, *, name: str) -> Inbox:
    return change_inbox(inbox, name=name)


@transaction.atomic
def set_access(
    inbox: Inbox, *, everyone: bool, members: Iterable[Member] = (), teams: Iterable[Team] = ()
) -> Inbox:
    """Open the inbox to everyone, or to the named members and teams alone (AC-1)."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    before = access_in_words(inbox)
    inbox.open_to_everyone = everyone
    inbox.save(update_fields=["open_to_everyone"])
    InboxAccess.objects.filter(inbox=inbox).delete()
    _let_in(inbox, () if everyone else members, () if everyone else teams)
    note("access.changed", inbox, before, access_in_words(inbox))
    return inbox


@transaction.atomic
def let_in(inbox: Inbox, members: Iterable[Member]) -> None:
    """Add members to those who may come in; of an inbox that is open to everyone they are already (CO-2)."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    known = set(inbox.access.exclude(member=None).values_list("member", flat=True))
    missing = [member for member in members if member.pk not in known]
    if inbox.open_to_everyone or not missing:
        return
    before = access_in_words(inbox)
    _let_in(inbox, missing, ())
    note("access.changed", inbox, before, access_in_words(inbox))


def access_in_words(inbox: Inbox) -> dict:
    """Who may come in, as the log keeps it."""
    rows = inbox.access.select_related("member", "team")
    named = sorted(str(row.member or row.team) for row in rows)
    return {"everyone": inbox.open_to_everyone, "named": named}


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
    note("channel.connected", channel, after={"kind": kind, "name": name, "inbox": inbox.name})
    return channel
