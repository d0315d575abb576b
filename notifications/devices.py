"""Pushes: which browsers take them for a member, and how they leave."""

import json
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app import egress
from notifications import webpush
from notifications.describe import RELATED, described
from notifications.letters import language_of
from notifications.models import Device, Notification
from notifications.topics import Topic
from workspaces.models import Member
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

MOST = 10  # browsers a person
LEASE = timedelta(seconds=30)
TRIES = 4
KEPT_FOR = {Topic.CHAT: 120}  # seconds the push service keeps it for a browser that sleeps
KEPT_USUALLY = 24 * 3600
CUT = 300


# ── Registering ─────────────────────────────────────────────────────────────────────────────────────────────────


def register(
    member: Member, *, endpoint: str, p256dh: str, auth: str, session_key: str, name: str = ""
) -> Device:
    """Let this browser ring. Raises ValidationError for what no browser would send."""
    if len(endpoint) > 1000 or not webpush.readable_keys(p256dh, auth):
        raise ValidationError(_("This browser cannot be reached."))
    try:
        host, port, _path = webpush.target_of(endpoint)
        egress.vetted(host, port, ports=webpush.HTTPS_ONLY)
    except (ValueError, OSError):
        raise ValidationError(_("This browser cannot be reached.")) from None
    keys = {"p256dh": p256dh, "auth": auth, "server_key": webpush.public_key()}
    about = {"session_key": session_key, "name": name[:100]}
    device, _new = Device.objects.update_or_create(member=member, endpoint=endpoint, defaults=keys | about)
    older = Device.objects.filter(member=member).order_by("-pk").values_list("pk", flat=True)[MOST:]
    Device.objects.filter(pk__in=list(older)).delete()
    return device


def forget(member: Member, **which) -> int:
    return Device.objects.filter(member=member, **which).delete()[0]


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Push:
    """One notification, ready to leave for some browsers."""

    payload: bytes
    seconds: int
    urgent: bool
    devices: list[Device]


def due(limit: int = 200) -> list[tuple[int, int]]:
    rows = Notification.unscoped.using("maintenance").filter(push_due_at__lte=timezone.now())
    return list(rows.order_by("push_due_at").values_list("workspace_id", "pk")[:limit])


def send(workspace_id: int, pk: int) -> bool:
    """Claim, leave the scope, send to each browser, note it. True when a browser was reached."""
    with workspace_scope(workspace_id):
        push = _claim(pk)
    if push is None:
        return False
    reached, gone, later = [], [], False
    for device in push.devices:
        try:
            _send_to(device, push)
            reached.append(device.pk)
        except webpush.Gone:
            gone.append(device.pk)
        except OSError as error:
            later = True
            log.warning("push_failed", device_id=device.pk, error=str(error))
    with workspace_scope(workspace_id):
        Device.objects.filter(pk__in=gone).delete()
        Device.objects.filter(pk__in=reached).update(last_push_at=timezone.now())
        if reached or not later:
            Notification.objects.filter(pk=pk).update(push_due_at=None)
    return bool(reached)


def _claim(pk: int) -> Push | None:
    now = timezone.now()
    mine = Notification.objects.filter(pk=pk)
    row = (
        mine.filter(push_due_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related(*RELATED, "member__user", "member__workspace")
        .first()
    )
    if row is None:
        return None
    devices = _devices_of(row.member)
    visible = Notification.objects.of(row.member).filter(pk=pk).exists()
    if row.read_at or row.push_tries >= TRIES or not devices or not visible:
        mine.update(push_due_at=None)
        return None
    mine.update(push_due_at=now + LEASE, push_tries=F("push_tries") + 1)
    with translation.override(language_of(row.member)):
        [told] = described([row], row.member.workspace.slug)
    payload = {
        "id": row.pk,
        "title": told.title,
        "body": told.text[:CUT],
        "url": told.url,
        "tag": f"c{row.conversation_id}" if row.conversation_id else f"n{row.pk}",
    }
    seconds = KEPT_FOR.get(Topic(row.topic), KEPT_USUALLY)
    return Push(json.dumps(payload).encode(), seconds, row.topic != Topic.REPLY, devices)


def _devices_of(member: Member) -> list[Device]:
    """Those in which the member is still signed in; the others are forgotten."""
    devices = list(Device.objects.filter(member=member))
    signed_in = Session.objects.filter(
        session_key__in=[device.session_key for device in devices], expire_date__gt=timezone.now()
    )
    alive = set(signed_in.values_list("session_key", flat=True))
    keys = webpush.signing_keys()
    usable = [device for device in devices if device.session_key in alive and device.server_key in keys]
    Device.objects.filter(pk__in={d.pk for d in devices} - {d.pk for d in usable}).delete()
    return usable


def _send_to(device: Device, push: Push) -> None:
    key = webpush.signing_keys()[device.server_key]
    headers = {
        "Authorization": webpush.authorization(device.endpoint, device.server_key, key),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(push.seconds),
        "Urgency": "high" if push.urgent else "normal",
    }
    body = webpush.seal(push.payload, p256dh=device.p256dh, auth=device.auth)
    webpush.send(device.endpoint, body, headers)
