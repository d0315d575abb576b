"""What every kind of channel provides."""

from dataclasses import dataclass
from typing import Protocol

from inboxes.kinds import Kind


class DeliveryRefused(Exception):
    """The other side will never take this message; `str()` is what the agent reads."""


class Unreachable(Exception):
    """The other side did not answer; the same message may be tried again."""


class AccountTrouble(Unreachable):
    """The other side does not let us in any more: no fault of this message, and somebody must act (CH-3)."""


@dataclass(frozen=True)
class Result:
    """What became of a delivery: `delivery` is a value of conversations.models.Delivery."""

    delivery: str
    error: str = ""
    external_id: str = ""


class Prepared(Protocol):
    """A delivery with everything it needs, so that it runs outside any transaction."""

    def send(self) -> Result: ...


class Adapter(Protocol):
    kind: Kind

    def prepare(self, message) -> Prepared:
        """Gather what sending needs, inside the scope. Raises DeliveryRefused."""
        ...
