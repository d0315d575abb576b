"""Roll-ups made anew from the facts, in the background: for another time zone, or where they drifted. Some days a transaction.

It goes from the first day to the last. What lies before the place it reached is added up in days of the new zone, what comes
after still in those of the old one; who reads the log in between follows the same line (Days). So every fact is in exactly
one row of its kind at any moment, reports have the old days until a piece is whole, and whoever is killed goes on there.
"""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from analytics import rollups
from analytics.models import BEGINNING, Kind, Reading, Reconciliation
from analytics.place import reading
from analytics.scope import day_of, start_of_day, zone_of
from workspaces.scope import current_workspace_id

END = datetime(9000, 1, 1, tzinfo=UTC)
# So many days first; then as many as take about so long.
DAYS, MOST_DAYS = 2, 92
SECONDS = 1.0
# Between two pieces: whoever waits for the log is let in.
PAUSE = 0.1
_OLDEST = """
select min(found.at) from unnest(%s::text[]) as k(kind) cross join lateral (
    select f.at from analytics_fact f where f.workspace_id = %s and f.kind = k.kind and f.at >= %s order by f.at limit 1
) as found
"""


def go_on(workspace_id: int, *, seconds: float = 20.0) -> bool:
    """Some pieces; whether there is more to do."""
    until, days = time.monotonic() + seconds, DAYS
    while time.monotonic() < until:
        began = time.monotonic()
        with reading(workspace_id) as place:
            if place is not None and (place.anew_at is None or not _piece(place, days)):
                return False
        if place is not None:
            spent = max(time.monotonic() - began, 0.01)
            days = max(1, min(MOST_DAYS, days * 4, round(days * SECONDS / spent)))
        time.sleep(PAUSE)
    return True


def _piece(place: Reading, days: int) -> bool:
    """The next days in which something happened; False when there are none any more."""
    kinds, at = list(place.anew_kinds or Kind.values), place.anew_at or BEGINNING
    oldest = _next(kinds, at)
    first = oldest.astimezone(zone_of(place.time_zone)).date() if oldest else None
    until = start_of_day(first + timedelta(days=days), place.time_zone) if first else at
    # Where the last piece ended an old day was cut: the rows from its beginning on hold what is added up now.
    begins = day_of(at, place.anew_was)
    since = _day_from(begins, place.time_zone)
    if first and at == BEGINNING:
        since = start_of_day(first, place.time_zone)
    for kind in kinds:
        rollups.clear(kind, begins, until if first else END)
        rollups.add(place.time_zone, kind, since, until)
        _keep_the_rest(place, kind, until)
    if first is None:
        _finish(place)
        return False
    place.anew_at = until
    place.save(update_fields=["anew_at"])
    return True


def _keep_the_rest(place: Reading, kind: str, until: datetime) -> None:
    """What comes after the piece in the old day that its end cuts."""
    cut = day_of(until, place.anew_was)
    if cut < until:
        rollups.add(place.anew_was, kind, until, _day_after(cut, place.anew_was))


def _next(kinds: list[str], at: datetime) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [kinds, current_workspace_id(), at])
        return cursor.fetchone()[0]


def _day_from(at: datetime, zone: str) -> datetime:
    """The first beginning of a day at or after a moment."""
    day = day_of(at, zone)
    return day if day == at else _day_after(day, zone)


def _day_after(begins: datetime, zone: str) -> datetime:
    return start_of_day(begins.astimezone(zone_of(zone)).date() + timedelta(days=1), zone)


def _finish(place: Reading) -> None:
    place.anew_at, place.anew_was, place.anew_kinds = None, "", None
    if place.hours_kept is None:
        place.hours_kept = True
    place.save(update_fields=["anew_at", "anew_was", "anew_kinds", "hours_kept"])
    Reconciliation.objects.filter(mended_at=None).exclude(drift=[]).update(mended_at=timezone.now())
