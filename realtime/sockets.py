"""The two sockets: plain ASGI applications. They carry, they do not decide.

They are no Channels consumers: those cost 70-95 us a message and 60 KiB a connection.
"""

import asyncio
from collections.abc import Callable

import structlog

from channels_app.messenger import typing
from conversations.models import Conversation
from inboxes.kinds import get_kind
from realtime import frames, presence, tickets, visitors
from realtime.hub import Room, hub, in_thread, tell_skipped
from realtime.peers import MemberPeer
from realtime.wire import Refused, address_of, frame_of, listen, same_origin
from workspaces.models import Member
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

HELLO_WITHIN = 5.0


async def member_socket(scope, receive, send) -> None:
    """An agent's page: hello with a ticket, then frames of the workspace until it closes."""
    await _serve(scope, receive, send, _member)


async def visitor_socket(scope, receive, send) -> None:
    """A visitor's panel: hello with key and token, then the messages of its own conversations only."""
    await _serve(scope, receive, send, visitors.talk)


async def _serve(scope, receive, send, talk: Callable) -> None:
    await receive()  # websocket.connect
    if not same_origin(scope):
        await send({"type": "websocket.close", "code": 4403})
        return
    await send({"type": "websocket.accept"})
    try:
        async with asyncio.timeout(HELLO_WITHIN):
            hello = frame_of(await receive())
    except TimeoutError:
        await send({"type": "websocket.close", "code": 4408})
        return
    except Refused as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
        return
    if hello is None:
        return
    try:
        talking = talk(hello, address_of(scope), receive, send)
        del hello  # a socket may stay for hours
        await talking
    except Refused as refusal:
        await send({"type": "websocket.close", "code": refusal.code})
    except Exception:  # the database is away, say: the other side comes back and asks again
        log.exception("socket_failed")
        await send({"type": "websocket.close", "code": 1013})


# ── Members ──


async def _member(hello: dict, _address: str, receive, send) -> None:
    reader = await in_thread(tickets.redeem)(hello.get("ticket", ""))
    if reader is None:
        raise Refused(4401)
    peer = MemberPeer(send, reader)
    room = await hub.join(reader.workspace_id)
    room.members.add(peer)  # before the replay: what happens meanwhile is heard twice, not missed
    try:
        await _replay(peer, hello.get("after", 0))
        await listen(receive, room, peer, _from_member)
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
        await _see(peer, number_of(frame))
    elif frame.get("t") == "typing" and (conversation_id := number_of(frame)):
        await presence.types(hub, peer, conversation_id, bool(frame.get("on")))
        bell = await in_thread(member_types)(peer.reader, conversation_id, bool(frame.get("on")))
        if bell:
            await hub.publish(room.workspace_id, {"typing": bell})


async def _see(peer: MemberPeer, conversation_id: int | None) -> None:
    """From now on in full of what this tab shows; and what it was told in short, while it was drawn or hidden."""
    if conversation_id is not None:
        peer.skipped.shows = conversation_id
        await tell_skipped(peer, conversation_id)
    await presence.see(hub, peer, conversation_id)


def number_of(frame: dict) -> int | None:
    """The conversation a frame names; None for none, and for what no id can be."""
    number = frame.get("conversation")
    return number if type(number) is int and 0 < number < 2**63 else None


def member_types(reader, conversation_id: int, on: bool) -> dict | None:
    """What the visitor hears of an agent who writes: the name they show, nothing of the text."""
    with workspace_scope(reader.workspace_id):
        member = Member.objects.get(pk=reader.member_id)
        conversation = Conversation.objects.worked_by(member).filter(pk=conversation_id).first()
        if conversation is None:
            return None
        if get_kind(conversation.channel_kind).reply_window:
            typing.pass_on(reader.workspace_id, conversation_id, on=on)
            return None
        if conversation.visitor_id is None:
            return None
        return {"by": "member", "visitor": conversation.visitor_id, "name": member.display_name, "on": on}
