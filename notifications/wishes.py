"""How a member wants to hear: ours, then the workspace's defaults, then their own choice (NO-2, NO-3); quiet hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from notifications.models import Preferences
from notifications.topics import LOUD, USUAL, Topic, Way
from workspaces.access import zone_of
from workspaces.models import Member


@dataclass(frozen=True)
class Wishes:
    """What holds for somebody. `matrix` and `switches` are complete."""

    matrix: dict[str, dict[str, bool]]
    switches: dict[str, bool]
    quiet: tuple[time, time] | None = None

    def ways(self, topic: str) -> list[str]:
        return [way for way in Way.values if self.matrix[topic][way] and self.switches[way]]

    def quiet_until(self, local: datetime) -> datetime | None:
        """The end of the quiet hours that `local`, a time on the member's clock, lies in; None outside of them."""
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        begins, ends = self.quiet
        now = local.time()
        over_night = begins > ends
        if not (now >= begins or now < ends if over_night else begins <= now < ends):
            return None
        end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
        return end + timedelta(days=1) if over_night and now >= begins else end


def wishes_of(members: Iterable[Member]) -> dict[int, Wishes]:
    """One query for all of them. Inside the scope."""
    ids = [member.pk for member in members]
    rows = {row.member_id: row for row in Preferences.objects.filter(member__in=ids)}
    defaults = default_preferences()
    return {pk: merged(defaults, rows.get(pk)) for pk in ids}


def wishes_for(member: Member) -> Wishes:
    return wishes_of([member])[member.pk]


def default_preferences() -> Preferences | None:
    return Preferences.objects.filter(member=None).first()


def merged(*layers: Preferences | None) -> Wishes:
    """The later layer wins wherever it says something."""
    matrix = {topic: {way: way in USUAL[topic] for way in Way.values} for topic in Topic.values}
    switches = dict.fromkeys(Way.values, True)
    quiet = None
    for layer in filter(None, layers):
        for topic, row in layer.matrix.items():
            if topic in matrix:
                matrix[topic] |= {way: bool(on) for way, on in row.items() if way in switches}
        switches |= {way: bool(on) for way, on in layer.switches.items() if way in switches}
        if layer.quiet_from and layer.quiet_to:
            quiet = (layer.quiet_from, layer.quiet_to)
    return Wishes(matrix, switches, quiet)


def ways_now(wishes: Wishes, member: Member, topic: str, now: datetime) -> tuple[list[str], datetime]:
    """By which ways to tell of a topic now, and from when on a mail may leave."""
    ways = wishes.ways(topic)
    until = wishes.quiet_until(now.astimezone(zone_of(member)))
    if until is None:
        return ways, now
    return [way for way in ways if way not in LOUD], until
