"""Which days facts are added up by: those of the workspace's zone; while they are made anew, of the zone before from a moment on."""

from dataclasses import dataclass
from datetime import datetime

from analytics.scope import day_of, hour_of


@dataclass(frozen=True)
class Days:
    """What lies before `turn` is added up in days of `zone`, what comes after still in those of `was`. No turn: all in `zone`."""

    zone: str
    was: str = ""
    turn: datetime | None = None

    def of(self, at: datetime) -> datetime:
        """The beginning of the day that a moment counts in."""
        return day_of(at, self._zone_at(at))

    def minutes(self, at: datetime) -> int:
        """How long after that the moment's hour begins."""
        return int((hour_of(at, self._zone_at(at)) - self.of(at)).total_seconds()) // 60

    def _zone_at(self, at: datetime) -> str:
        return self.was if self.turn is not None and at >= self.turn else self.zone
