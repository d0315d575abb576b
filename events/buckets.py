"""How much a stranger may do: token buckets in Valkey. Losing Valkey halves the rate, it never lifts it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import redis
from django.conf import settings

from events import dispatch

MINUTE, HOUR = 60, 3600


class Limited(Exception):
    """Too much, too fast. `retry_after` is in whole seconds, at least one."""

    def __init__(self, retry_after: float):
        super().__init__("limited")
        self.retry_after = max(1, int(retry_after + 0.999))


@dataclass(frozen=True)
class Rate:
    """`burst` at once, refilled with `count` in `seconds`."""

    name: str
    count: int
    seconds: int
    burst: int


# Returns for each key how many milliseconds to wait for a token: 0 when one was taken.
SCRIPT = """
local now = redis.call('TIME')
local t = now[1] * 1000 + math.floor(now[2] / 1000)
local burst, per_ms = tonumber(ARGV[1]), tonumber(ARGV[2])
local waits = {}
for at, key in ipairs(KEYS) do
    local held = redis.call('HMGET', key, 'n', 't')
    local n = math.min(burst, (tonumber(held[1]) or burst) + math.max(0, t - (tonumber(held[2]) or t)) * per_ms)
    local wait = 0
    if n >= 1 then n = n - 1 else wait = math.ceil((1 - n) / per_ms) end
    redis.call('HSET', key, 'n', n, 't', t)
    redis.call('PEXPIRE', key, math.ceil(burst / per_ms) + 1000)
    waits[at] = wait
end
return waits
"""

_local: dict[str, tuple[float, float]] = {}
_silent_until = 0.0
LOCAL_BUCKETS = 10_000


def take(rate: Rate, who: object) -> None:
    """Take one token of `who`. Raises Limited when there is none left."""
    [wait] = ask(rate, [who])
    if wait > 0:
        raise Limited(wait)


def ask(rate: Rate, everyone: Sequence[object]) -> list[float]:
    """Take a token of each, in order: how many seconds each has to wait, 0 for who got one."""
    keys = [f"{settings.KEY_PREFIX}:limit:{rate.name}:{who}" for who in everyone]
    waits = _waits_in_valkey(rate, keys) if keys else []
    return [_wait_in_process(rate, key) for key in keys] if waits is None else waits


def _waits_in_valkey(rate: Rate, keys: list[str]) -> list[float] | None:
    """None when Valkey does not answer (then it is not asked again for a second)."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return None
    per_ms = rate.count / rate.seconds / 1000
    try:
        waits = dispatch.valkey().eval(SCRIPT, len(keys), *keys, rate.burst, per_ms)
        return [int(wait) / 1000 for wait in waits]
    except (redis.RedisError, OSError):
        _silent_until = time.monotonic() + 1
        return None


def _wait_in_process(rate: Rate, key: str) -> float:
    """The same bucket at half rate, for this process alone."""
    if len(_local) > LOCAL_BUCKETS:
        _local.clear()
    now, per_second, burst = time.monotonic(), rate.count / rate.seconds / 2, max(1, rate.burst // 2)
    held, since = _local.get(key, (float(burst), now))
    tokens = min(burst, held + (now - since) * per_second)
    if tokens >= 1:
        _local[key] = (tokens - 1, now)
        return 0
    _local[key] = (tokens, now)
    return (1 - tokens) / per_second


def block_of(address: str) -> str:
    """An IPv6 visitor owns a /64, so that is what counts as one address."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return "unknown"
