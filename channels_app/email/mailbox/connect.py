"""Verbs of mail channels: connect, connect again, change, disconnect. The network was asked before (probe.py)."""

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.email.mailbox import oauth
from channels_app.email.mailbox.account import Account, account_of, sealed
from channels_app.email.mailbox.folder import State
from channels_app.email.mailbox.trouble import Trouble
from channels_app.models import Mailbox, Provider
from events.record import record
from events.types import CHANNEL_CONNECTED, CHANNEL_CREDENTIALS_CHANGED, CHANNEL_DISCONNECTED
from inboxes.actions import connect_channel
from inboxes.addresses import AddressTaken, FallbackStays, give_forwarding_address, is_fallback
from inboxes.models import Channel, Inbox
from workspaces.audit import note
from workspaces.models import Member

audit = structlog.get_logger("parley.audit")

# By which name these sign their checks of a sender (RFC 8601): believed in mail that comes from them.
CHECKERS = {Provider.GOOGLE: ["mx.google.com"]}

# What connects notes that itself (`_channel`).
NOTED = {
    CHANNEL_CREDENTIALS_CHANGED: "channel.reconnected",
    CHANNEL_DISCONNECTED: "channel.disconnected",
}


@transaction.atomic
def connect_mailbox(
    inbox: Inbox,
    *,
    address: str,
    account: Account,
    state: State,
    by: Member,
    backfill_days: int = 0,
    **options,
) -> Channel:
    """Connect a mailbox, or the one that was disconnected (CH-2). `options`: after_reading, move_to. Raises AddressTaken."""
    channel = _channel(inbox, address)
    if account.provider in CHECKERS:
        channel.config.setdefault("authserv_ids", CHECKERS[Provider(account.provider)])
        channel.save(update_fields=["config"])
    Mailbox.objects.filter(channel=channel).delete()
    Mailbox.objects.create(
        channel=channel,
        **_fields(account, channel),
        folder=account.folder,
        # Only what comes from now on (CH-1); what came while this page was filled in is among it.
        uid_validity=state.validity,
        first_uid=state.uid_next - 1,
        last_uid=state.uid_next - 1,
        backfill_days=backfill_days,
        **options,
    )
    _note(CHANNEL_CONNECTED, channel, by=by, way=account.provider)
    return channel


@transaction.atomic
def connect_again(channel: Channel, *, account: Account, by: Member) -> Channel:
    """Another password or consent for the same mailbox: it goes on where it stood."""
    channel = _ready(Channel.objects.select_for_update().get(pk=channel.pk))
    Mailbox.objects.filter(channel=channel).update(
        **_fields(account, channel), failures=0, last_error="", last_error_at=None
    )
    _note(CHANNEL_CREDENTIALS_CHANGED, channel, by=by, way=account.provider)
    return channel


def _note(type: str, channel: Channel, *, by: Member, way: str) -> None:
    """Who let us in where, and when: in the logs of the workspace and in that of the operator. Never a secret."""
    told = {"channel": channel.pk, "kind": channel.kind, "way": way}
    record(type, by=by, **told)
    if type in NOTED:
        note(NOTED[type], channel, after={"way": way}, member=by)
    transaction.on_commit(
        lambda: audit.info(type, workspace_id=channel.workspace_id, member_id=by.pk, **told)
    )


def _fields(account: Account, channel: Channel) -> dict:
    return {
        "provider": account.provider,
        "username": account.username,
        "secret": sealed(account.secret, workspace_id=channel.workspace_id, channel_id=channel.pk),
        **{f"imap_{name}": getattr(account.imap, name) for name in ("host", "port", "security")},
        **{f"smtp_{name}": getattr(account.smtp, name) for name in ("host", "port", "security")},
    }


@transaction.atomic
def connect_forwarding(inbox: Inbox, *, address: str, by: Member) -> Channel:
    """A team address whose mail is forwarded to one of ours (EM-2). Raises AddressTaken."""
    channel = _channel(inbox, address)
    give_forwarding_address(channel)
    channel.refresh_from_db()
    _note(CHANNEL_CONNECTED, channel, by=by, way="forwarding")
    return channel


@transaction.atomic
def change_mail_channel(channel: Channel, *, name: str, config: dict, **reading) -> Channel:
    """Per-address settings (EM-6); `reading` says what happens to mail after it was read."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    read = Mailbox.objects.filter(channel=channel).values(*reading).first() if reading else None
    before = {"name": channel.name} | {key: channel.config.get(key) for key in config} | (read or {})
    channel.name, channel.config = name, channel.config | config
    channel.save(update_fields=["name", "config"])
    if read:
        Mailbox.objects.filter(channel=channel).update(**reading)
    note("channel.changed", channel, before, {"name": name} | config | (reading if read else {}))
    return channel


def disconnect(channel: Channel, *, by: Member) -> Channel:
    """Take in and send nothing more by it; its conversations stay (CH-2). What we held of the mailbox is given up."""
    with transaction.atomic():
        channel = Channel.objects.select_for_update().get(pk=channel.pk)
        if is_fallback(channel):
            raise FallbackStays
        mailbox = Mailbox.objects.filter(channel=channel).first()
        account = _readable(mailbox)
        channel.disconnected_at, channel.needs_attention_since = timezone.now(), None
        channel.save(update_fields=["disconnected_at", "needs_attention_since"])
        Mailbox.objects.filter(channel=channel).update(secret="")
        _note(CHANNEL_DISCONNECTED, channel, by=by, way=mailbox.provider if mailbox else "forwarding")
        if account and account.uses_oauth:
            transaction.on_commit(lambda: oauth.revoke(account), robust=True)
    return channel


def _readable(mailbox: Mailbox | None) -> Account | None:
    try:
        return account_of(mailbox) if mailbox else None
    except Trouble:
        return None


def _channel(inbox: Inbox, address: str) -> Channel:
    """The channel of an address: a new one, or the one that was disconnected. Raises AddressTaken."""
    address = address.lower()
    standing = Channel.objects.select_for_update().filter(kind="email", identifier__iexact=address).first()
    if standing:
        if standing.disconnected_at is None:
            raise AddressTaken
        standing.inbox = inbox
        note("channel.reconnected", standing, after={"inbox": inbox.name})
        return _ready(standing)
    try:
        with transaction.atomic():
            return connect_channel(inbox, kind="email", name=address[:100], identifier=address)
    except IntegrityError:
        raise AddressTaken from None


def _ready(channel: Channel) -> Channel:
    channel.disconnected_at = channel.paused_at = channel.needs_attention_since = None
    channel.save(update_fields=["inbox", "disconnected_at", "paused_at", "needs_attention_since"])
    return channel
