"""A mail whose message was erased is known by a hash of its id, so that fetching it again brings nothing back."""

import hashlib
from collections.abc import Iterable

PREFIX = "erased:"


def tombstone(external_id: str) -> str:
    if not external_id or external_id.startswith(PREFIX):
        return external_id
    return PREFIX + hashlib.sha256(external_id.encode()).hexdigest()


def back_from(names: Iterable[str]) -> dict[str, str]:
    """{what may stand in the database: the name it was asked by}."""
    return {stored: name for name in names for stored in (name, tombstone(name))}
