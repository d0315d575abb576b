"""How much mail one sender and one address may bring in an hour; beyond it mail is deferred, never dropped.

Losing Valkey halves the rate, it never lifts it.
"""

import hashlib
import time
from dataclasses import dataclass

from django.conf import settings

from events import dispatch

HOUR = 3600
MOST_KEYS = 20_000


@dataclass(frozen=True)
class Quota:
    name: str
    count: int


BY_SENDER = Quota("mail-sender", 120)
BY_ADDRESS = Quota("mail-address", 3000)

_local: dict[str, int] = {}


def within(quota: Quota, who: str) -> bool:
    """Count one more; False when there are too many in this hour."""
    hour = int(time.time()) // HOUR
    name = hashlib.sha256(who.lower().encode(errors="replace")).hexdigest()[:32]
    key = f"{settings.KEY_PREFIX}:limit:{quota.name}:{hour}:{name}"
    counted: list[int] = []

    def count(client) -> None:
        pipe = client.pipeline()
        pipe.incr(key)
        pipe.expire(key, HOUR + 60)
        counted.append(pipe.execute()[0])

    dispatch.quietly(count)
    if counted:
        return counted[0] <= quota.count
    if len(_local) > MOST_KEYS:
        _local.clear()
    _local[key] = _local.get(key, 0) + 1
    return _local[key] <= quota.count // 2
