"""The door for Meta: the signature first, then every entry committed as it came, then "yes" (SECURITY 2.12).

Each page's entries are kept apart: what one workspace can read of a post is its own.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from channels_app.email import payloads
from channels_app.messenger import account, signature
from channels_app.messenger.parsing import entries_of, page_of
from channels_app.models import MessengerPage
from inboxes.models import Channel, PublicAddress
from workspaces.scope import workspace_scope

SOURCE = "messenger"
KIND = "messenger"
HOOK = "messenger-hook"
MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Door:
    """One address that Meta posts to. Without a channel it is the installation's, for all pages of its app."""

    secret: str
    verify_token: str
    workspace_id: int | None = None
    channel_id: int | None = None


def door_of(key: str) -> Door | None:
    """None for a key that nobody has."""
    if not key:
        return Door(settings.MESSENGER_APP_SECRET, account.verify_token())
    rows = PublicAddress.objects.filter(kind=HOOK, value=hashed(key), workspace__suspended_at=None)
    found = rows.values_list("workspace_id", "channel_id").first()
    if found is None:
        return None
    with workspace_scope(found[0]):
        channel = Channel.objects.get(pk=found[1])
        page, access = MessengerPage.objects.get(channel=channel), account.access_to(channel)
    return Door(access.app_secret if access else "", page.verify_token, *found)


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def challenge_of(door: Door, asked) -> str | None:
    """What to answer to Meta's first knock; None when it does not know our token."""
    given = str(asked.get("hub.verify_token", ""))
    knows = bool(door.verify_token) and hmac.compare_digest(given.encode(), door.verify_token.encode())
    if asked.get("hub.mode") != "subscribe" or not knows:
        return None
    return str(asked.get("hub.challenge", ""))[:200]


def take(door: Door, body: bytes, headers) -> int:
    """Commit what concerns pages of ours; return how many posts were kept. Raises BadSignature, MalformedPayload."""
    signature.check(body, headers, [door.secret])
    by_page: dict[str, list[dict]] = {}
    for entry in entries_of(body)[:MOST_ENTRIES]:
        by_page.setdefault(page_of(entry), []).append(entry)
    kept = 0
    for workspace_id, places in _whose(door, by_page).items():
        with workspace_scope(workspace_id):
            kept += sum(_keep(door, channel_id, by_page[page]) for page, channel_id in places)
    return kept


def _whose(door: Door, pages: Iterable[str]) -> dict[int, list[tuple[str, int]]]:
    """{workspace: [(page, channel)]} of the pages that are connected here. The door of one's own app knows one page."""
    rows = PublicAddress.objects.filter(kind=KIND, value__in=list(pages), workspace__suspended_at=None)
    if door.channel_id:
        rows = rows.filter(channel_id=door.channel_id)
    found: dict[int, list[tuple[str, int]]] = {}
    for page, workspace_id, channel_id in rows.values_list("value", "workspace_id", "channel_id"):
        found.setdefault(workspace_id, []).append((page, channel_id))
    return found


def _keep(door: Door, channel_id: int, entries: list[dict]) -> int:
    # One look: a hundred posts a second come by here (P10).
    channel = Channel.objects.select_related("messenger_page").get(pk=channel_id)
    page = getattr(channel, "messenger_page", None)
    # A page that is served by an app of its own is spoken for at that app's door alone.
    if page is None or not channel.is_active() or (page.app_id and not door.channel_id):
        return 0
    if page.heard_at is None:
        MessengerPage.objects.filter(pk=page.pk, heard_at=None).update(heard_at=timezone.now())
    raw = json.dumps({"object": "page", "entry": entries}, separators=(",", ":")).encode()
    payloads.keep(channel, source=SOURCE, external_id=payloads.print_of(raw), raw=raw)
    return 1
