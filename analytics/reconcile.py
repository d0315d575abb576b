"""The nightly look whether the numbers still agree: roll-ups with the facts they add up, a sample of facts with the log.

What does not agree is kept, mended at once, and shown above every report until a night finds everything in order.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from analytics import anew, rollups, stories, writing
from analytics.facts import FactRow, of_conversation, of_ticket
from analytics.models import Kind, Reading, Reconciliation, Subject
from analytics.place import reading
from analytics.scope import start_of_day, zone_of
from events.record import record
from events.types import FIGURES_DRIFTED
from workspaces.scope import current_workspace_id, workspace_scope

DAYS = 35
WEEK = 7  # days that one statement compares
PATIENCE = 5.0
SAMPLE = 300
# So many lines are kept of what differs: one is enough to look for the cause.
MOST = 50
ROLLUPS, FACTS = "rollups", "facts"
_TOLD = ("n", "total", "calendar_total", "worked_total", *rollups.HISTOGRAMS)

_COMPARED = f"""
with summed as ({rollups.SUMMED})
select coalesce(r.at, s.at), coalesce(r.inbox_id, s.inbox_id), coalesce(r."by", s."by"), coalesce(r.value, s.value),
    coalesce(r.n, 0), coalesce(s.n, 0)
from (select * from analytics_rollup where workspace_id = %(workspace)s and kind = %(kind)s
        and at >= %(since)s and at < %(until)s) as r
full outer join summed as s on s.at = r.at and s.inbox_id = r.inbox_id and s.channel_id = r.channel_id
    and s."by" = r."by" and s.value = r.value
where {" or ".join(f"r.{name} is distinct from s.{name}" for name in _TOLD)}
order by 1, 3, 4 limit {MOST}
"""  # noqa: S608 - our own words alone
# Those of the last days first, then any: what is old changes rarely, and is looked at over the weeks.
_SAMPLED = {
    Subject.CONVERSATION: """
        (select id from conversations_conversation where workspace_id = %(workspace)s and created_at < %(settled)s
            and last_activity_at < %(settled)s order by last_activity_at desc limit %(half)s)
        union (select id from conversations_conversation where workspace_id = %(workspace)s and id >= %(from)s
            and last_activity_at < %(settled)s order by id limit %(half)s)""",
    Subject.TICKET: """
        (select id from tickets_ticket where workspace_id = %(workspace)s and updated_at < %(settled)s
            order by updated_at desc limit %(half)s)
        union (select id from tickets_ticket where workspace_id = %(workspace)s and id >= %(from)s
            and updated_at < %(settled)s order by id limit %(half)s)""",
}
_TABLES = {Subject.CONVERSATION: "conversations_conversation", Subject.TICKET: "tickets_ticket"}


def latest() -> Reconciliation | None:
    """The last look, inside the scope."""
    return Reconciliation.objects.order_by("-at", "-pk").first()


def look(workspace_id: int, *, today: date | None = None) -> Reconciliation | None:
    """Compare, mend and write down; None while somebody reads, nothing was ever read, or roll-ups are made anew already."""
    with workspace_scope(workspace_id):
        place = Reading.objects.first()
    if place is None or place.anew_at is not None:
        return None
    last = today or timezone.now().astimezone(zone_of(place.time_zone)).date()
    first = last - timedelta(days=DAYS)
    drift = compare_rollups(workspace_id, place.time_zone, first, last)
    with reading(workspace_id, patience=PATIENCE) as place:
        if place is None or place.anew_at is not None:
            return None  # the zone is another meanwhile: nothing of it drifted
        looked_at, wrong = _compare_facts(place)
        if drift:
            place.begin_anew(kinds=sorted({one["kind"] for one in drift}))
        found = Reconciliation(
            workspace_id=workspace_id, first_day=first, last_day=last, looked_at=looked_at, drift=[*drift, *wrong][:MOST]
        )  # fmt: skip
        tell(found)
    while drift and anew.go_on(workspace_id):
        pass
    return found


def tell(found: Reconciliation) -> Reconciliation:
    """Write a look down; of one that found something, those who manage the workspace hear. Facts are mended by now."""
    is_mended = found.drift and not any(one["what"] == ROLLUPS for one in found.drift)
    found.mended_at = timezone.now() if is_mended else None
    found.save()
    if found.drift:
        record(FIGURES_DRIFTED, n=len(found.drift))
    return found


def compare_rollups(
    workspace_id: int, zone: str, first: date, last: date, *, at_once: int = WEEK
) -> list[dict[str, Any]]:
    """What differs on these days, by kind, day and inbox: [{"what", "kind", "at", "inbox", "by", "kept", "counted"}].

    Each week (`at_once`, in days) of a kind is one statement and sees facts and roll-ups as of one moment: who reads the log
    goes on meanwhile.
    """
    found: list[dict[str, Any]] = []
    for kind in Kind.values:
        for day in range(0, (last - first).days + 1, at_once):
            begins = first + timedelta(days=day)
            ends = min(begins + timedelta(days=at_once), last + timedelta(days=1))
            found += _compare(workspace_id, zone, kind, begins, ends)
    return found[:MOST]


def _compare(workspace_id: int, zone: str, kind: str, first: date, end: date) -> list[dict[str, Any]]:
    since, until = start_of_day(first, zone), start_of_day(end, zone)
    with workspace_scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(_COMPARED, rollups.between(zone, kind, since, until))
        return [
            {
                "what": ROLLUPS, "kind": kind, "at": at.isoformat(), "inbox": inbox, "by": by, "value": value,
                "kept": kept, "counted": counted,
            }
            for at, inbox, by, value, kept, counted in cursor.fetchall()
        ]  # fmt: skip


# ── A sample of subjects, derived again ──


def _compare_facts(place: Reading) -> tuple[int, list[dict[str, Any]]]:
    """(how many were looked at, where the facts that are kept are not those that the log tells)."""
    if place.is_read_again:
        return 0, []  # history is still being read: of course some are missing
    found, looked_at, now = [], 0, timezone.now()
    shared = stories.Fetched(now)
    for subject in Subject:
        ids = _sample(subject, now)
        looked_at += len(ids)
        told: dict[int, Any] = (
            stories.of_conversations(ids, shared)
            if subject == Subject.CONVERSATION
            else stories.of_tickets(ids, shared)
        )
        make = of_conversation if subject == Subject.CONVERSATION else of_ticket
        wanted = [fact for story in told.values() for fact in make(story)]  # type: ignore[operator]
        new, gone = _differences(subject, ids, wanted)
        for kind in sorted({one.kind for one in (*new, *gone)}):
            counts = {
                "counted": sum(one.kind == kind for one in new),
                "kept": sum(one.kind == kind for one in gone),
            }
            found.append({"what": FACTS, "subject": subject.value, "kind": kind, **counts})
        wrong = {one.subject_id for one in (*new, *gone)}
        writing.write(subject, list(wrong), [one for one in wanted if one.subject_id in wrong], place.days)
    return looked_at, found


def _differences(subject: Subject, ids: Sequence[int], wanted) -> tuple[set[FactRow], set[FactRow]]:
    """(what the log tells and is not kept, what is kept and the log does not tell)."""
    told, kept = set(map(_bare, wanted)), set(map(_bare, writing.standing(subject, ids)))
    return told - kept, kept - told


def _bare(fact: FactRow) -> FactRow:
    """Without what is right as it stood when it was read: hours, teams and labels change without being told of again."""
    return fact._replace(worked=None, team_id=0, labels=(), country="")


def _sample(subject: Subject, now: datetime) -> list[int]:
    """What the reader must have read by now: nothing of the last minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select max(id) from {_TABLES[subject]} where workspace_id = %s",  # noqa: S608 - our own words alone
            [current_workspace_id()],
        )
        newest = cursor.fetchone()[0]
        if newest is None:
            return []
        # Another stretch every day, so that in time all of it is looked at.
        begin = newest * (now.toordinal() * 137 % 1000) // 1000
        told = {"workspace": current_workspace_id(), "half": SAMPLE // 2, "from": begin}
        cursor.execute(_SAMPLED[subject], told | {"settled": now - timedelta(minutes=5)})
        return [pk for (pk,) in cursor.fetchall()]
