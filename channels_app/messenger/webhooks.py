"""The door for Meta: the signature first, then every entry committed as it came, then "yes".

Each page's entries are kept apart: what one workspace can read of a post is its own. Posts that wait are kept together:
a hundred a second come by here (P10), and each commit costs more than the row in it.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from channels_app.email import payloads
from channels_app.messenger import account, signature
from channels_app.messenger.parsing import MalformedPayload, entries_of, page_of
from channels_app.messenger.signature import BadSignature
from channels_app.models import MessengerPage
from inboxes.models import Channel, PublicAddress
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

SOURCE = "messenger"
KIND = "messenger"
HOOK = "messenger-hook"
MOST_ENTRIES = 1000
TAKEN = "EVENT_RECEIVED"


@dataclass(frozen=True)
class Door:
    """One address that Meta posts to. Without a channel it is the installation's, for all pages of its app."""

    secret: str
    verify_token: str
    workspace_id: int | None = None
    channel_id: int | None = None


@dataclass(frozen=True)
class Knock:
    """A post as it came; `key` is the last part of its address, "" at the installation's own door."""

    key: str
    body: bytes
    headers: object


@dataclass
class Post:
    """One that was signed: what it says, by page, and what it is answered with."""

    door: Door
    by_page: dict[str, list[dict]]
    answer: int | Exception = 200


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


def take_many(knocks: list[Knock]) -> list[int | Exception]:
    """The status of each, in order, once all that concerns pages of ours is committed; an exception for what failed.

    200 also for pages that nobody here has: Meta gives up apps that refuse for long.
    """
    doors = {key: door_of(key) for key in {knock.key for knock in knocks}}
    read = [_read(doors[knock.key], knock) for knock in knocks]
    _keep([post for post in read if isinstance(post, Post)])
    return [post.answer if isinstance(post, Post) else post for post in read]


def _read(door: Door | None, knock: Knock) -> Post | int:
    if door is None:
        return 404
    try:
        signature.check(knock.body, knock.headers, [door.secret])
        entries = entries_of(knock.body)[:MOST_ENTRIES]
    except BadSignature:
        return 403
    except MalformedPayload:
        return 400
    by_page: dict[str, list[dict]] = {}
    for entry in entries:
        by_page.setdefault(page_of(entry), []).append(entry)
    return Post(door, by_page)


def _keep(posts: list[Post]) -> None:
    """A transaction for each workspace; where one fails, each of its posts is tried alone, so that none spoils another."""
    for workspace_id, mine in _whose(posts).items():
        try:
            _write(workspace_id, mine)
        except Exception:
            log.warning("messenger_posts_parted", count=len(mine))
            for one in mine:
                _write_alone(workspace_id, one)


def _write_alone(workspace_id: int, one: tuple[Post, str, int]) -> None:
    try:
        _write(workspace_id, [one])
    except Exception as error:
        log.exception("messenger_post_not_kept")
        one[0].answer = error


def _whose(posts: list[Post]) -> dict[int, list[tuple[Post, str, int]]]:
    """{workspace: [(post, page, channel)]} of the pages that are connected here. One's own app's door knows one page."""
    pages = {page for post in posts for page in post.by_page}
    rows = PublicAddress.objects.filter(kind=KIND, value__in=pages, workspace__suspended_at=None)
    places = {page: place for page, *place in rows.values_list("value", "workspace_id", "channel_id")}
    found: dict[int, list[tuple[Post, str, int]]] = {}
    for post in posts:
        for page in post.by_page:
            workspace_id, channel_id = places.get(page, (None, None))
            if workspace_id and post.door.channel_id in (None, channel_id):
                found.setdefault(workspace_id, []).append((post, page, channel_id))
    return found


def _write(workspace_id: int, posts: list[tuple[Post, str, int]]) -> None:
    with workspace_scope(workspace_id):
        wanted = {channel_id for _post, _page, channel_id in posts}
        channels = Channel.objects.select_related("messenger_page").in_bulk(wanted)
        rows = [row for one in enumerate(posts) if (row := _row(workspace_id, channels, *one))]
        if not rows:
            return
        # Always in one order: two batches with the same posts in them wait for each other, never both.
        rows.sort(key=lambda row: row[3])
        with connection.cursor() as cursor:
            cursor.executemany(payloads.KEEP, rows)
        unheard = [
            pk for pk, channel in channels.items() if (page := _page(channel)) and page.heard_at is None
        ]
        if unheard:
            MessengerPage.objects.filter(channel__in=unheard, heard_at=None).update(heard_at=timezone.now())
        transaction.on_commit(payloads.nudge, robust=True)


def _row(
    workspace_id: int, channels: dict[int, Channel], number: int, post: tuple[Post, str, int]
) -> tuple | None:
    """What stands of a post in the queue; None for a page that takes nothing in now."""
    told, page_id, channel_id = post
    channel = channels.get(channel_id)
    page = _page(channel)
    # A page that is served by an app of its own is spoken for at that app's door alone.
    if (
        channel is None
        or page is None
        or not channel.is_active()
        or (page.app_id and not told.door.channel_id)
    ):
        return None
    raw = json.dumps({"object": "page", "entry": told.by_page[page_id]}, separators=(",", ":")).encode()
    # A microsecond apart, so that they are understood in the order in which they came.
    at = timezone.now() + timedelta(microseconds=number)
    return workspace_id, channel_id, SOURCE, payloads.print_of(raw), raw, "{}", at


def _page(channel: Channel | None) -> MessengerPage | None:
    return getattr(channel, "messenger_page", None)
