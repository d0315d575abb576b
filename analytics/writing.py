"""Write the facts of a batch of subjects: what is there and should be stays, the difference goes in, and into the roll-ups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import connection

from analytics import arrays, open_then, rollups, stories
from analytics.days import Days
from analytics.facts import FactRow, of_conversation, of_ticket
from analytics.facts.due import look_again
from analytics.models import Subject
from workspaces.scope import current_workspace_id

log = structlog.get_logger(__name__)
COLUMNS = ", ".join(FactRow._fields)
_STANDING = f"""
select id, {COLUMNS} from analytics_fact
where workspace_id = %s and subject = %s and subject_id = any(%s)
"""  # noqa: S608 - our own words alone
_INSERT = f"""
insert into analytics_fact (workspace_id, {COLUMNS})
select %s, f.subject, f.subject_id, f.kind, f.key, f.at, f.seconds, f.worked, f.value, f.inbox_id, f.channel_id,
    f.channel_kind, f.team_id, f.member_id, f.chatflow_id, f.version_id, f.country, f.priority, f.page, f.source,
    f.pipeline_id, f.labels::bigint[]
from unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[], %s::int[], %s::int[],
    %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[]) as f({COLUMNS})
"""  # noqa: S608 - our own words alone
_READ = """
insert into analytics_subjectread (workspace_id, subject, subject_id, event_id, events, look_at)
select %s, %s, * from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::timestamptz[])
on conflict on constraint subject_read_once do update
    set event_id = excluded.event_id, events = excluded.events, look_at = excluded.look_at
"""


def write_conversations(ids: Sequence[int], days: Days, now: datetime) -> int:
    """Read these conversations and write what is new of them; returns how many facts changed. Inside the scope."""
    if not ids:
        return 0
    # How far before what: what happens in between is read twice then, and never missed.
    far = stories.how_far(ids)
    told = stories.of_conversations(ids, stories.Fetched(now))
    changed = write(Subject.CONVERSATION, *_derive(of_conversation, ids, told), days)
    again = {pk: look_again(story) for pk, story in told.items()}
    note_read(Subject.CONVERSATION, [(pk, *far.get(pk, (0, 0)), again.get(pk)) for pk in ids])
    return changed


def write_tickets(triggers: dict[int, int], days: Days, now: datetime) -> int:
    """`triggers`: {ticket: the newest event that named it}."""
    if not triggers:
        return 0
    told = stories.of_tickets(list(triggers), stories.Fetched(now))
    changed = write(Subject.TICKET, *_derive(of_ticket, list(triggers), told), days)
    note_read(Subject.TICKET, [(pk, event, 0, None) for pk, event in triggers.items()])
    return changed


def _derive(make: Callable, ids: Sequence[int], told: Mapping) -> tuple[list[int], list[FactRow]]:
    """(whose facts are known, their facts). One whose story makes no sense keeps what it had, and holds back no other."""
    known: list[int] = []
    facts: list[FactRow] = []
    for pk in ids:
        try:
            facts += make(told[pk]) if pk in told else []
        except Exception:
            log.exception("facts_failed", subject_id=pk)
        else:
            known.append(pk)
    return known, facts


def write(subject: Subject, ids: Sequence[int], facts: Iterable[FactRow], days: Days) -> int:
    """Make these the facts of these subjects."""
    wanted = set(facts)
    there = standing(subject, ids)
    gone, new = there.keys() - wanted, wanted - there.keys()
    if not gone and not new:
        return 0
    with connection.cursor() as cursor:
        if gone:
            cursor.execute("delete from analytics_fact where id = any(%s)", [[there[one] for one in gone]])
        if new:
            rows = [(*one[:-1], _array(one.labels)) for one in sorted(new, key=_in_order)]
            cursor.execute(_INSERT, [current_workspace_id(), *arrays.columns(rows)])
    open_then.mend(gone, new)
    rollups.apply(rollups.deltas(new, 1, days, rollups.deltas(gone, -1, days)))
    return len(gone) + len(new)


def _in_order(fact: FactRow):
    return fact.at, fact.kind, fact.subject_id, fact.key


def _array(labels: tuple[int, ...]) -> str:
    return "{" + ",".join(map(str, labels)) + "}"


def standing(subject: Subject, ids: Sequence[int]) -> dict[FactRow, int]:
    """The facts that are kept of them, with their ids."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [current_workspace_id(), subject.value, list(ids)])
        return {FactRow._make((*row[1:-1], tuple(row[-1]))): row[0] for row in cursor.fetchall()}


def note_read(subject: Subject, rows: list[tuple[int, int, int, datetime | None]]) -> None:
    """Up to which event each was read, how many it had, and when to look again."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [current_workspace_id(), subject.value, *arrays.columns(rows)])
