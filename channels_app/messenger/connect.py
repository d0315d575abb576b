"""Verbs of Messenger channels: connect, connect again, give up. Meta is asked before and after, never in between."""

import secrets
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app.adapter import DeliveryRefused, Unreachable
from channels_app.messenger import account, api
from channels_app.messenger.webhooks import HOOK, hashed
from channels_app.models import MessengerPage
from events.record import record
from events.retry import Postponed
from events.types import CHANNEL_CONNECTED, CHANNEL_CREDENTIALS_CHANGED, CHANNEL_DISCONNECTED
from inboxes import channel_actions
from inboxes.actions import connect_channel
from inboxes.models import Channel, Inbox, PublicAddress
from workspaces.audit import note
from workspaces.mail import on_site
from workspaces.models import Member
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

# What Meta shall tell us of (their names).
FIELDS = (
    "messages,messaging_postbacks,messaging_referrals,messaging_optins,message_deliveries,message_reads,"
    "message_echoes,message_reactions,message_edits,messaging_handovers,standby"
)
TROUBLES = (DeliveryRefused, Unreachable, Postponed)


class PageTaken(Refused):
    message = _("This page is connected already, here or in another workspace.")


class AnotherPage(Refused):
    message = _("This is the token of another page.")


@dataclass(frozen=True)
class Offer:
    """A page that somebody may connect, as Meta says; with their own app's keys, when it is by one of those."""

    id: str
    name: str
    token: str
    app_id: str = ""
    app_secret: str = ""


def offer_of(token: str, *, app_id: str = "", app_secret: str = "") -> Offer:
    """Which page a token opens. Raises what the API raises."""
    told = api.get("me", token, fields="id,name")
    return Offer(str(told.get("id", "")), str(told.get("name", ""))[:100], token, app_id, app_secret)


def offers_of(person_token: str) -> list[Offer]:
    """The pages that somebody manages and lets us into."""
    told = api.get("me/accounts", person_token, fields="id,name,access_token", limit=200)
    given = told.get("data")
    rows = given if isinstance(given, list) else []
    return [
        Offer(str(row["id"]), str(row.get("name", ""))[:100], str(row["access_token"]))
        for row in rows
        if isinstance(row, dict) and row.get("id") and row.get("access_token")
    ]


@transaction.atomic
def connect_page(inbox: Inbox, offer: Offer, *, by: Member) -> Channel:
    """Connect a page, or the one that was disconnected (CH-2). Raises PageTaken."""
    channel = _channel(inbox, offer)
    MessengerPage.objects.filter(channel=channel).delete()
    PublicAddress.objects.filter(kind=HOOK, channel_id=channel.pk).delete()
    page = MessengerPage(channel=channel, app_id=offer.app_id, secret=_sealed(channel, offer))
    if offer.app_id:
        page.hook_key, page.verify_token = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        PublicAddress.objects.create(
            kind=HOOK,
            value=hashed(page.hook_key),
            workspace_id=channel.workspace_id,
            channel_id=channel.pk,
        )
    page.save()
    record(
        CHANNEL_CONNECTED, by=by, channel=channel.pk, kind="messenger", way="app" if offer.app_id else "oauth"
    )
    return channel


def _sealed(channel: Channel, offer: Offer) -> str:
    return account.sealed(channel, token=offer.token, app_secret=offer.app_secret)


def _channel(inbox: Inbox, offer: Offer) -> Channel:
    standing = Channel.objects.select_for_update().filter(kind="messenger", identifier=offer.id).first()
    if standing is None:
        try:
            with transaction.atomic():
                return connect_channel(
                    inbox, kind="messenger", name=offer.name or offer.id, identifier=offer.id
                )
        except IntegrityError:
            raise PageTaken from None
    if standing.disconnected_at is None and MessengerPage.objects.filter(channel=standing).exists():
        raise PageTaken
    standing.inbox = inbox
    standing.disconnected_at = standing.paused_at = standing.needs_attention_since = None
    standing.save(update_fields=["inbox", "disconnected_at", "paused_at", "needs_attention_since"])
    note("channel.reconnected", standing, after={"inbox": inbox.name})
    return standing


@transaction.atomic
def connect_again(channel: Channel, offer: Offer, *, by: Member) -> Channel:
    """A new token for the same page: what waited for it leaves now. Raises AnotherPage."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if offer.id != channel.identifier:
        raise AnotherPage
    page = MessengerPage.objects.get(channel=channel)
    kept = account.access_to(channel)
    secret = offer.app_secret or (kept.app_secret if kept and page.app_id else "")
    page.secret = account.sealed(channel, token=offer.token, app_secret=secret)
    page.save(update_fields=["secret"])
    Channel.objects.filter(pk=channel.pk).update(needs_attention_since=None)
    record(CHANNEL_CREDENTIALS_CHANGED, by=by, channel=channel.pk, kind="messenger", way="token")
    note("channel.reconnected", channel, after={"way": "token"}, member=by)
    return channel


def subscribe(workspace_id: int, channel: Channel) -> str:
    """Ask Meta to tell us what happens on the page. Returns why it does not, or ''. Outside any transaction."""
    with workspace_scope(workspace_id):
        access = account.access_to(channel)
    if access is None:
        return ""
    try:
        api.post(f"{access.page_id}/subscribed_apps", access.token, {"subscribed_fields": FIELDS})
    except TROUBLES as trouble:
        error = str(trouble)
    else:
        error = ""
    with workspace_scope(workspace_id):
        rows = MessengerPage.objects.filter(channel=channel)
        rows.update(last_error=error[:500], **({} if error else {"subscribed_at": timezone.now()}))
    return error


def disconnect(channel: Channel, *, by: Member) -> Channel:
    """Take in and send nothing more by it (CH-2). Its keys are given up, and Meta is told, if it listens."""
    with transaction.atomic():
        access = account.access_to(channel)
        channel = channel_actions.disconnect_channel(channel)
        MessengerPage.objects.filter(channel=channel).update(secret="")
        record(CHANNEL_DISCONNECTED, by=by, channel=channel.pk, kind="messenger", way="")
        if access:
            transaction.on_commit(lambda: _unsubscribe(access), robust=True)
    return channel


def _unsubscribe(access: account.Access) -> None:
    try:
        api.delete(f"{access.page_id}/subscribed_apps", access.token)
    except TROUBLES as trouble:
        log.info("messenger_unsubscribe_failed", channel_id=access.channel_id, error=type(trouble).__name__)


# ── Letting somebody choose on Facebook ─────────────────────────────────────────────────────────────────────────


def is_offered() -> bool:
    return bool(settings.MESSENGER_APP_ID and settings.MESSENGER_APP_SECRET)


def come_back_to() -> str:
    return on_site(reverse("messenger_consent"))


def person_token(code: str) -> str:
    """A token of whoever said yes, made to last. Raises what the API raises."""
    app = {"client_id": settings.MESSENGER_APP_ID, "client_secret": settings.MESSENGER_APP_SECRET}
    first = api.get("oauth/access_token", "", **app, redirect_uri=come_back_to(), code=code)
    asked = {"grant_type": "fb_exchange_token", "fb_exchange_token": str(first.get("access_token", ""))}
    lasting = api.get("oauth/access_token", "", **app, **asked)
    return str(lasting.get("access_token") or first.get("access_token") or "")
