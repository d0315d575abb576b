"""A workspace's place in its log: one of us alone works on its numbers, whether following the log or making them anew."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from analytics.models import Reading
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id, workspace_scope

# So old is an event that nothing with a lower number can still be on its way.
SETTLED = timedelta(seconds=30)
LOCK = 0x66696775  # the first of the two numbers of the advisory lock

_SETTLED_NOW = """
select coalesce(
    (select min(id) - 1 from events_event where workspace_id = %s and created_at >= %s),
    (select max(id) from events_event where workspace_id = %s), 0)
"""
# Writers share our role, so we see since when each of them is at work.
_OLDEST = """
select min(xact_start) from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start is not null
"""


@contextmanager
def reading(workspace_id: int, *, patience: float = 0.0) -> Iterator[Reading | None]:
    """The workspace's scope and place in the log, for one of us alone; None while another reads, after some seconds."""
    with workspace_scope(workspace_id):
        if not _alone(workspace_id, patience):
            yield None
            return
        zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id)
        place, is_new = Reading.objects.get_or_create(defaults={"time_zone": zone}, workspace_id=workspace_id)
        if is_new:
            _begin(place)
        elif place.anew_at is None and (place.time_zone != zone or place.hours_kept is False):
            place.begin_anew(zone=zone)
        yield place


def _alone(workspace_id: int, patience: float) -> bool:
    until = time.monotonic() + patience
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, workspace_id % 2**31])
            if cursor.fetchone()[0]:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)


def _begin(place: Reading) -> None:
    """The first time: history is read conversation by conversation (analytics/again.py), not event by event."""
    with connection.cursor() as cursor:
        here = current_workspace_id()
        cursor.execute(_SETTLED_NOW, [here, horizon(), here])
        place.event_id = cursor.fetchone()[0]
    place.again_asked_at = timezone.now()
    place.save()


def horizon() -> datetime:
    """Before it, the log is as it will be."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        oldest = cursor.fetchone()[0]
    settled = timezone.now() - SETTLED
    return min(settled, oldest - timedelta(seconds=1)) if oldest else settled
