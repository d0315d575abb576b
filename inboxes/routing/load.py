"""How many open conversations people have: asked of the room that has them, which stands above this one."""

from collections.abc import Callable, Collection

Count = Callable[[Collection[int]], dict[int, int]]


def _nobody_has_any(members: Collection[int]) -> dict[int, int]:
    return {}


_count: Count = _nobody_has_any


def register(count: Count) -> None:
    """`count` takes ids of members and gives their numbers; whoever is not in it has none."""
    global _count
    _count = count


def open_counts(members: Collection[int]) -> dict[int, int]:
    return _count(members) if members else {}
