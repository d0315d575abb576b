"""Verbs for a channel that stands: change, pause, move, disconnect, connect again; and giving up its inbox."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inboxes.addresses import FallbackStays, is_fallback
from inboxes.models import Channel, Inbox, Relocation
from workspaces.audit import note
from workspaces.models import Member
from workspaces.refusals import Refused

# What goes along when a channel moves (CH-4): nothing, what is open, everything.
STAY, OPEN, ALL = "stay", "open", "all"


class LastInbox(Refused):
    message = _("A workspace keeps at least one inbox.")


class StillConnected(Refused):
    message = _("Move or disconnect its channels first.")


class AlreadyGoing(Refused):
    message = _("This inbox is being given up already.")


@transaction.atomic
def change_channel(channel: Channel, *, name: str, config: dict) -> Channel:
    """Save a channel's name and those settings that are given; the others stay."""
    channel = _locked(channel)
    before = {"name": channel.name} | {key: channel.config.get(key) for key in config}
    channel.name, channel.config = name, channel.config | config
    channel.save(update_fields=["name", "config"])
    note("channel.changed", channel, before, {"name": name} | config)
    return channel


@transaction.atomic
def pause_channel(channel: Channel) -> Channel:
    """Take in nothing more until it is resumed. What came in stays. Raises FallbackStays (FB-2)."""
    channel = _locked(channel)
    if is_fallback(channel):
        raise FallbackStays
    if channel.paused_at is None:
        channel.paused_at = timezone.now()
        channel.save(update_fields=["paused_at"])
        note("channel.paused", channel)
    return channel


@transaction.atomic
def resume_channel(channel: Channel) -> Channel:
    channel = _locked(channel)
    if channel.paused_at is not None:
        channel.paused_at = None
        channel.save(update_fields=["paused_at"])
        note("channel.resumed", channel)
    return channel


@transaction.atomic
def disconnect_channel(channel: Channel) -> Channel:
    """Take in and send nothing more by it; its conversations stay (CH-2). Raises FallbackStays."""
    channel = _locked(channel)
    if is_fallback(channel):
        raise FallbackStays
    if channel.disconnected_at is None:
        channel.disconnected_at, channel.needs_attention_since = timezone.now(), None
        channel.save(update_fields=["disconnected_at", "needs_attention_since"])
        note("channel.disconnected", channel)
    return channel


@transaction.atomic
def reconnect_channel(channel: Channel) -> Channel:
    """The same account goes on where it stood, with its conversations (CH-2)."""
    channel = _locked(channel)
    if channel.disconnected_at is not None:
        channel.disconnected_at = channel.paused_at = None
        channel.save(update_fields=["disconnected_at", "paused_at"])
        note("channel.reconnected", channel)
    return channel


@transaction.atomic
def move_channel(channel: Channel, to: Inbox, *, taking: str, by: Member | None) -> Channel:
    """What comes from now on arrives in the other inbox; `taking` says which of its conversations follow."""
    channel = _locked(channel)
    if is_fallback(channel):
        raise FallbackStays
    before = channel.inbox
    if before.pk == to.pk:
        return channel
    channel.inbox = to
    channel.save(update_fields=["inbox"])
    if taking != STAY:
        Relocation.objects.create(inbox=before, to=to, channel=channel, only_open=taking == OPEN, member=by)
    note("channel.moved", channel, {"inbox": before.name}, {"inbox": to.name, "conversations": taking})
    return channel


def standing_channels(inbox: Inbox):
    """Those that hold an inbox back from being deleted: all that are connected, but for its own address."""
    return inbox.channels.filter(disconnected_at=None).exclude(config__contains={"fallback": True})


@transaction.atomic
def delete_inbox(inbox: Inbox, *, to: Inbox, by: Member | None) -> Relocation:
    """IN-5: its conversations go to another inbox, in the background; then it goes itself.

    Its own address goes along as an ordinary one, so that nobody who writes to it is turned away.
    """
    rows = list(Inbox.objects.select_for_update().order_by("pk"))
    going = set(Relocation.objects.filter(deletes_inbox=True).values_list("inbox", flat=True))
    if inbox.pk in going or to.pk in going:
        raise AlreadyGoing
    if len([row for row in rows if row.pk not in going]) < 2 or inbox.pk == to.pk:
        raise LastInbox
    if standing_channels(inbox).exists():
        raise StillConnected
    for channel in inbox.channels.select_for_update():
        if is_fallback(channel):
            channel.config |= {"fallback": False, "given": True, "sends": False}
        channel.inbox = to
        channel.save(update_fields=["inbox", "config"])
    job = Relocation.objects.create(inbox=inbox, to=to, deletes_inbox=True, member=by)
    note("inbox.deleted", inbox, before={"name": inbox.name}, after={"conversations": to.name})
    return job


def _locked(channel: Channel) -> Channel:
    return Channel.objects.select_for_update(of=("self",)).select_related("inbox").get(pk=channel.pk)
