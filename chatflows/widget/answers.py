"""What every page view asks for, kept ready in the process: warm, an answer costs neither a query nor a rendering."""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

KEPT = 30.0  # seconds; whether somebody is here may be as old as that
MOST = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """A body in both of its forms, its name, and when it was made."""

    status: int
    plain: bytes
    packed: bytes
    etag: str
    made: float


_kept: dict[Hashable, Answer] = {}
_making: dict[Hashable, threading.Lock] = {}
_guard = threading.Lock()


def answer(name: Hashable, make: Callable[[], tuple[int, bytes]]) -> Answer:
    """Return the answer of this name; `make` gives (status, body) when it is absent or too old.

    One thread at a time makes it anew; the others are given the old one meanwhile, or wait when there is none.
    """
    kept = _kept.get(name)
    if kept and time.monotonic() - kept.made < KEPT:
        return kept
    with _guard:
        lock = _making.setdefault(name, threading.Lock())
    if not lock.acquire(blocking=kept is None):
        return kept or answer(name, make)
    try:
        standing = _kept.get(name)
        if standing is not None and standing is not kept:
            return standing  # made while we waited
        return _keep(name, *make())
    finally:
        lock.release()
        with _guard:
            _making.pop(name, None)


def _keep(name: Hashable, status: int, body: bytes) -> Answer:
    made = Answer(
        status, body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:16], time.monotonic()
    )
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[name] = made
    return made


def forget() -> None:
    _kept.clear()
