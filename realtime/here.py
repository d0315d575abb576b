"""When each member's windows were last open, in Valkey only: for the workspaces that set away who is not here (AV-9).

The heartbeat of the process that holds a window notes it every 25 seconds. What Valkey forgets makes nobody away: the
sweep believes its silence only once it has been listening for longer than the workspace waits.
"""

import time

from django.conf import settings

KEPT = 2 * 24 * 3600  # seconds; a workspace may wait for a day


def key(workspace_id: int) -> str:
    return f"{settings.KEY_PREFIX}:here:{workspace_id}"


def since_key() -> str:
    return f"{settings.KEY_PREFIX}:here-since"


async def note(hub, room) -> None:
    """These members have a window open now."""
    members = {peer.reader.member_id for peer in room.members}
    if not members:
        return
    now = time.time()
    await hub.client.hset(key(room.workspace_id), mapping={str(member): now for member in members})
    await hub.client.expire(key(room.workspace_id), KEPT)


def note_one(client, workspace_id: int, member_id: int) -> None:
    """The same for somebody who asks by plain requests, where sockets are blocked."""
    client.hset(key(workspace_id), str(member_id), time.time())
    client.expire(key(workspace_id), KEPT)


def listening_since(client) -> float:
    """Since when Valkey has kept these notes without a gap: it begins anew with an empty Valkey."""
    client.set(since_key(), time.time(), nx=True)
    return float(client.get(since_key()) or time.time())


def last_seen(client, workspace_id: int) -> dict[int, float]:
    return {int(member): float(at) for member, at in client.hgetall(key(workspace_id)).items()}
