"""A visitor's side of the socket. What many of them ask at once, their hellos above all, is asked together."""

import asyncio
import uuid
from collections.abc import Callable

import structlog

from chatflows.widget import chat
from chatflows.widget.batch import Outcome, post_many
from chatflows.widget.news import Ask, guests_of, news_of
from conversations.models import Conversation
from inboxes.models import Channel
from realtime.batcher import Batcher
from realtime.hub import Room, hub, in_thread
from realtime.peers import VisitorPeer
from realtime.wire import Refused, listen
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

LONGEST_PREVIEW = 500


# ── Together ──


def by_workspace(work: Callable[[list], list]) -> Callable[[list], list]:
    """Blocking work on (workspace id, item) pairs, workspace by workspace in its scope: a failure of one is its own."""

    def run(pairs: list[tuple]) -> list:
        outcomes: list = [None] * len(pairs)
        for workspace_id in {pair[0] for pair in pairs}:
            mine = [at for at, pair in enumerate(pairs) if pair[0] == workspace_id]
            done: list
            try:
                with workspace_scope(workspace_id):
                    done = work([pairs[at][1] for at in mine])
            except Exception as error:
                log.exception("batch_failed", workspace=workspace_id, work=work.__name__)
                done = [error] * len(mine)
            for at, outcome in zip(mine, done, strict=True):
                outcomes[at] = outcome
        return outcomes

    return run


_batchers: dict[str, Batcher] = {}
_loop: asyncio.AbstractEventLoop | None = None


def together(work: Callable[[list], list]) -> Batcher:
    """This process's batcher for that work; a second loop of the same process (tests) starts anew."""
    global _loop
    if _loop is not asyncio.get_running_loop():
        _loop = asyncio.get_running_loop()
        _batchers.clear()
    name = work.__name__
    if name not in _batchers:
        _batchers[name] = Batcher(in_thread(by_workspace(work)))
    return _batchers[name]


def admit(hellos: list[tuple[int, str, str | None, int]]) -> list[tuple | None]:
    """(channel id, token, conversation, after) -> (guest, their news), or None for who is nobody here."""
    guests = guests_of([hello[:2] for hello in hellos])
    known = [(guest, hello) for guest, hello in zip(guests, hellos, strict=True) if guest]
    news = iter(news_of([Ask(guest, conversation, after) for guest, (*_, conversation, after) in known]))
    return [(guest, next(news)) if guest else None for guest in guests]


def look(asks: list[Ask]) -> list:
    return news_of(asks)


def write(posts: list[tuple]) -> list:
    return post_many(posts)


async def catch_up_with(peer: VisitorPeer, conversation_id: int | None):
    """What is new for this tab. A bell of another conversation than the one on screen changes nothing here."""
    ask = Ask(peer.guest, peer.conversation, peer.seq, None if peer.conversation else conversation_id)
    return await together(look).submit((peer.door.workspace_id, ask))


# ── In and out ──


async def talk(hello: dict, address: str, receive, send) -> None:
    door, token = await door_of(hello), hello.get("token")
    if door is None or not isinstance(token, str) or not token:
        raise Refused(4401)
    peer = VisitorPeer(send, door, None, catch_up_with)
    peer.address = address
    place_of(peer, hello)
    del hello
    room = await hub.join(door.workspace_id)
    try:
        if not await enter(room, peer, token):
            raise Refused(4401)
        await listen(receive, room, peer, hear)
    finally:
        await leave(room, peer)


async def door_of(hello: dict) -> chat.Door | None:
    key = hello.get("key")
    if not isinstance(key, str):
        return None
    door, known = chat.known_door(key)
    return door if known else await in_thread(chat.find_door)(key)


def place_of(peer: VisitorPeer, frame: dict) -> None:
    """What the tab shows, and the last message that it holds."""
    if isinstance(frame.get("conversation"), str):
        peer.conversation = frame["conversation"][:100]
    after = frame.get("after")
    peer.seq = max(0, min(after, 2**31 - 1)) if isinstance(after, int) else 0


async def enter(room: Room, peer: VisitorPeer, token: str) -> bool:
    """Check the token, stand in the room, tell what is new. What happens meanwhile is heard twice, not missed."""
    room.joining.add(peer)
    try:
        asked = (peer.door.channel_id, token, peer.conversation, peer.seq)
        entry = await together(admit).submit((room.workspace_id, asked))
        if entry is None:
            return False
        peer.guest, found = entry
        room.add_visitor(peer)
        if found:
            peer.tell(*found, kind="ready")
        missed = room.stirred and (peer.conversation_id is None or peer.conversation_id in room.stirred)
    finally:
        room.joining.discard(peer)
        if not room.joining:
            room.stirred.clear()
    if missed:
        await peer.catch_up()
    return True


async def leave(room: Room, peer: VisitorPeer) -> None:
    if peer.guest is not None:
        room.remove_visitor(peer)
    await hub.leave(room)


# ── What a panel says ──


async def hear(room: Room, peer: VisitorPeer, frame: dict) -> None:
    kind = frame.get("t")
    if kind == "send":
        await _send(peer, frame)
    elif kind == "receipt":
        await in_thread(receipt)(peer.door, peer.guest, frame)
    elif kind == "sync":
        place_of(peer, frame)
        await peer.catch_up()
    elif kind == "typing":
        bell = await in_thread(types)(peer.door, peer.guest, frame)
        if bell:
            await hub.publish(room.workspace_id, {"typing": bell})


async def _send(peer: VisitorPeer, frame: dict) -> None:
    """Take a visitor's message; answer with ack or a refusal, in the words and with the status of the plain request.

    Sending it again is answered alike.
    """
    refused = {"t": "refused", "client_id": frame.get("client_id")}
    try:
        message = _post_of(frame, peer.address)
    except (KeyError, ValueError, TypeError, AttributeError):
        return peer.push(refused | {"status": 422, "reason": "malformed"})
    peer.sending = True
    try:
        outcome = await together(write).submit((peer.door.workspace_id, (peer.guest, message)))
    finally:
        peer.sending = False
    complete = True
    if outcome.ack is None:
        peer.push(refused | _refusal(outcome))
    else:
        peer.push({"t": "ack", **outcome.ack})
        complete = peer.sent(outcome.conversation_id, outcome.ack)
    held, peer.held = peer.held, ()
    if not complete or any(peer.lacks(*bell) for bell in held):
        await peer.catch_up()


def _refusal(outcome: Outcome) -> dict:
    status = 429 if outcome.reason == "limited" else 422
    reason = "conversation" if outcome.reason == "gone" else outcome.reason
    return {"status": status, "reason": reason, "retry_after": outcome.retry_after}


def _post_of(frame: dict, address: str) -> chat.Post:
    """Raises ValueError or TypeError for a frame that is no message."""
    client_id = uuid.UUID(frame["client_id"])
    texts = {key: frame.get(key) or "" for key in ("body", "page_url", "referrer", "flow")}
    conversation = frame.get("conversation")
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(conversation, str | None):
        raise TypeError
    return chat.Post(
        files=_names(frame.get("files") or []),
        reply=_names(frame.get("reply") or [])[:20],
        client_id=client_id,
        conversation=conversation,
        starts_new=bool(frame.get("new")),
        address=address,
        **texts,
    )


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError
    return tuple(value)


def receipt(door, guest, frame: dict) -> None:
    marks = [frame.get(key) if isinstance(frame.get(key), int) else 0 for key in ("delivered", "seen")]
    with workspace_scope(door.workspace_id):
        chat.receipts(guest, frame.get("conversation"), *marks)


def types(door, guest, frame: dict) -> dict | None:
    with workspace_scope(door.workspace_id):
        conversation = Conversation.objects.filter(visitor=guest.pk).order_by("-pk").first()
        channel = Channel.objects.active().filter(pk=door.channel_id).first()
        if conversation is None or channel is None:
            return None
        return {
            "by": "visitor",
            "conversation": conversation.pk,
            "inbox": conversation.inbox_id,
            "assignee": conversation.assignee_id,
            "team": conversation.team_id,
            "name": conversation.contact_name,
            "on": bool(frame.get("on")),
            "text": _preview(channel, frame.get("text")),
        }


def _preview(channel: Channel, text: object) -> str:
    """What is being written, where the channel says that the team may read along; the panel says so to the visitor."""
    if channel.config.get("typing_preview") is not True or not isinstance(text, str):
        return ""
    return " ".join(text.replace("\x00", "").split())[:LONGEST_PREVIEW]
