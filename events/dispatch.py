"""After commit: ring the doorbell and nudge the worker. Both may fail: the heartbeat and the sweep make up for it."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import transaction

from events.retry import USUAL, Retry

log = structlog.get_logger(__name__)

Reaction = Callable[[Any], None]
_reactions: dict[str, list[str]] = {}
_functions: dict[str, Reaction] = {}
_history: ContextVar["list[Bell] | None"] = ContextVar("history", default=None)


def register(table: Mapping[str, Sequence[Reaction]]) -> None:
    """Take config/reactions.py: event type -> functions called with the event, inside the scope, after commit."""
    _reactions.clear()
    _functions.clear()
    for type, functions in table.items():
        _reactions[type] = [name_of(function) for function in functions]
        _functions.update({name_of(function): function for function in functions})


def name_of(function: Reaction) -> str:
    return f"{function.__module__}.{function.__name__}"


def reactions_to(type: str) -> list[str]:
    return _reactions.get(type, []) if _history.get() is None else []


def get_reaction(name: str) -> Reaction:
    return _functions[name]


def kind_of(name: str) -> str:
    """The kind of channel to whose messages a reaction is limited by its `only_for`; "" for every kind."""
    return getattr(_functions.get(name), "only_for", "")


def on_request(function: Reaction) -> Reaction:
    """Mark a reaction that is owed only in workspaces that ask for it (events.models.Interest): others pay nothing."""
    function.on_request = True  # type: ignore[attr-defined]
    return function


def first(function: Reaction) -> Reaction:
    """Mark a reaction that decides what the others to its event find: none of them begins while it is owed."""
    function.goes_first = True  # type: ignore[attr-defined]
    return function


def firsts_of(type: str) -> list[str]:
    return [name for name in reactions_to(type) if getattr(_functions.get(name), "goes_first", False)]


def is_on_request(name: str) -> bool:
    return getattr(_functions.get(name), "on_request", False)


def retry_of(name: str) -> Retry:
    return getattr(_functions.get(name), "retry", USUAL)


@dataclass(frozen=True, slots=True)
class Bell:
    """What the doorbell carries: ids and a message's sequence, never content."""

    workspace: int
    event: int
    type: str
    conversation: int | None
    audience: str
    seq: int = 0

    @classmethod
    def of(cls, event) -> "Bell":
        return cls(event.workspace_id, event.pk, event.type, event.conversation_id, event.audience)


@contextmanager
def history() -> "Iterator[list[Bell]]":
    """What is recorded inside happened long ago: nobody is owed a reaction. Yields the bells that do not ring."""
    bells: list[Bell] = []
    token = _history.set(bells)
    try:
        yield bells
    finally:
        _history.reset(token)


def announce(bells: list[Bell]) -> None:
    """After commit: tell the sockets, and nudge the worker when there is something to react to."""
    silent = _history.get()
    if silent is not None:
        silent += bells
    elif bells:
        transaction.on_commit(partial(after_commit, bells), robust=True)


def after_commit(bells: list[Bell]) -> None:
    ring(bells)
    if any(reactions_to(bell.type) for bell in bells):
        nudge()


def bell_channel(workspace_id: int) -> str:
    return f"{settings.KEY_PREFIX}:bells:{workspace_id}"


_client: redis.Redis | None = None
_silent_until = 0.0


def valkey() -> redis.Redis:
    """This process's client, with short time-outs: a bell is not worth waiting for."""
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=0.5, max_connections=50
        )
    return _client


def ring(bells: list[Bell]) -> None:
    """Publish the bells, one message a workspace. A Valkey that is away costs latency only (P3)."""
    by_workspace: dict[int, list[dict]] = {}
    for bell in bells:
        by_workspace.setdefault(bell.workspace, []).append(asdict(bell))
    quietly(
        lambda client: [
            client.publish(bell_channel(workspace), json.dumps(payload))
            for workspace, payload in by_workspace.items()
        ]
    )


def nudge() -> None:
    """Ask a worker to look at the queue now. At most one nudge waits: the worker clears the mark before it looks."""
    from events.tasks import run_reactions  # the task module imports this one

    def ask(client: redis.Redis) -> None:
        if client.set(nudge_key(), 1, nx=True, px=5000):
            run_reactions.apply_async(retry=False)

    quietly(ask)


def nudge_key() -> str:
    return f"{settings.KEY_PREFIX}:nudged"


def quietly(call: Callable[[redis.Redis], object]) -> None:
    """Run a call to Valkey that may fail; after a failure stay silent for a second, so that no request queues up."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        call(valkey())
    except Exception as error:  # redis, kombu and the operating system each have their own kinds
        _silent_until = time.monotonic() + 1
        log.warning("valkey_unreachable", error=str(error))
