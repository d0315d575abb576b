"""What is known of a made workspace because it was made so: numbers by report, for a few scopes. Nothing here reads rows."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a report counts: when, by which channel, whose, how long it took (None: no duration)."""

    kind: str
    at: int
    inbox: int
    channel_kind: str
    member: int | None = None
    seconds: int | None = None


@dataclass
class Known:
    """Numbers of each scope, added up as things are made."""

    zone: str
    scopes: dict[str, dict[str, Any]]
    sums: dict[str, dict[str, dict[str, list[int]]]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self._tests = {name: _test(scope, ZoneInfo(self.zone)) for name, scope in self.scopes.items()}
        self.sums = {name: defaultdict(lambda: defaultdict(lambda: [0, 0])) for name in self.scopes}

    def add(self, one: Happening) -> None:
        for name, fits in self._tests.items():
            if fits(one):
                by = self.sums[name][one.kind]
                for part in ("", f"member:{one.member or ''}"):
                    by[part][0] += 1
                    by[part][1] += one.seconds or 0

    def told(self) -> dict[str, Any]:
        """As JSON: {"scopes": {name: filters}, "numbers": {name: {kind: {part: [n, seconds]}}}, "rows": {table: n}}."""
        numbers = {
            name: {kind: dict(parts) for kind, parts in sorted(kinds.items())}
            for name, kinds in self.sums.items()
        }
        return {"zone": self.zone, "scopes": self.scopes, "numbers": numbers, "rows": dict(self.rows)}


def _test(scope: dict[str, Any], zone: ZoneInfo) -> Callable[[Happening], bool]:
    def moment(day: str, later: int = 0) -> int:
        there = date.fromordinal(date.fromisoformat(day).toordinal() + later)
        return int(datetime(there.year, there.month, there.day, tzinfo=zone).astimezone(UTC).timestamp())

    begins, ends = moment(scope["first"]), moment(scope["last"], 1)
    inbox, kind = scope.get("inbox"), scope.get("kind")

    def fits(one: Happening) -> bool:
        return (
            begins <= one.at < ends
            and (inbox is None or one.inbox == inbox)
            and (kind is None or one.channel_kind == kind)
        )

    return fits
