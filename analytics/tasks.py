"""Doors for Celery."""

import time
from functools import partial

import structlog
from celery import shared_task
from django.db import connections

from analytics import again, anew, open_then, reader, reconcile
from analytics.exports import work as exports
from analytics.letters import send as letters

log = structlog.get_logger(__name__)
TURN = 20.0
EACH = 5.0

# Whose log has something that its reader has not, or reads everything again, or moved to another time zone.
_NEWS = """
select w.id from workspaces_workspace w
left join analytics_reading r on r.workspace_id = w.id
where exists (select 1 from events_event e where e.workspace_id = w.id and e.id > coalesce(r.event_id, 0))
    or r.time_zone <> w.time_zone
order by r.read_at nulls first
"""
_AGAIN = """
select workspace_id from analytics_reading where again_asked_at is not null and again_done_at is null
order by again_asked_at
"""
_ANEW = "select workspace_id from analytics_reading where anew_at is not null order by workspace_id"
_DUE = "select distinct workspace_id from analytics_subjectread where look_at <= now()"


def _ids(sql: str) -> list[int]:
    with connections["maintenance"].cursor() as cursor:
        cursor.execute(sql)
        return [pk for (pk,) in cursor.fetchall()]


@shared_task
def read_log() -> None:
    """Follow every workspace's log. Whoever waited longest comes first, and none takes the whole turn."""
    until = time.monotonic() + TURN
    for workspace_id in _ids(_NEWS):
        if time.monotonic() > until:
            break
        _of(workspace_id, "read", lambda pk: reader.read(pk, seconds=EACH))
    for workspace_id in _ids(_DUE):
        _of(workspace_id, "look", reader.look_again)


@shared_task
def read_again() -> None:
    """Go on with reading everything again, where it was asked for, and with making roll-ups anew; a turn of its own."""
    until = time.monotonic() + TURN
    for workspace_id in _ids(_ANEW):
        if time.monotonic() > until:
            break
        _of(workspace_id, "anew", lambda pk: anew.go_on(pk, seconds=EACH))
    for workspace_id in _ids(_AGAIN):
        if time.monotonic() > until:
            break
        _of(workspace_id, "again", lambda pk: again.go_on(pk, seconds=EACH))


def _of(workspace_id: int, what: str, do) -> None:
    try:
        do(workspace_id)
    except Exception:  # one that cannot be read holds back no other
        log.exception("figures_failed", workspace_id=workspace_id, what=what)


_READ = "select workspace_id from analytics_reading order by workspace_id"


@shared_task
def compare() -> None:
    """Every night: do roll-ups, facts and log still agree? And marks of what stood open."""
    for workspace_id in _ids(_READ):
        _of(workspace_id, "compare", reconcile.look)
        _of(workspace_id, "marks", open_then.make_marks)


@shared_task
def send_letters() -> None:
    """Note what is due, then send what is noted."""
    for workspace_id, pk in letters.due():
        _of(workspace_id, "letter due", partial(letters.note_due, pk=pk))
    for workspace_id, pk in letters.waiting():
        _of(workspace_id, "letter", partial(letters.send, pk=pk))


@shared_task
def run_export(workspace_id: int, pk: int) -> None:
    exports.run(workspace_id, pk)


@shared_task
def tidy_exports() -> None:
    """Go on with what a worker that died has left; files that nobody fetched go."""
    for workspace_id, pk in exports.stalled():
        run_export.delay(workspace_id, pk)
    for workspace_id, pk in exports.old():
        _of(workspace_id, "old file", partial(exports.forget, pk=pk))
