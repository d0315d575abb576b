"""The two sockets: plain ASGI applications. They carry, they do not decide (STYLE: sockets).

PERFORMANCE A2 says why they are no Channels consumers: 70-95 us a message and 60 KiB a connection.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from chatflows.widget import chat
from chatflows.widget.batch import post_many
from conversations.models import Conversation
from inboxes.models import Channel
from realtime import frames, presence, tickets
from realtime.batcher import Batcher
from realtime.hub import Room, hub, in_thread
from realtime.peers import MemberPeer, Peer, VisitorPeer
from workspaces.models import Member
from workspaces.network import real_address
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

HELLO_WITHIN = 5.0
LARGEST = 64 * 1024
PER_TEN_SECONDS = 40
LONGEST_PREVIEW = 500


class Refused(Exception):
    """Close the socket with this code."""

    def __init__(self, code: int):
        self.code = code


async def member_socket(scope, receive, send) -> None:
    """An agent's page: hello with a ticket, then frames of the workspace until it closes."""
    await _serve(scope, receive, send, _member)


async def visitor_socket(scope, receive, send) -> None:
    """A visitor's panel: hello with key and token, then the messages of its own conversations only."""
    await _serve(scope, receive, send, _visitor)


async def _serve(scope, receive, send, talk: Callable) -> None:
    await receive()  # websocket.connect
    if not same_origin(scope):
        await send({"type": "websocket.close", "code": 4403})
        return
    await send({"type": "websocket.accept"})
    try:
        hello = await asyncio.wait_for(_next(receive), HELLO_WITHIN)
        if hello is not None:
            await talk(hello | {"address": address_of(scope)}, receive, send)
    except TimeoutError:
        await send({"type": "websocket.close", "code": 4408})
    except Refused as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
    except Exception:  # the database is away, say: the other side comes back and asks again
        log.exception("socket_failed")
        await send({"type": "websocket.close", "code": 1013})


def same_origin(scope) -> bool:
    """Sockets are opened by our own pages only: a missing or foreign Origin is refused (T060)."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin == settings.SITE_URL:
        return True
    if not (settings.DEBUG or settings.TESTING):
        return False
    parts = urlsplit(origin)
    return parts.netloc == headers.get(b"host", b"").decode("latin-1") and parts.hostname in (
        "127.0.0.1",
        "localhost",
    )


def address_of(scope) -> str:
    """The address that limits count."""
    peer = (scope.get("client") or ("unknown",))[0]
    forwarded = dict(scope["headers"]).get(b"x-forwarded-for", b"").decode("latin-1")
    return real_address(peer, forwarded, settings.TRUSTED_PROXY_COUNT)


async def _next(receive) -> dict | None:
    """The next frame, or None when the socket closed. Raises Refused for one that is no frame of ours (T070)."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    if text is None or len(text) > LARGEST:
        raise Refused(1009 if text else 1003)
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(1007) from None
    if not isinstance(frame, dict):
        raise Refused(1007)
    return frame


async def _listen(receive, peer: Peer, handle: Callable) -> None:
    """Hand frames to `handle` until the socket closes; a flood closes it."""
    window, count = time.monotonic(), 0
    while not peer.closing:
        frame = await _next(receive)
        if frame is None:
            return
        if time.monotonic() - window > 10:
            window, count = time.monotonic(), 0
        count += 1
        if count > PER_TEN_SECONDS:
            peer.close(1008)
            return
        await handle(frame)


async def _converse(room: Room, peer: Peer, receive, handle: Callable) -> None:
    """Write and listen side by side; the first to end ends both."""
    writer = asyncio.create_task(peer.write())
    listener = asyncio.create_task(_listen(receive, peer, handle))
    try:
        done, _pending = await asyncio.wait({writer, listener}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (writer, listener):
            task.cancel()


# ── Members ──


async def _member(hello: dict, receive, send) -> None:
    reader = await in_thread(tickets.redeem)(hello.get("ticket", ""))
    if reader is None:
        raise Refused(4401)
    peer = MemberPeer(send, reader)
    room = await hub.join(reader.workspace_id)
    room.members.add(peer)  # before the replay: what happens meanwhile is heard twice, not missed
    try:
        await _replay(peer, hello.get("after", 0))
        await _converse(room, peer, receive, lambda frame: _from_member(room, peer, frame))
    finally:
        room.members.discard(peer)
        await presence.leave(hub, peer)
        await hub.leave(room)


async def _replay(peer: MemberPeer, after) -> None:
    missed = await in_thread(frames.since)(peer.reader, after if isinstance(after, int) else 0)
    for frame in missed["frames"]:
        peer.push(frame)
    peer.push(
        {"t": "reload"}
        if missed.get("reload")
        else {"t": "ready", "head": missed["head"], "now": frames.now()}
    )


async def _from_member(room: Room, peer: MemberPeer, frame: dict) -> None:
    if frame.get("t") == "sync":
        await _replay(peer, frame.get("after", 0))
    elif frame.get("t") == "see":
        await presence.see(hub, peer, number_of(frame))
    elif frame.get("t") == "typing" and (conversation_id := number_of(frame)):
        await presence.types(hub, peer, conversation_id, bool(frame.get("on")))
        bell = await in_thread(member_types)(peer.reader, conversation_id, bool(frame.get("on")))
        if bell:
            await hub.publish(room.workspace_id, {"typing": bell})


def number_of(frame: dict) -> int | None:
    """The conversation a frame names; None for none, and for what no id can be."""
    number = frame.get("conversation")
    return number if type(number) is int and 0 < number < 2**63 else None


def member_types(reader, conversation_id: int, on: bool) -> dict | None:
    """What the visitor hears of an agent who writes: the name they show, nothing of the text."""
    with workspace_scope(reader.workspace_id):
        member = Member.objects.get(pk=reader.member_id)
        conversation = Conversation.objects.worked_by(member).filter(pk=conversation_id).first()
        if conversation is None or conversation.visitor_id is None:
            return None
        return {"by": "member", "visitor": conversation.visitor_id, "name": member.display_name, "on": on}


# ── Visitors ──


async def _visitor(hello: dict, receive, send) -> None:
    admitted = await in_thread(admit)(hello)
    if admitted is None:
        raise Refused(4401)
    door, visitor = admitted
    peer = VisitorPeer(send, visitor.pk, lambda pk, public, seq: news(door, visitor, pk, public, seq))
    peer.conversation = hello.get("conversation") if isinstance(hello.get("conversation"), str) else None
    peer.seq = hello["after"] if isinstance(hello.get("after"), int) else 0
    room = await hub.join(door.workspace_id)
    room.visitors[visitor.pk].add(peer)
    try:
        await peer.catch_up(kind="ready")
        address = hello["address"]
        await _converse(
            room,
            peer,
            receive,
            lambda frame: _from_visitor(door, visitor, peer, frame | {"address": address}),
        )
    finally:
        room.visitors[visitor.pk].discard(peer)
        if not room.visitors[visitor.pk]:
            del room.visitors[visitor.pk]
        await hub.leave(room)


def admit(hello: dict):
    """The door and the visitor of a hello, or None."""
    door = chat.find_door(hello.get("key", "")) if isinstance(hello.get("key"), str) else None
    token = hello.get("token")
    if door is None or not isinstance(token, str):
        return None
    with workspace_scope(door.workspace_id):
        visitor = chat.load_visitor(door.channel_id, token)
    return (door, visitor) if visitor else None


def news(door, visitor, conversation_id: int | None, public_id: str | None, seq: int) -> dict | None:
    """What is new for this tab. A bell of another conversation than the one on screen changes nothing here."""
    with workspace_scope(door.workspace_id):
        if public_id is None and conversation_id is not None:
            detail = Conversation.objects.filter(pk=conversation_id, visitor=visitor)
            public_id = str(detail.values_list("detail__public_id", flat=True).get())
        return chat.since(visitor, public_id, seq)


async def _from_visitor(door, visitor, peer: VisitorPeer, frame: dict) -> None:
    kind = frame.get("t")
    if kind == "send":
        await _send(door, visitor, peer, frame)
    elif kind == "receipt":
        await in_thread(receipt)(door, visitor, frame)
    elif kind == "sync":
        if isinstance(frame.get("conversation"), str):
            peer.conversation = frame["conversation"]
        peer.seq = frame["after"] if isinstance(frame.get("after"), int) else 0
        await peer.catch_up()
    elif kind == "typing":
        bell = await in_thread(visitor_types)(door, visitor, frame)
        if bell:
            await hub.publish(door.workspace_id, {"typing": bell})


async def _send(door, visitor, peer: VisitorPeer, frame: dict) -> None:
    """Take a visitor's message; answer with ack or a refusal in a word. Sending it again is answered alike."""
    refused = {"t": "refused", "client_id": frame.get("client_id")}
    try:
        message = _post_of(frame)
    except (KeyError, ValueError, TypeError, AttributeError):
        return peer.push(refused | {"reason": "malformed"})
    outcome = await writer().submit((door.workspace_id, visitor, message))
    if outcome.ack is None:
        return peer.push(refused | {"reason": outcome.reason, "retry_after": outcome.retry_after})
    peer.push({"t": "ack", **outcome.ack})
    if not peer.sent(outcome.conversation_id, outcome.ack):
        await peer.catch_up()


_writers: dict[asyncio.AbstractEventLoop, Batcher] = {}


def writer() -> Batcher:
    """This process's batcher of messages, one a loop."""
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers.clear()
        _writers[loop] = Batcher(in_thread(write))
    return _writers[loop]


def write(items: list[tuple]) -> list:
    """Write (workspace id, visitor, post) together, workspace by workspace: a failure of one is its own."""
    outcomes: list = [None] * len(items)
    for workspace_id in {item[0] for item in items}:
        mine = [at for at, item in enumerate(items) if item[0] == workspace_id]
        done: list
        try:
            with workspace_scope(workspace_id):
                done = post_many([items[at][1:] for at in mine])
        except Exception as error:
            log.exception("batch_failed", workspace=workspace_id)
            done = [error] * len(mine)
        for at, outcome in zip(mine, done, strict=True):
            outcomes[at] = outcome
    return outcomes


def _post_of(frame: dict) -> chat.Post:
    """Raises ValueError or TypeError for a frame that is no message."""
    texts = {key: frame.get(key) or "" for key in ("body", "page_url", "referrer")}
    conversation = frame.get("conversation")
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(conversation, str | None):
        raise TypeError
    return chat.Post(
        files=_names(frame.get("files") or []),
        client_id=uuid.UUID(frame["client_id"]),
        conversation=conversation,
        starts_new=bool(frame.get("new")),
        address=frame["address"],
        **texts,
    )


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise TypeError
    return tuple(value)


def receipt(door, visitor, frame: dict) -> None:
    marks = [frame.get(key) if isinstance(frame.get(key), int) else 0 for key in ("delivered", "seen")]
    with workspace_scope(door.workspace_id):
        chat.receipts(visitor, frame.get("conversation"), *marks)


def visitor_types(door, visitor, frame: dict) -> dict | None:
    with workspace_scope(door.workspace_id):
        conversation = Conversation.objects.filter(visitor=visitor).order_by("-pk").first()
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
