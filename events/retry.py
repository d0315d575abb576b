"""How often a reaction is tried, and what happens when it never succeeds."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Postponed(Exception):
    """Not yet: look again in so many seconds. It is no failure and counts as no try."""

    def __init__(self, seconds: float):
        super().__init__(f"not for {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Retry:
    """Seconds before each further try, spread by `jitter`; one try more than there are delays.

    `gave_up(event, error)` is called in the scope after the last one; `error` is None when its worker was killed each
    time. Without it what fails for good is parked with its reason (P8).
    """

    delays: tuple[float, ...] = (2, 10, 60, 300)
    jitter: float = 0.0
    gave_up: Callable[[Any, Exception | None], None] | None = None

    @property
    def tries(self) -> int:
        return len(self.delays) + 1

    def delay_after(self, attempts: int) -> float:
        delay = self.delays[min(attempts, len(self.delays)) - 1]
        return delay * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311  spread, not secrecy


USUAL = Retry()


def retried(**policy: Any) -> Callable:
    """Give a reaction a policy of its own."""

    def mark(function: Callable) -> Callable:
        function.retry = Retry(**policy)  # type: ignore[attr-defined]
        return function

    return mark
