"""Fan-out: one Valkey subscription a process, one room a workspace while somebody of it is connected here.

Bells carry ids only. A room turns them into frames once per language and zone, and hands each socket what its person
may see now.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import redis.asyncio as redis
import structlog
from channels.db import database_sync_to_async
from django.conf import settings

from chatflows.widget.news import Ask
from events.dispatch import bell_channel
from realtime import frames, here, presence
from realtime.peers import MemberPeer, VisitorPeer, encoded

log = structlog.get_logger(__name__)

# What the client raises when Valkey is away; the loop itself raises RuntimeError for a transport that is closing.
LOST = (redis.RedisError, OSError, RuntimeError)

RECHECK = 1.5  # seconds between two looks at what connected members may see (T062: within 2 s)
PING = 25.0
PING_WHEN_DEAF = 4.0  # without Valkey the heartbeat carries everything (P3: at most 5 s late)
OWNERS_KEPT = 10_000
MOST_BELLS = 5_000
BEAT_AT_ONCE = 200
# After a drawing the next waits three times as long, at most so many seconds: a quarter of a core in the worst case,
# nothing when it is quiet, and what comes meanwhile is drawn together.
DRAWING_RESTS = 0.1
MOVES_THE_PANEL = ("message.delivery_changed", "conversation.assigned")


def in_thread(function):
    """Run blocking work on a thread of its own connection: consumers must not share one."""
    return database_sync_to_async(function, thread_sensitive=False)


def goes_on() -> bool:
    """Asked by every loop: what it awaits may swallow its one cancellation, and a stop would then wait for ever.

    Python 3.11's wait_for does when its work is done at that moment, in the client of Valkey too (gh-86296).
    """
    task = asyncio.current_task()
    return task is None or not task.cancelling()


def is_short(frame: dict) -> bool:
    return frame["t"] == "event" and "conversation" in frame and "item" not in frame


class Lane:
    """What comes while it is at work waits, and goes together."""

    def __init__(self, work: Callable[[list], Awaitable[None]], rest: float = 0.0):
        self.work, self.rest = work, rest
        self.waiting: list = []
        self.worker: asyncio.Task | None = None

    def add(self, bells: list) -> None:
        self.waiting += bells[: MOST_BELLS - len(self.waiting)]  # what is dropped the heartbeat makes up for
        if self.worker is None:
            self.worker = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                bells, self.waiting = self.waiting, []
                began = loop.time()
                try:
                    await self.work(bells)
                except Exception:  # one that cannot be told must not deafen the room; the heartbeat heals it
                    log.exception("bell_not_told", work=self.work.__name__)
                if self.rest:
                    await asyncio.sleep(min(self.rest, 3 * (loop.time() - began)))
        finally:
            self.worker = None


class Room:
    """The sockets of one workspace in this process."""

    def __init__(self, workspace_id: int):
        self.workspace_id = workspace_id
        self.members: set[MemberPeer] = set()
        self.visitors: dict[int, tuple[VisitorPeer, ...]] = {}
        # Who is being let in, and the conversations in which something happened meanwhile (realtime/visitors).
        self.joining: set[VisitorPeer] = set()
        self.stirred: set[int] = set()
        self.owners: dict[int, int | None] = {}
        self.heard = Lane(self.hear)
        self.told = Lane(self.tell_members, rest=DRAWING_RESTS)

    def is_empty(self) -> bool:
        return not self.members and not self.visitors and not self.joining

    def add_visitor(self, peer: VisitorPeer) -> None:
        self.visitors[peer.guest.pk] = (*self.visitors.get(peer.guest.pk, ()), peer)

    def remove_visitor(self, peer: VisitorPeer) -> None:
        left = tuple(other for other in self.visitors.get(peer.guest.pk, ()) if other is not peer)
        if left:
            self.visitors[peer.guest.pk] = left
        else:
            self.visitors.pop(peer.guest.pk, None)

    def visitor_peers(self) -> list[VisitorPeer]:
        return [peer for peers in self.visitors.values() for peer in peers]

    def take(self, bells: list[dict]) -> None:
        """A busy workspace delays no other, and what is drawn for members delays nothing else."""
        events = [bell["event"] for bell in bells if "event" in bell]
        if events and self.members:
            self.told.add(events)
        typing = [bell["typing"] for bell in bells if "typing" in bell]
        for one in typing:
            self._pass_on_typing(one)
        if called := {member for bell in bells for member in bell.get("notified", ())}:
            self._pass_on_calls(called)
        rest = [
            bell
            for bell in bells
            if "typing" not in bell and (self._concerns_visitors(bell) or "presence" in bell)
        ]
        if rest:
            self.heard.add(rest)

    def _concerns_visitors(self, bell: dict) -> bool:
        """A tick, and who has the chat, are recorded for the team but change what a visitor may see."""
        if "event" not in bell or not (self.visitors or self.joining):
            return False
        return bell["audience"] == "visitor" or bell["type"] in MOVES_THE_PANEL

    async def hear(self, bells: list[dict]) -> None:
        public = [bell for bell in bells if "event" in bell]
        if public:
            await self._tell_visitors(public)
        moved = {bell["presence"] for bell in bells if "presence" in bell}
        if moved:
            await presence.tell(hub, self, moved)

    async def tell_members(self, event_ids: list[int]) -> None:
        """Everyone hears in short; whose tab shows the conversation hears what stands on its line too."""
        told = await in_thread(frames.for_members)(
            self.workspace_id, event_ids, [(peer.reader, peer.skipped.shows) for peer in self.members]
        )
        messages: dict[int, dict] = {}
        turned: dict[MemberPeer, int] = {}
        for peer in tuple(self.members):
            for frame in told.get(peer.reader, []):
                if id(frame) not in messages:  # the same for many: encoded once
                    messages[id(frame)] = encoded(frame)
                peer.put(messages[id(frame)])
                if is_short(frame):
                    peer.skipped.note(frame["conversation"], frame["id"])
                    if peer.skipped.shows == frame["conversation"]:  # they turned to it while this was drawn
                        turned[peer] = frame["conversation"]
        for peer, conversation_id in turned.items():
            await tell_skipped(peer, conversation_id)

    async def _tell_visitors(self, bells: list[dict]) -> None:
        latest: dict[int, int] = {}
        for bell in bells:  # 0 says that something without a number moved: then everybody looks
            known = latest.get(bell["conversation"], bell["seq"])
            latest[bell["conversation"]] = max(known, bell["seq"]) if known and bell["seq"] else 0
        if self.joining:
            self.stirred |= latest.keys()
        looking = []
        for conversation_id, visitor_id in (await self._owners(list(latest))).items():
            seq = latest[conversation_id]
            for peer in self.visitors.get(visitor_id, ()):
                if peer.sending:
                    peer.held = (*peer.held, (conversation_id, seq))
                elif peer.lacks(conversation_id, seq):
                    looking.append(peer.catch_up(conversation_id))
        if looking:
            await asyncio.gather(*looking)

    async def _owners(self, conversation_ids: list[int]) -> dict[int, int]:
        """Conversation -> its visitor, remembered while the room stands: it does not change hands unheard."""
        unknown = [pk for pk in conversation_ids if pk not in self.owners]
        if unknown:
            if len(self.owners) > OWNERS_KEPT:
                self.owners.clear()
            self.owners |= dict.fromkeys(unknown)
            self.owners |= await in_thread(frames.visitors_of)(self.workspace_id, unknown)
        return {pk: owner for pk in conversation_ids if (owner := self.owners.get(pk)) is not None}

    async def recheck(self) -> None:
        """Close the sockets of those who may not be here any more."""
        members = list(self.members)
        if members:
            gone = await in_thread(frames.recheck)([peer.reader for peer in members])
            for peer in members:
                if peer.reader in gone:
                    peer.close(4403)
        if self.visitors:
            revoked = await in_thread(frames.revoked)(self.workspace_id, set(self.visitors))
            for visitor in self.visitor_peers():
                if visitor.guest.pk in revoked:
                    visitor.close(4401)

    def _pass_on_calls(self, member_ids: set[int]) -> None:
        """There is something to hear, or no longer, for these alone: their pages ask what it is."""
        for peer in self.members:
            if peer.reader.member_id in member_ids:
                peer.push({"t": "notified"})

    def _pass_on_typing(self, typing: dict) -> None:
        if typing["by"] == "visitor":
            frame = {
                "t": "typing",
                "conversation": typing["conversation"],
                "name": typing["name"],
                "on": typing["on"],
                "text": typing.get("text", ""),
            }
            message = encoded(frame)
            for peer in self.members:
                if peer.reader.sees(typing):
                    peer.put(message)
        else:
            for visitor in self.visitors.get(typing["visitor"], ()):
                visitor.push({"t": "typing", "name": typing["name"], "on": typing["on"]})


async def tell_skipped(peer: MemberPeer, conversation_id: int) -> None:
    """In full what this tab was told in short, now that it shows that conversation."""
    first = peer.skipped.take(conversation_id)
    if first:
        for frame in await in_thread(frames.of_conversation)(peer.reader, conversation_id, first):
            peer.push(frame)


class Hub:
    """All rooms of this process, and the one subscription that feeds them."""

    def __init__(self) -> None:
        self.rooms: dict[int, Room] = {}
        self.client: Any = None
        self.ears: Any = None
        self.pubsub: Any = None
        self.subscribing: asyncio.Lock
        self.deaf = False
        self.tasks: list[asyncio.Task] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to listen, in the running loop; a second loop of the same process (tests) starts anew."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.loop, self.rooms = loop, {}
        self.deaf = False
        # Two that subscribe at once before there is a connection would each make one, and only one is listened to.
        self.subscribing = asyncio.Lock()
        # What is said may not wait; who listens waits as long as it takes.
        self.client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, max_connections=20
        )
        self.ears = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2)
        self.pubsub = self.ears.pubsub(ignore_subscribe_messages=True)
        self.tasks = [
            loop.create_task(self._listen()),
            loop.create_task(self._recheck()),
            loop.create_task(self._ping()),
        ]

    async def join(self, workspace_id: int) -> Room:
        self.start()
        room = self.rooms.get(workspace_id)
        if room is None:
            room = self.rooms[workspace_id] = Room(workspace_id)
            with contextlib.suppress(*LOST):  # the listener subscribes anew when it is back
                async with self.subscribing:
                    await self.pubsub.subscribe(bell_channel(workspace_id))
        return room

    async def leave(self, room: Room) -> None:
        if room.is_empty() and self.rooms.get(room.workspace_id) is room:
            del self.rooms[room.workspace_id]
            with contextlib.suppress(*LOST):
                async with self.subscribing:
                    await self.pubsub.unsubscribe(bell_channel(room.workspace_id))

    async def publish(self, workspace_id: int, bell: dict) -> None:
        """Tell every process something that is not an event: typing, presence. Lost is lost."""
        with contextlib.suppress(*LOST):
            await self.client.publish(bell_channel(workspace_id), json.dumps([bell]))

    async def _listen(self) -> None:
        wait = 0.2
        while goes_on():
            try:
                if not self.pubsub.subscribed:
                    await asyncio.sleep(0.05)
                    async with self.subscribing:
                        if not self.pubsub.subscribed:
                            await self._subscribe_all()
                    continue
                message = await self.pubsub.get_message(timeout=5)
                wait = 0.2
                if message and message["type"] == "message":
                    workspace_id = int(message["channel"].rsplit(b":", 1)[1])
                    if room := self.rooms.get(workspace_id):
                        room.take(json.loads(message["data"]))
            # Whatever it was: a process that stopped listening would be noticed by nobody.
            except Exception as error:
                log.warning("bells_lost", error=str(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 2)
                await self._resubscribe()

    async def _subscribe_all(self) -> None:
        channels = [bell_channel(workspace_id) for workspace_id in self.rooms]
        if channels:
            await self.pubsub.subscribe(*channels)

    async def _resubscribe(self) -> None:
        """After a loss: a new subscription, and everybody asks for what they missed."""
        with contextlib.suppress(*LOST):
            async with self.subscribing:
                await self.pubsub.aclose()
                self.pubsub = self.ears.pubsub(ignore_subscribe_messages=True)
                await self._subscribe_all()
        await self._ping_once()

    async def _recheck(self) -> None:
        while goes_on():
            await asyncio.sleep(RECHECK)
            await self._listen_for_itself()
            for room in list(self.rooms.values()):
                try:
                    await room.recheck()
                    await presence.stop_writing(self, room)
                except Exception:
                    log.exception("recheck_failed", workspace=room.workspace_id)

    async def _listen_for_itself(self) -> None:
        """Whether Valkey answers: a connection that is open and silent looks like a quiet day."""
        try:
            async with asyncio.timeout(1):
                await self.client.ping()
            self.deaf = False
        except (*LOST, TimeoutError):
            self.deaf = True

    async def _ping(self) -> None:
        while goes_on():
            began = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() - began < (
                min(PING, PING_WHEN_DEAF) if self.deaf else PING
            ):
                await asyncio.sleep(min(0.5, PING))
            await self._ping_once()

    async def _ping_once(self) -> None:
        """The heartbeat carries the head: a bell that was lost is noticed without a reconnect."""
        for room in list(self.rooms.values()):
            try:
                head = await in_thread(frames.head)(room.workspace_id)
                for peer in tuple(room.members):
                    peer.push({"t": "ping", "head": head, "now": frames.now()})
                await self._beat_visitors(room)
                await presence.renew(self, room)
                await here.note(self, room)
            except Exception:
                log.exception("ping_failed", workspace=room.workspace_id)

    async def _beat_visitors(self, room: Room) -> None:
        """One question for hundreds of tabs, and a breath between hundreds."""
        peers = room.visitor_peers()
        for start in range(0, len(peers), BEAT_AT_ONCE):
            some = peers[start : start + BEAT_AT_ONCE]
            asks = [Ask(peer.guest, peer.conversation, peer.seq, heads_only=True) for peer in some]
            for peer, found in zip(some, await in_thread(frames.news)(room.workspace_id, asks), strict=True):
                peer.beat(found[1] if found else None)
            await asyncio.sleep(0)


hub = Hub()
