"""The door for mail that a provider posts (Postmark, Mailgun, SendGrid, SparkPost, Mailjet), read by django-anymail.

Each channel has an address of its own with a secret in it; only its hash is kept. The mail is committed before the
provider is told "yes"; what a provider posts and nobody can read is kept as it came, and parked.
"""

import hashlib
import secrets
import warnings
from importlib import import_module

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from channels_app.email.payloads import keep, print_of
from channels_app.models import InboundPayload
from inboxes.models import Channel, PublicAddress
from workspaces.mail import on_site
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

# Name in the address -> anymail's view, of which only the reading is used: the secret says who posts.
PROVIDERS = {
    "postmark": ("anymail.webhooks.postmark", "PostmarkInboundWebhookView", {}),
    "mailgun": ("anymail.webhooks.mailgun", "MailgunInboundWebhookView", {"webhook_signing_key": "unused"}),
    "sendgrid": ("anymail.webhooks.sendgrid", "SendGridInboundWebhookView", {}),
    "sparkpost": ("anymail.webhooks.sparkpost", "SparkPostInboundWebhookView", {}),
    "mailjet": ("anymail.webhooks.mailjet", "MailjetInboundWebhookView", {}),
}
KIND = "mail-hook"


@transaction.atomic
def open_hook(channel: Channel, provider: str) -> str:
    """Return an address to give to a provider; the one of before stops working. It is not shown again."""
    secret = secrets.token_urlsafe(32)
    PublicAddress.objects.filter(kind=KIND, channel_id=channel.pk).delete()
    PublicAddress.objects.create(
        kind=KIND, value=_hashed(secret), workspace_id=channel.workspace_id, channel_id=channel.pk
    )
    return on_site(reverse("mail_hooks:inbound", args=[provider, secret]))


def whose(secret: str) -> tuple[int, int] | None:
    """(workspace, channel) of a secret, asked before any scope and before the body is read."""
    rows = PublicAddress.objects.filter(kind=KIND, value=_hashed(secret), workspace__suspended_at=None)
    return rows.values_list("workspace_id", "channel_id").first()


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def take(provider: str, workspace_id: int, channel_id: int, request) -> bool:
    """Commit every mail of a post. False when the channel takes nothing in now, and the provider should come again."""
    try:
        found = [_read(event) for event in _events(provider, request)]
    except Exception as error:  # what it posts is not ours to choose: keep it, and let a person look
        log.exception("provider_post_unreadable", provider=provider, channel_id=channel_id)
        found, trouble = [(print_of(request.body), request.body, {})], f"{type(error).__name__}: {error}"
    else:
        trouble = ""
    with workspace_scope(workspace_id):
        channel = Channel.objects.get(pk=channel_id)
        if not channel.is_active():
            return False
        for external_id, raw, told in found:
            kept = keep(channel, source=provider, external_id=external_id, raw=raw, headers=told)
            if trouble:
                unread = InboundPayload.objects.filter(pk=kept.pk, processed_at=None)
                unread.update(parked_at=timezone.now(), error=trouble[:2000].replace("\x00", ""))
    return True


def _events(provider: str, request) -> list:
    module, name, options = PROVIDERS[provider]
    with (
        warnings.catch_warnings()
    ):  # it asks for a password in front of its own addresses, which are not served
        warnings.simplefilter("ignore")
        view = getattr(import_module(module), name)(**options)
    return [event for event in view.parse_events(request) if getattr(event, "message", None) is not None]


def _read(event) -> tuple[str, bytes, dict]:
    """(external id, bytes, envelope). The provider's own id: bytes that are built anew differ at each try."""
    message = event.message
    raw = message.as_bytes()
    recipient = message.envelope_recipient
    told = {"from": message.envelope_sender or "", "to": [recipient] if recipient else []}
    return str(event.event_id or message.get("Message-ID") or print_of(raw)), raw, told
