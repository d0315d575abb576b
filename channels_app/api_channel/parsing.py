"""What your messenger posts, read: pure, and total over every shape of bytes."""

import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from channels_app.webcall import signature_of

GOOD_FOR = 300  # seconds that a signature may be old, or our clocks apart
MOST_AT_ONCE = 100
LONGEST_TEXT, LONGEST_ID = 10_000, 200
MOST_PROPERTIES, LONGEST_NAME, LONGEST_VALUE = 60, 60, 5000


class BadSignature(Exception):
    """Not signed with the secret of this channel, or too long ago."""


class Malformed(Exception):
    """No JSON, or not of the shape that docs/adding-a-channel.md tells."""


@dataclass(frozen=True)
class Said:
    """One message from outside. `sender` and `id` are your messenger's own."""

    id: str
    sender: str
    name: str
    text: str
    at: datetime | None
    # {property of the ticket: its value}, as it was sent.
    ticket: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """How far one of our messages got: delivered, read or failed."""

    id: str
    state: str
    error: str


def verify(body: bytes, headers: Mapping[str, str], *, secret: str, now: float | None = None) -> None:
    """Raises BadSignature. Compared in constant time, over the bytes as they came."""
    at = headers.get("Parley-Timestamp", "")
    signed = headers.get("Parley-Signature", "")
    if not (at.isascii() and at.isdigit() and len(at) < 12):
        raise BadSignature
    if abs((time.time() if now is None else now) - int(at)) > GOOD_FOR:
        raise BadSignature
    if not hmac.compare_digest(signed.encode("utf-8", "replace"), signature_of(secret, at, body).encode()):
        raise BadSignature


def parse(body: bytes) -> list[Said | Receipt]:
    """The messages and receipts of one post, in order; an entry of another shape is left out. Raises Malformed."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed from None
    rows = data.get("events", [data]) if isinstance(data, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE:
        raise Malformed
    found = [one for row in rows if (one := _entry(row)) is not None]
    if not found:
        raise Malformed
    return found


def _entry(row: object) -> Said | Receipt | None:
    if not isinstance(row, dict):
        return None
    number = _text(row.get("id"), LONGEST_ID)
    if not number:
        return None
    if row.get("type") == "receipt":
        state = row.get("state")
        known = state in ("delivered", "read", "failed")
        return Receipt(number, str(state), _text(row.get("error"), 500)) if known else None
    given = row.get("from")
    sender: dict = given if isinstance(given, dict) else {}
    who, text = _text(sender.get("id"), LONGEST_ID), _text(row.get("text"), LONGEST_TEXT)
    if not who or not text.strip() or row.get("type", "message") != "message":
        return None
    name, at = _text(sender.get("name"), 200), _time(row.get("at"))
    return Said(number, who, name, text, at, _properties(row.get("ticket")))


def _properties(given: object) -> dict[str, str]:
    """What is no text, no number and no yes or no is left out."""
    if not isinstance(given, dict):
        return {}
    found = {_text(key, LONGEST_NAME): _plain(value) for key, value in list(given.items())[:MOST_PROPERTIES]}
    return {key: value for key, value in found.items() if key and value.strip()}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = repr(value)
    return _text(value, LONGEST_VALUE)


def _text(value: object, most: int) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        value = str(value)
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\x00", "")[:most]


def _time(value: object) -> datetime | None:
    """When it was written, as far as it can be believed: not in the future, not long ago."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        at = at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    age = datetime.now(UTC) - at if at else None
    return at if age is not None and timedelta(0) <= age < timedelta(minutes=5) else None
