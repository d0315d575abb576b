"""Fetch what facts are made of: a batch of conversations or tickets, in a fixed number of queries, narrow columns only."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from analytics.facts import Event, FactRow, Message, Story, TicketClock, TicketStory, Vote, Walk
from analytics.facts.worked import AROUND_THE_CLOCK, Hours
from analytics.models import Subject
from inboxes.models import OpeningHours
from inboxes.opening import compiled
from tickets.models import Goal
from workspaces.scope import current_workspace_id

LONGEST_PAGE = 200
GOALS = {goal: i for i, goal in enumerate(Goal.values)}

CONVERSATIONS = """
select c.id, c.inbox_id, c.channel_id, c.channel_kind, c.priority, c.assignee_id, c.team_id, c.created_at, c.closed_at,
    c.spam_at is null and c.filtered_at is null and c.trashed_at is null and c.merged_into_id is null,
    d.first_url, d.chatflow, d.flow_version,
    (select array_agg(l.label_id order by l.label_id) from conversations_conversationlabel l where l.conversation_id = c.id)
from conversations_conversation c
left join conversations_conversationdetail d on d.conversation_id = c.id
where c.workspace_id = %s and c.id = any(%s)
"""
# What nothing is derived from is counted but not fetched: most of a long conversation's events tell of messages.
TELLING = """
select conversation_id, id, type, created_at, payload from events_event
where workspace_id = %s and conversation_id = any(%s) and type = any(%s) order by conversation_id, id
"""
HOW_FAR = """
select conversation_id, max(id), count(*) from events_event
where workspace_id = %s and conversation_id = any(%s) group by 1
"""
MESSAGES = """
select conversation_id, id, created_at, direction, author_kind, member_id from conversations_message
where workspace_id = %s and conversation_id = any(%s) and kind = 'message' order by conversation_id, seq
"""
WALKS = """
select s.conversation_id, s.id, v.chatflow_id, s.version_id, s.started_at, s.ended_at, s.outcome, s.facts->>'visitor.country'
from chatflows_flowsession s join chatflows_chatflowversion v on v.id = s.version_id
where s.workspace_id = %s and s.conversation_id = any(%s) order by s.conversation_id, s.id
"""
VOTES = """
select s.conversation_id, s.id, s.asked_at, s.answered_at, s.score, s.agent_id, s.team_id, s.inbox_id, s.channel_id,
    s.version_id, v.chatflow_id
from chatflows_surveyanswer s left join chatflows_chatflowversion v on v.id = s.version_id
where s.workspace_id = %s and s.conversation_id = any(%s)
"""
TICKETS = """
select t.id, t.inbox_id, c.channel_id, coalesce(c.channel_kind, ''), t.priority, t.source, t.pipeline_id, t.owner_id,
    t.created_at, t.closed_at, t.deleted_at is null and t.merged_into_id is null,
    (select min(m.team_id) from tickets_ticketteam m where m.ticket_id = t.id)
from tickets_ticket t
left join lateral (
    select k.channel_id, k.channel_kind from tickets_ticketconversation x
    join conversations_conversation k on k.id = x.conversation_id
    where x.ticket_id = t.id order by x.created_at, x.id limit 1) c on true
where t.workspace_id = %s and t.id = any(%s)
"""
TICKET_EVENTS = """
select h.ticket_id, e.id, e.type, e.created_at, e.payload from tickets_ticketevent h
join events_event e on e.id = h.event_id
where h.workspace_id = %s and h.ticket_id = any(%s) order by h.ticket_id, e.id
"""
CLOCKS = """
select ticket_id, id, goal, state, due_at, ended_at from tickets_slaclock
where workspace_id = %s and ticket_id = any(%s) order by ticket_id, id
"""
TEAMS = """
select distinct on (member_id) member_id, team_id from workspaces_teammember
where workspace_id = %s order by member_id, is_main desc, team_id
"""
TOLD = [
    "conversation.assigned", "conversation.closed", "conversation.reopened", "conversation.snoozed", "bot.handed_over",
]  # fmt: skip

_kept: dict[int, tuple[Any, Hours]] = {}


def _fetch(sql: str, ids: Sequence[int], *more: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_workspace_id(), list(ids), *more])
        return cursor.fetchall()


def _by_subject(rows: list[tuple]) -> dict[int, list[tuple]]:
    found: dict[int, list[tuple]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1:])
    return found


def how_far(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """{conversation: (its newest event, how many it has)}"""
    return {pk: (newest, n) for pk, newest, n in _fetch(HOW_FAR, ids)}


class Fetched:
    """What many stories share: the members' teams and the timetables, read once a batch."""

    def __init__(self, now: datetime):
        self.now = now
        with connection.cursor() as cursor:
            cursor.execute(TEAMS, [current_workspace_id()])
            self.teams: dict[int, int] = dict(cursor.fetchall())
        rows = OpeningHours.objects.filter(member=None)
        self.hours = {row.channel_id: _hours(row) for row in rows}

    def hours_of(self, channel: int | None) -> Hours:
        return self.hours.get(channel) or self.hours.get(None) or AROUND_THE_CLOCK


def _hours(row: OpeningHours) -> Hours:
    """Kept in the process as long as the timetable is the same: its days are added up once."""
    schedule = compiled(row)
    kept = _kept.get(row.pk)
    if kept and kept[0] is schedule:
        return kept[1]
    if len(_kept) > 1000:
        _kept.clear()
    made = Hours(schedule)
    _kept[row.pk] = schedule, made
    return made


# ── Conversations ──


def of_conversations(ids: Sequence[int], shared: Fetched) -> dict[int, Story]:
    """By id; one that is deleted has no story."""
    rows = _fetch(CONVERSATIONS, ids)
    events = _by_subject(_fetch(TELLING, ids, TOLD))
    messages = _by_subject(_fetch(MESSAGES, ids))
    walks = _by_subject(_fetch(WALKS, ids))
    votes = {row[0]: row[1:] for row in _fetch(VOTES, ids)}
    stories = {}
    for (
        pk,
        inbox,
        channel,
        kind,
        priority,
        owner,
        team,
        begun,
        closed,
        present,
        url,
        flow,
        version,
        labels,
    ) in rows:
        row = FactRow(
            Subject.CONVERSATION.value, pk, "", "", begun, inbox_id=inbox, channel_id=channel, channel_kind=kind,
            chatflow_id=flow or 0, version_id=version or 0, country=_country(walks[pk]), priority=priority,
            page=page_of(url or ""), labels=tuple(labels or ()),
        )  # fmt: skip
        stories[pk] = Story(
            row=row,
            created_at=begun,
            owner=owner or 0,
            team=team or 0,
            closed_at=closed,
            present=present,
            events=[_event(*one) for one in events[pk]],
            messages=[_message(*one) for one in messages[pk]],
            walks=[Walk(*one[:-1]) for one in walks[pk]],
            vote=_vote(votes.get(pk)),
            hours=shared.hours_of(channel),
            teams=shared.teams,
            now=shared.now,
        )
    return stories


def _event(pk: int, type: str, at: datetime, payload: str) -> Event:
    return Event(pk, type, at, json.loads(payload))


def _message(pk: int, at: datetime, direction: str, author: str, member: int | None) -> Message:
    return Message(pk, at, direction == "in", direction == "out" and author == "member", member or 0)


def _country(walks: list[tuple]) -> str:
    """As the visitor's page told a bot."""
    told = next((one[-1] for one in reversed(walks) if one[-1]), "")
    return told.upper()[:2] if len(told) == 2 and told.isascii() and told.isalpha() else ""


def _vote(row: tuple | None) -> Vote | None:
    if row is None:
        return None
    pk, asked, answered, score, *rest = row
    return Vote(pk, asked, answered, score, *(one or 0 for one in rest))


def page_of(url: str) -> str:
    """The path of an address: what follows a question mark may be anybody's secret, and no two visits' are the same."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return (path or ("/" if url else ""))[:LONGEST_PAGE].replace("\x00", "")


# ── Tickets ──


def of_tickets(ids: Sequence[int], shared: Fetched) -> dict[int, TicketStory]:
    events = _by_subject(_fetch(TICKET_EVENTS, ids))
    clocks = _by_subject(_fetch(CLOCKS, ids))
    stories = {}
    for pk, inbox, channel, kind, priority, source, pipeline, owner, begun, closed, present, team in _fetch(
        TICKETS, ids
    ):
        row = FactRow(
            Subject.TICKET.value, pk, "", "", begun, inbox_id=inbox or 0, channel_id=channel or 0, channel_kind=kind,
            team_id=team or 0, priority=priority, source=source, pipeline_id=pipeline,
        )  # fmt: skip
        stories[pk] = TicketStory(
            row=row,
            created_at=begun,
            owner=owner or 0,
            closed_at=closed,
            present=present,
            events=[_event(*one) for one in events[pk]],
            clocks=[TicketClock(id, GOALS[goal], *rest) for id, goal, *rest in clocks[pk]],
            hours=shared.hours_of(channel),
            teams=shared.teams,
        )
    return stories
