"""Who reads and who writes which conversation now: in Valkey for a minute at a time, never in PostgreSQL.

One hash a conversation, one field a tab. A tab that closes takes its field away; the fields of a process that died
are not renewed by the heartbeat any more and are passed over. A Valkey that is away costs the company line, no more.
"""

import contextlib
import json
import time

import redis
from channels.db import database_sync_to_async
from django.conf import settings

from conversations.models import Conversation
from realtime.peers import MemberPeer
from realtime.readers import Reader
from workspaces.models import Member
from workspaces.scope import workspace_scope

FRESH = 60.0  # seconds; the heartbeat renews every 25
WRITING = 8.0  # the page says every 3 seconds that somebody goes on typing

unavailable = contextlib.suppress(redis.RedisError, OSError, RuntimeError)


def in_thread(function):
    return database_sync_to_async(function, thread_sensitive=False)


# ── What a page says ──


async def see(hub, peer: MemberPeer, conversation_id: int | None) -> None:
    """This tab shows a conversation now, or none."""
    if conversation_id == peer.reading:
        return
    await leave(hub, peer)
    person = await in_thread(look)(peer.reader, conversation_id) if conversation_id else None
    if person is not None:
        peer.reading, peer.person = conversation_id, person
        await _note(hub, peer)
        await _tell_everyone(hub, peer)


async def types(hub, peer: MemberPeer, conversation_id: int, on: bool) -> None:
    """Somebody writes a reply in this tab, or has stopped."""
    if conversation_id != peer.reading or not peer.person["works"]:
        return
    was = peer.typed_at
    peer.typed_at = time.monotonic() if on else 0.0
    if bool(was) != on:
        await _note(hub, peer)
        await _tell_everyone(hub, peer)


async def leave(hub, peer: MemberPeer) -> None:
    """The tab shows nothing any more: it closed, or turns to another conversation."""
    if peer.reading is None:
        return
    with unavailable:
        await hub.client.hdel(_key(peer.reader.workspace_id, peer.reading), peer.tab)
    await _tell_everyone(hub, peer)
    peer.reading, peer.typed_at, peer.company = None, 0.0, []


def look(reader: Reader, conversation_id: int) -> dict | None:
    """How this member appears to others at a conversation, or None when they may not see it."""
    with workspace_scope(reader.workspace_id):
        member = Member.objects.get(pk=reader.member_id)
        if not Conversation.objects.visible_to(member).filter(pk=conversation_id).exists():
            return None
        works = Conversation.objects.worked_by(member).filter(pk=conversation_id).exists()
        face = {"id": member.pk, "name": member.display_name, "initials": member.initials, "hue": member.hue}
        return {"works": works, "face": face}


async def _note(hub, peer: MemberPeer) -> None:
    doing = "replying" if peer.typed_at else "reading"
    entry = json.dumps(peer.person["face"] | {"doing": doing, "at": time.time()})
    key = _key(peer.reader.workspace_id, peer.reading)
    with unavailable:
        await hub.client.hset(key, peer.tab, entry)
        await hub.client.expire(key, int(FRESH * 2))


async def _tell_everyone(hub, peer: MemberPeer) -> None:
    await hub.publish(peer.reader.workspace_id, {"presence": peer.reading})


def _key(workspace_id: int, conversation_id: int | None) -> str:
    return f"{settings.KEY_PREFIX}:present:{workspace_id}:{conversation_id}"


# ── What pages hear ──


async def tell(hub, room, conversation_ids: set[int]) -> None:
    """Tell the tabs of this process that show these conversations, and may still see them, who else is there."""
    peers = [peer for peer in room.members if peer.reading in conversation_ids]
    if not peers:
        return
    shown = {peer.reading for peer in peers}
    places = await in_thread(places_of)(room.workspace_id, shown)
    with unavailable:
        present = {pk: await _present(hub, room.workspace_id, pk) for pk in shown}
        for peer in peers:
            if peer.reading in places and peer.reader.sees(places[peer.reading]):
                _push(peer, present.get(peer.reading, []))


def _push(peer: MemberPeer, present: list[dict]) -> None:
    others = [person for person in present if person["id"] != peer.reader.member_id]
    if others != peer.company:
        peer.company = others
        peer.push({"t": "presence", "conversation": peer.reading, "who": others})


async def _present(hub, workspace_id: int, conversation_id: int) -> list[dict]:
    """Each member once, whatever the number of their tabs; writing counts for more than reading."""
    found: dict[int, dict] = {}
    for raw in await hub.client.hvals(_key(workspace_id, conversation_id)):
        entry = json.loads(raw)
        if time.time() - entry.pop("at") < FRESH and found.get(entry["id"], {}).get("doing") != "replying":
            found[entry["id"]] = entry
    return sorted(found.values(), key=lambda person: (person["doing"] != "replying", person["id"]))


def places_of(workspace_id: int, conversation_ids: set[int]) -> dict[int, dict]:
    """What decides who may see each conversation, as it is now."""
    with workspace_scope(workspace_id):
        rows = Conversation.objects.filter(pk__in=conversation_ids)
        return {
            pk: {"inbox": inbox, "assignee": assignee, "team": team}
            for pk, inbox, assignee, team in rows.values_list("pk", "inbox_id", "assignee_id", "team_id")
        }


# ── By the clock ──


async def stop_writing(hub, room) -> None:
    """A page that lost its network never says that somebody stopped."""
    for peer in tuple(room.members):
        if peer.typed_at and time.monotonic() - peer.typed_at > WRITING:
            await types(hub, peer, peer.reading, False)


async def renew(hub, room) -> None:
    """Keep our tabs present for another minute; who lost access, or a process that died, drops out here."""
    reading = [peer for peer in room.members if peer.reading is not None]
    if not reading:
        return
    places = await in_thread(places_of)(room.workspace_id, {peer.reading for peer in reading})
    for peer in reading:
        if peer.reading in places and peer.reader.sees(places[peer.reading]):
            await _note(hub, peer)
        else:
            await leave(hub, peer)
    await tell(hub, room, set(places))
