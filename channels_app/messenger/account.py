"""The keys to a page: its token, and the secret of the app that serves it. Inside the scope of its workspace."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from channels_app.adapter import DeliveryRefused
from channels_app.models import MessengerPage
from inboxes.models import Channel
from workspaces.sealed import Unreadable, seal, unseal


@dataclass(frozen=True)
class Access:
    """What is needed to speak for a page, outside any transaction."""

    workspace_id: int
    channel_id: int
    page_id: str
    token: str
    app_id: str
    app_secret: str


def sealed(channel: Channel, *, token: str, app_secret: str = "") -> str:
    return seal(json.dumps({"token": token, "app_secret": app_secret}), about=_about(channel))


def _about(channel: Channel) -> str:
    return f"messenger:{channel.workspace_id}:{channel.pk}"


def access_to(channel: Channel) -> Access | None:
    """None when nobody has connected it, or the key that sealed it is gone."""
    page = MessengerPage.objects.filter(channel=channel).first()
    if page is None or not page.secret or channel.disconnected_at:
        return None
    try:
        told = json.loads(unseal(page.secret, about=_about(channel)))
    except Unreadable:
        return None
    return Access(
        channel.workspace_id,
        channel.pk,
        channel.identifier,
        told["token"],
        page.app_id or settings.MESSENGER_APP_ID,
        told["app_secret"] or settings.MESSENGER_APP_SECRET,
    )


def needed(channel: Channel) -> Access:
    """Raises DeliveryRefused."""
    access = access_to(channel)
    if access is None:
        raise DeliveryRefused(_("This Messenger page is not connected. Answer by email instead."))
    return access


def verify_token() -> str:
    """What Meta repeats at the installation's own door."""
    if settings.MESSENGER_VERIFY_TOKEN:
        return settings.MESSENGER_VERIFY_TOKEN
    made = hmac.new(settings.SECRET_KEY.encode(), b"messenger verify token", hashlib.sha256)
    return made.hexdigest()[:32]
