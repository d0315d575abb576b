"""What stood open at a moment, from a mark not long before it: what a week's marks keep, no statement has to read from the beginning.

A mark is a moment and who stood open then, made of the mark before and the week between. Whoever writes facts puts right
the marks after an opening or closing that changed.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F, Func
from django.utils import timezone

from analytics import arrays
from analytics.facts import FactRow
from analytics.models import Kind, OpenThen
from analytics.place import reading
from workspaces.scope import current_workspace_id

OPENING = {Kind.CREATED, Kind.REOPENED, Kind.CLOSED}
WEEK = timedelta(days=7)
MONDAY = datetime(1990, 1, 1, tzinfo=UTC)
# What is younger still changes.
YOUNG = timedelta(days=2)
# Who stood open at the mark, and what happened since: (subject_id, 1 or -1).
STEPS = """
with mark as (
    select at, subjects from analytics_openthen where workspace_id = %s and at <= %s order by at desc limit 1
)
select unnest(subjects) as subject_id, 1 as step from mark
union all
select f.subject_id, case f.kind when 'closed' then -1 else 1 end from analytics_fact f
where f.workspace_id = %s and f.kind in ('created', 'reopened', 'closed')
    and f.at >= (select coalesce(max(at), '-infinity') from mark) and f.at < %s
"""
STILL = f"""
select subject_id from ({STEPS}) as steps group by subject_id having sum(step) > 0
"""  # noqa: S608 - our own words alone
_AS_ARRAY = f"select coalesce(array_agg(subject_id)::text, '{{}}') from ({STILL}) as still"  # noqa: S608 - our own words alone
_MARK = f"""
insert into analytics_openthen (workspace_id, at, subjects)
select %s, %s, coalesce(array_agg(subject_id order by subject_id), '{{}}') from ({STILL}) as still
"""  # noqa: S608 - our own words alone
_MEND = """
update analytics_openthen as m set subjects = array(
    select s from unnest(m.subjects) as s where s <> all(%s::bigint[])
    union all
    select f.subject_id from analytics_fact f
    where f.workspace_id = m.workspace_id and f.subject = 'c' and f.subject_id = any(%s::bigint[])
        and f.kind in ('created', 'reopened', 'closed') and f.at < m.at
    group by f.subject_id having sum(case f.kind when 'closed' then -1 else 1 end) > 0
) where m.workspace_id = %s and m.at > %s
"""
_OLDEST = """
select min(at) from analytics_fact where workspace_id = %s and kind = 'created'
"""


def told_of(end: datetime) -> tuple:
    """The parameters of STEPS and STILL. Inside the scope."""
    return current_workspace_id(), end, current_workspace_id(), end


def at(end: datetime) -> str:
    """Which conversations stood open just before a moment, as PostgreSQL writes an array. Inside the scope."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_ARRAY, told_of(end))
        return cursor.fetchone()[0]


def about(end: datetime) -> int:
    """How many stood open about then, as the mark before it says. Inside the scope."""
    marks = OpenThen.objects.filter(at__lte=end).order_by("-at")
    return marks.values_list(Func(F("subjects"), function="cardinality"), flat=True).first() or 0


# ── Marks ──


def make_marks(workspace_id: int, *, seconds: float = 20.0) -> None:
    """Those that are missing up to some days ago, a mark a transaction."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with reading(workspace_id, patience=5.0) as place:
            if place is None or place.is_read_again or not _make_one():
                return


def _make_one() -> bool:
    newest = OpenThen.objects.order_by("-at").values_list("at", flat=True).first()
    with connection.cursor() as cursor:
        if newest is None:
            cursor.execute(_OLDEST, [current_workspace_id()])
            oldest = cursor.fetchone()[0]
            if oldest is None:
                return False
            newest = MONDAY + (oldest - MONDAY) // WEEK * WEEK
        end = newest + WEEK
        if end > timezone.now() - YOUNG:
            return False
        cursor.execute(_MARK, [current_workspace_id(), end, *told_of(end)])
    return True


def mend(gone: Iterable[FactRow], new: Iterable[FactRow]) -> None:
    """These facts were there, those are now: openings and closings that changed, in the marks after the oldest of them."""
    changed = _steps(gone) ^ _steps(new)
    oldest = min((moment for _subject, _kind, _key, moment in changed), default=None)
    if oldest is None or oldest > timezone.now() - YOUNG:
        return
    whose = arrays.literal(sorted({subject for subject, _kind, _key, _moment in changed}))
    with connection.cursor() as cursor:
        cursor.execute(_MEND, [whose, whose, current_workspace_id(), oldest])


def _steps(facts: Iterable[FactRow]) -> set[tuple]:
    return {(one.subject_id, one.kind, one.key, one.at) for one in facts if one.kind in OPENING}
