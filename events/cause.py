"""On whose behalf something happens: what a rule or a macro does carries its name into the log, so that no rule wakes itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cause:
    """`kind` is "rule" or "macro"; `chain` are the ids of the rules that led here, the first one first."""

    kind: str
    pk: int
    name: str = ""
    chain: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.pk, "chain": list(self.chain)}


_current: ContextVar[Cause | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(cause: Cause | None) -> Iterator[None]:
    """Every event that is recorded inside names this cause; None leaves the one that stands."""
    token = _current.set(cause or _current.get())
    try:
        yield
    finally:
        _current.reset(token)


def cause_told() -> dict[str, Any]:
    """What the payload of an event says about its cause: {"cause": {...}}, or nothing when a person or the world acted."""
    cause = _current.get()
    return {"cause": cause.to_json()} if cause else {}
