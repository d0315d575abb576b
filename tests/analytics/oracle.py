"""What reports must say, asked of conversations, messages and events alone: one plain statement for each kind of fact.

Written from the definitions (AN-2, AN-4, AN-5, DM-7) and not from what derives facts: nothing of it is imported here.
Slow and simple on purpose; good for a few hundred conversations.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

ZONE = "Europe/Paris"

# A conversation as it stands, with what reports tell it apart by. None that is spam, filtered, in the trash, merged away.
BASE = """
with c as materialized (
    select c.id, c.created_at, c.status, c.closed_at, c.inbox_id as inbox, c.channel_id as channel,
        c.channel_kind as kind, c.priority, coalesce(c.assignee_id, 0) as owner, coalesce(c.team_id, 0) as team,
        coalesce(d.chatflow, 0) as chatflow, coalesce(d.flow_version, 0) as version,
        split_part(regexp_replace(d.first_url, '^https?://[^/]*', ''), '?', 1) as page,
        coalesce((select f.facts->>'visitor.country' from chatflows_flowsession f
                  where f.conversation_id = c.id order by f.id desc limit 1), '') as country,
        array(select l.label_id from conversations_conversationlabel l where l.conversation_id = c.id) as labels,
        (select min(m.created_at) from conversations_message m
          where m.conversation_id = c.id and m.direction = 'in') as asked,
        (select m.direction from conversations_message m where m.conversation_id = c.id
          and (m.direction = 'in' or m.author_kind = 'member') order by m.seq limit 1) as begun
    from conversations_conversation c join conversations_conversationdetail d on d.conversation_id = c.id
    where c.spam_at is null and c.filtered_at is null and c.trashed_at is null and c.merged_into_id is null
), e as materialized (
    select * from events_event where type not like 'message.%'
), m as materialized (
    select * from conversations_message
), replies as materialized (
    select m.* from m where m.direction = 'out' and m.author_kind = 'member' and m.kind = 'message'
), firsts as materialized (
    select distinct on (r.conversation_id) r.conversation_id, r.created_at, r.member_id
    from replies r join c on c.id = r.conversation_id
    where c.begun = 'in' and r.created_at >= c.asked order by r.conversation_id, r.seq
), handed as materialized (
    select e.conversation_id, e.created_at from e where e.type = 'bot.handed_over'
), closings as materialized (
    select e.id, e.conversation_id, e.created_at,
        (select coalesce((a.payload->>'assignee')::bigint, 0) from e a where a.conversation_id = e.conversation_id
            and a.type = 'conversation.assigned' and a.id < e.id order by a.id desc limit 1) as given,
        (select s.actor_id from e s where s.conversation_id = e.conversation_id and s.type = 'conversation.started'
            order by s.id limit 1) as beginner,
        (select min(o.id) from e o where o.conversation_id = e.conversation_id and o.id > e.id
            and o.type = 'conversation.reopened') as undone_by
    from e where e.type = 'conversation.closed'
)
"""
DIMS = (
    "c.id, c.inbox, c.channel, c.kind, c.team, c.chatflow, c.version, c.country, c.priority, c.page, c.labels"
)
# Working time day by day, by the timetable of the channel, else of the workspace.
WORKED = """(
    select coalesce(sum(greatest(0, extract(epoch from
        least(({end}), (day + (block->>1)::int * interval '1 minute') at time zone hours.time_zone)
        - greatest(({begin}), (day + (block->>0)::int * interval '1 minute') at time zone hours.time_zone)))), 0)::bigint
    from (select * from inboxes_openinghours hours where hours.member_id is null
            and (hours.channel_id = c.channel or hours.channel_id is null) order by hours.channel_id nulls last limit 1) hours,
        generate_series(date_trunc('day', ({begin}) at time zone hours.time_zone), ({end}) at time zone hours.time_zone,
            interval '1 day') day,
        jsonb_array_elements(hours.weekly -> (extract(isodow from day)::int - 1)) block)"""
# kind -> (moment, member, since when or null, value, [chatflow, version], rows)
STATEMENTS: dict[str, tuple[str, str, str, str]] = {
    "created": ("c.created_at", "c.owner", "null", "from c"),
    "closed": (
        "x.created_at", "coalesce(x.given, x.beginner, 0)", "c.created_at",
        "from c join closings x on x.conversation_id = c.id",
    ),
    "undone": (
        "x.created_at", "coalesce(x.given, x.beginner, 0)", "null",
        "from c join closings x on x.conversation_id = c.id where x.undone_by is not null",
    ),
    "reopened": (
        "o.created_at", "coalesce(x.given, x.beginner, 0)", "x.created_at",
        "from c join closings x on x.conversation_id = c.id join e o on o.id = x.undone_by",
    ),
    "first_response": (
        "c.created_at", "f.member_id", "c.asked", "from c join firsts f on f.conversation_id = c.id",
    ),
    "first_by_owner": (
        "c.created_at", "f.member_id",
        """greatest(c.asked, (select max(a.created_at) from e a where a.conversation_id = c.id and
            a.type = 'conversation.assigned' and (a.payload->>'assignee')::bigint = f.member_id
            and a.created_at <= f.created_at))""",
        """from c join firsts f on f.conversation_id = c.id where exists (select 1 from e a where a.conversation_id = c.id
            and a.type = 'conversation.assigned' and (a.payload->>'assignee')::bigint = f.member_id
            and a.created_at <= f.created_at)""",
    ),
    "reply": ("r.created_at", "r.member_id", "null", "from c join replies r on r.conversation_id = c.id"),
    "response": (
        "r.created_at", "r.member_id", "w.since",
        """from c join replies r on r.conversation_id = c.id cross join lateral (
            select min(q.created_at) as since from m q where q.conversation_id = c.id and q.direction = 'in'
            and q.seq < r.seq
            and q.seq > coalesce((select max(b.seq) from replies b where b.conversation_id = c.id and b.seq < r.seq), 0)
            and q.created_at >= coalesce((select max(x.created_at) from closings x where x.conversation_id = c.id
                and x.created_at < r.created_at), '-infinity')) w where w.since is not null""",
    ),
    "wait": (
        "c.created_at", "f.member_id",
        """greatest(c.asked, (select max(h.created_at) from handed h where h.conversation_id = c.id
            and h.created_at <= f.created_at))""",
        "from c join firsts f on f.conversation_id = c.id",
    ),
    "assigned": (
        "a.created_at", "(a.payload->>'assignee')::bigint", "c.created_at",
        """from c join e a on a.conversation_id = c.id and a.type = 'conversation.assigned'
            where a.payload->>'assignee' is not null""",
    ),
    "asked": ("s.asked_at", "coalesce(s.agent_id, 0)", "null",
        "from c join chatflows_surveyanswer s on s.conversation_id = c.id"),
    "rated": ("s.answered_at", "coalesce(s.agent_id, 0)", "null",
        "from c join chatflows_surveyanswer s on s.conversation_id = c.id where s.score is not null"),
    "handed_over": ("h.created_at", "0", "f.started_at",
        "from c join chatflows_flowsession f on f.conversation_id = c.id join handed h on h.conversation_id = c.id"),
    "bot_started": ("f.started_at", "0", "null",
        "from c join chatflows_flowsession f on f.conversation_id = c.id"),
    "missed": (
        "p.since",
        "c.owner",
        "null",
        """from c left join firsts f on f.conversation_id = c.id cross join lateral (
            select greatest(c.asked, (select max(h.created_at) from handed h where h.conversation_id = c.id
                and h.created_at <= coalesce(f.created_at, 'infinity'))) as since) p cross join lateral (
            select coalesce(f.created_at, (select min(x.created_at) from closings x where x.conversation_id = c.id
                and x.created_at >= p.since), now()) as until) u
            where c.kind = 'chat' and c.begun = 'in' and (f.created_at is not null
                or not exists (select 1 from chatflows_flowsession s where s.conversation_id = c.id)
                or exists (select 1 from handed h where h.conversation_id = c.id)) and """
        + WORKED.format(begin="p.since", end="u.until") + " > 120",
    ),
} | {
    f"bot_{outcome}": ("f.started_at", "0", "f.ended_at",
        f"from c join chatflows_flowsession f on f.conversation_id = c.id where f.outcome = '{outcome}'")
    for outcome in ("completed", "abandoned", "handed_over")
}  # fmt: skip
VALUES = {"rated": "s.score"}
# What counts when the conversation began, and lasts until the answer (AN-5).
ENDS = dict.fromkeys(("first_response", "first_by_owner", "wait"), "f.created_at")
# The last closing of what is closed now: everything between its openings and closings, added up.
SETTLED = (
    BASE
    + f"""
select {DIMS}, x.created_at, coalesce(x.given, x.beginner, 0),
    extract(epoch from x.created_at - c.created_at)::bigint - coalesce((
        select sum(extract(epoch from o.created_at - y.created_at)) from closings y join e o on o.id = y.undone_by
        where y.conversation_id = c.id), 0)::bigint,
    {WORKED.format(begin="c.created_at", end="x.created_at")} - coalesce((
        select sum({WORKED.format(begin="y.created_at", end="o.created_at")})
        from closings y join e o on o.id = y.undone_by where y.conversation_id = c.id), 0)::bigint, null::int
from c join lateral (select * from closings x where x.conversation_id = c.id order by x.id desc limit 1) x on true
where x.undone_by is null
"""
)
# A ticket came by the channel of its first conversation.
TICKETS = """
select t.id, coalesce(t.inbox_id, 0), coalesce(c.channel, 0), coalesce(c.channel_kind, ''), coalesce(t.owner_id, 0),
    t.created_at, t.priority, t.source, t.pipeline_id
from tickets_ticket t left join lateral (
    select c.channel_id as channel, c.channel_kind from tickets_ticketconversation k
    join conversations_conversation c on c.id = k.conversation_id where k.ticket_id = t.id order by k.id limit 1) c on true
where t.deleted_at is null and t.merged_into_id is null
"""
CLOCKS = """
select k.ticket_id, k.goal, k.state, k.due_at, k.ended_at from tickets_slaclock k
where k.state in ('met', 'breached', 'overdue')
"""
# Each closing since the ticket was made, each opening again since the closing before it.
TURNS = """
select h.ticket_id, replace(e.type, '.', '_'), e.created_at, extract(epoch from e.created_at - case e.type
    when 'ticket.closed' then t.created_at
    else (select max(b.created_at) from tickets_ticketevent x join events_event b on b.id = x.event_id
        where x.ticket_id = t.id and b.type = 'ticket.closed' and b.id < e.id) end)::bigint
from tickets_ticketevent h join events_event e on e.id = h.event_id join tickets_ticket t on t.id = h.ticket_id
where e.type in ('ticket.closed', 'ticket.reopened')
"""
OWNERS = """
select h.ticket_id, e.created_at, coalesce((e.payload->>'owner')::bigint, 0) from tickets_ticketevent h
join events_event e on e.id = h.event_id where e.type = 'ticket.owner_changed' order by e.id
"""
GOALS = ("first", "next", "close")


@dataclass(frozen=True)
class Found:
    """A fact, with everything a report may tell it apart by."""

    kind: str
    subject: int
    at: datetime
    seconds: int | None
    worked: int | None
    value: int | None
    parts: dict[str, Any]


def everything() -> list[Found]:
    """All that every report counts, of the workspace whose scope is open."""
    with connection.cursor() as cursor:
        cursor.execute("select member_id, team_id from workspaces_teammember where is_main")
        teams = dict(cursor.fetchall())
        cursor.execute("select channel_id, weekly from inboxes_openinghours where member_id is null")
        hours = dict(cursor.fetchall())
        found = [one for kind in STATEMENTS for one in _asked(cursor, kind, teams, hours)]
        cursor.execute(SETTLED)
        found += [_row("settled", row, teams) for row in cursor.fetchall()]
        return found + _tickets(cursor, teams)


def _asked(cursor, kind: str, teams: dict, hours: dict) -> list[Found]:
    at, member, since, rows = STATEMENTS[kind]
    begin, end = (at, since) if since == "f.ended_at" else (since, ENDS.get(kind, at))
    worked = "null" if since == "null" else WORKED.format(begin=begin, end=end)
    seconds = "null" if since == "null" else f"extract(epoch from ({end}) - ({begin}))::bigint"
    dims = DIMS
    if kind in ("asked", "rated"):
        # With nobody: of the team that it stood with when it was asked about (LC-7).
        dims = dims.replace("c.team", "coalesce(s.team_id, c.team)")
    if kind.startswith("bot_") or kind == "handed_over":
        flow = "(select v.chatflow_id from chatflows_chatflowversion v where v.id = f.version_id)"
        dims = dims.replace("c.chatflow", flow).replace("c.version", "f.version_id")
    cursor.execute(
        f"{BASE} select {dims}, {at}, {member}, {seconds}, {worked}, {VALUES.get(kind, 'null')} {rows}"
    )
    return [_row(kind, row, teams) for row in cursor.fetchall()]


def _row(kind: str, row: tuple, teams: dict[int, int]) -> Found:
    subject, inbox, channel, ch_kind, team, flow, version, country, priority, page, labels = row[:11]
    at, member, seconds, worked, value = row[11:]
    parts = {
        "inbox": inbox,
        "channel": channel,
        "channel_kind": ch_kind,
        "member": member or 0,
        "team": teams.get(member, 0) if member else team,
        "chatflow": flow,
        "version": version,
        "country": country,
        "priority": priority,
        "page": page,
        "label": tuple(labels),
    }
    return Found(kind, subject, at, seconds, worked, value, parts)


def _tickets(cursor, teams: dict[int, int]) -> list[Found]:
    cursor.execute(TICKETS)
    found, parts_of = [], {}
    for id, inbox, channel, kind, owner, created, priority, source, pipeline in cursor.fetchall():
        parts = {"inbox": inbox, "channel": channel, "channel_kind": kind, "member": owner}
        parts |= {"team": teams.get(owner, 0), "priority": priority, "source": source}
        parts_of[id] = parts = parts | {"pipeline": pipeline}
        found.append(Found("ticket_created", id, created, None, None, None, parts))
    cursor.execute(TURNS)
    for ticket, kind, at, seconds in cursor.fetchall():
        if ticket in parts_of:
            found.append(Found(kind, ticket, at, seconds, None, None, parts_of[ticket]))
    cursor.execute(OWNERS)
    owners: dict[int, list[tuple[datetime, int]]] = {}
    for ticket, at, owner in cursor.fetchall():
        owners.setdefault(ticket, []).append((at, owner))
    cursor.execute(CLOCKS)
    for ticket, goal, state, due, ended in cursor.fetchall():
        if ticket in parts_of:
            kind, at = ("sla_met", ended) if state == "met" else ("sla_breached", due)
            parts = parts_of[ticket]
            if ticket in owners:  # whose it was at that moment
                owner = next((one for since, one in reversed(owners[ticket]) if since <= at), 0)
                parts = parts | {"member": owner, "team": teams.get(owner, 0)}
            found.append(Found(kind, ticket, at, None, None, GOALS.index(goal), parts))
    return found


# ── Counted as a child would ──

FILTERS = {
    "inboxes": "inbox", "channels": "channel", "kinds": "channel_kind", "members": "member", "teams": "team",
    "chatflows": "chatflow", "versions": "version", "labels": "label", "countries": "country",
    "priorities": "priority", "sources": "source", "pipelines": "pipeline", "pages": "page",
}  # fmt: skip
COUNTS_NONE = {"inbox", "channel", "channel_kind", "member", "team"}


def within(rows: list[Found], first: date, last: date, **filters: tuple) -> list[Found]:
    """Those in these days of the zone that carry one of each filter's values."""
    zone = ZoneInfo(ZONE)
    found = [one for one in rows if first <= one.at.astimezone(zone).date() <= last]
    for name, wanted in filters.items():
        part = FILTERS[name]
        found = [one for one in found if set(_values(one, part)) & set(wanted)]
    return found


def _values(one: Found, part: str) -> tuple:
    value = one.parts.get(part, 0)
    return value if part == "label" and isinstance(value, tuple) else () if part == "label" else (value,)


def by_part(rows: list[Found], by: str) -> dict[str, list[Found]]:
    """Each value of a part, as a cell names it, with its rows; nothing as "" where nothing counts as a value."""
    found: dict[str, list[Found]] = {}
    for one in rows:
        for value in _values(one, by) if by else ("",):
            name = "" if value in (0, "", None) else str(value)
            if name or not by or by in COUNTS_NONE:
                found.setdefault(name, []).append(one)
    return found


def when(one: Found, grain: str) -> Any:
    there = one.at.astimezone(ZoneInfo(ZONE))
    if grain == "weekday_hour":
        return there.weekday(), there.hour
    day = there.date()
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return {"": None, "day": day, "month": day.replace(day=1)}[grain]


def backlog(rows: list[Found], day: date) -> int:
    """How many stand open at the end of a day: each conversation by what happened to it last."""
    zone = ZoneInfo(ZONE)
    steps = {"created": 1, "reopened": 1, "closed": -1}
    return sum(steps[one.kind] for one in rows if one.kind in steps and one.at.astimezone(zone).date() <= day)
