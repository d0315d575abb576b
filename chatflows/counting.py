"""What happens on the pages of customers' sites, noted in the process and handed to Valkey in one go a second.

Nothing of it may slow or fail a page view: a Valkey that is away loses figures, never an answer.
"""

import atexit
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import redis
import structlog
from django.conf import settings

from events.dispatch import valkey

log = structlog.get_logger(__name__)

EVERY = 1.0  # seconds
MOST_WAITING = 20_000
PAGES_KEPT = 4000  # of a channel and day; beyond, one visitor in so many is kept
PAGES_LAST = 8 * 86400
MOST_SEEN = 50_000  # that wait to be folded
DAY = 86400

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_pages: dict[str, list[str]] = {}
_seen: list[str] = []
_one_in: dict[str, int] = {}
_timer: threading.Timer | None = None
_pid = 0


def counts_key() -> str:
    return f"{settings.KEY_PREFIX}:flows:counts"


def pages_key(channel_id: int, day: int) -> str:
    return f"{settings.KEY_PREFIX}:flows:pages:{channel_id}:{day}"


def seen_key() -> str:
    return f"{settings.KEY_PREFIX}:flows:seen"


def add_seen(told: list) -> None:
    """Note which page somebody known looks at: [workspace, visitor, seconds, address]."""
    with _lock:
        if len(_seen) < MOST_WAITING:
            _seen.append(json.dumps(told, separators=(",", ":")))
        _wake()


def add_count(field: str, n: int = 1) -> None:
    with _lock:
        if len(_counts) < MOST_WAITING:
            _counts[field] += n
        _wake()


def add_page(channel_id: int, visitor: int, told: list) -> None:
    """Note a page view, when its visitor is one of those that are sampled."""
    key = pages_key(channel_id, int(time.time()) // DAY)
    if visitor % _one_in.get(key, 1):
        return
    with _lock:
        waiting = _pages.setdefault(key, [])
        if len(waiting) < MOST_WAITING:
            waiting.append(json.dumps([visitor, *told], separators=(",", ":")))
        _wake()


def _wake() -> None:
    """Under the lock: see to it that what waits is handed over soon, in this very process."""
    global _timer, _pid
    if _timer is not None and _pid == os.getpid():
        return
    _pid = os.getpid()
    _timer = threading.Timer(EVERY, flush)
    _timer.daemon = True
    _timer.start()


@contextmanager
def folding(key: str) -> Iterator[str]:
    """What stands under `key`, set apart while it is folded, so that noting goes on; "" while somebody else folds it.

    What was set apart and not folded is found there the next time.
    """
    client, apart = valkey(), f"{key}:folding"
    if not client.set(f"{key}:lock", "1", nx=True, ex=50):
        yield ""
        return
    try:
        if not client.exists(apart) and client.exists(key):
            client.renamenx(key, apart)
        yield apart
    finally:
        client.delete(f"{key}:lock")


def flush() -> None:
    """Hand over what waits."""
    global _timer
    with _lock:
        counts, pages, seen = dict(_counts), dict(_pages), list(_seen)
        _counts.clear()
        _pages.clear()
        _seen.clear()
        _timer = None
    if not counts and not pages and not seen:
        return
    try:
        if seen:
            _hand_over_seen(seen)
        _hand_over(counts, pages)
    except redis.RedisError as error:
        log.warning("figures_lost", counts=len(counts), error=str(error))


def _hand_over(counts: dict[str, int], pages: dict[str, list[str]]) -> None:
    pipe = valkey().pipeline(transaction=False)
    for field, n in counts.items():
        pipe.hincrby(counts_key(), field, n)
    for key, entries in pages.items():
        pipe.rpush(key, *entries)
        pipe.expire(key, PAGES_LAST)
        pipe.get(f"{key}:one_in")
    answers = pipe.execute()[len(counts) :]
    for key, length, one_in in zip(pages, answers[::3], answers[2::3], strict=True):
        _learn(key, int(length), int(one_in or 1))


def _hand_over_seen(seen: list[str]) -> None:
    pipe = valkey().pipeline(transaction=False)
    pipe.rpush(seen_key(), *seen)
    pipe.ltrim(seen_key(), -MOST_SEEN, -1)
    pipe.expire(seen_key(), DAY)
    pipe.execute()


def _learn(key: str, length: int, one_in: int) -> None:
    """Keep the sample small: when it is too long, from now on half as many visitors belong to it."""
    if len(_one_in) > 5000:
        _one_in.clear()
    if length > PAGES_KEPT:
        one_in = thin(key, one_in)
    _one_in[key] = one_in


def thin(key: str, one_in: int) -> int:
    """Drop every other visitor of a sample, whole; returns one in how many it holds now."""
    client = valkey()
    if not client.set(f"{key}:thinning", "1", nx=True, ex=10):
        return one_in
    rows = client.lrange(key, 0, -1)
    while len(rows) > PAGES_KEPT // 2 and one_in < 1 << 20:
        one_in *= 2
        rows = [row for row in rows if json.loads(row)[0] % one_in == 0]
    pipe = client.pipeline()
    pipe.set(f"{key}:one_in", one_in, ex=PAGES_LAST)
    pipe.delete(key)
    if rows:
        pipe.rpush(key, *rows)
        pipe.expire(key, PAGES_LAST)
    pipe.execute()
    return one_in


atexit.register(flush)
