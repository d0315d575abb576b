"""The one statement that writes messages: sequence, conversation, counters' sources, events and what they owe.

It takes a list, so that a busy chat process commits what is waiting at once. Nothing else writes
to the message table.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone

from conversations.models import Delivery, Direction, MessageKind
from events import dispatch
from events.cause import cause_told
from events.models import Audience
from events.types import MESSAGE_RECEIVED, MESSAGE_SENT
from workspaces.scope import current_workspace_id

PREVIEW = 160


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to write. Times are aware datetimes; ids are of rows in the current workspace."""

    conversation_id: int
    channel_id: int
    channel_kind: str
    direction: str
    author_kind: str
    body: str
    author_name: str = ""
    member_id: int | None = None
    contact_id: int | None = None
    kind: str = MessageKind.MESSAGE
    html: str = ""
    subject: str = ""
    extra: dict = field(default_factory=dict)
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)
    external_id: str = ""
    delivery: str = Delivery.RECEIVED
    created_at: datetime | None = None
    # What a list shows of a message without words.
    preview: str = ""
    # A machine wrote it, or it was set aside: nobody waits for an answer, nothing is unread, nothing reacts (SP-8).
    quiet: bool = False

    def event_type(self) -> str:
        return MESSAGE_RECEIVED if self.direction == Direction.IN else MESSAGE_SENT


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a message came to stand. `is_new` is false for the second copy of one that stood already (P2, P6)."""

    message_id: int
    conversation_id: int
    seq: int
    is_new: bool
    created_at: datetime


# One row a message comes in. `locked` serialises writers of a conversation, so numbers have no gaps; `fresh` drops
# copies by client id, within the batch and against what stands. A copy that commits while we wait for the lock is not
# seen by this snapshot: it then breaks the unique constraint, and append() asks again.
STATEMENT = """
WITH incoming AS (
    SELECT * FROM unnest(
        %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::text[],
        %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::boolean[]
    ) WITH ORDINALITY AS t(
        conversation_id, channel_id, channel_kind, direction, author_kind, author_name, body, member_id,
        contact_id, kind, html, subject, extra, client_id, external_id, delivery, created_at, preview, event_type,
        audience, quiet, ord)
), locked AS (
    SELECT id, last_seq FROM conversations_conversation
    WHERE id IN (SELECT conversation_id FROM incoming) ORDER BY id FOR NO KEY UPDATE
), fresh AS (
    SELECT DISTINCT ON (i.conversation_id, i.client_id) i.*, l.last_seq
    FROM incoming i JOIN locked l ON l.id = i.conversation_id
    WHERE NOT EXISTS (
        SELECT 1 FROM conversations_message m
        WHERE m.conversation_id = i.conversation_id AND m.client_id = i.client_id)
    ORDER BY i.conversation_id, i.client_id, i.ord
), numbered AS (
    SELECT f.*, f.last_seq + row_number() OVER (PARTITION BY f.conversation_id ORDER BY f.ord) AS seq FROM fresh f
), written AS (
    INSERT INTO conversations_message (
        workspace_id, conversation_id, channel_id, channel_kind, seq, kind, direction, author_kind, author_name,
        member_id, contact_id, body, html, subject, extra, client_id, external_id, delivery, delivery_error, created_at)
    SELECT %s, conversation_id, channel_id, channel_kind, seq, kind, direction, author_kind, author_name, member_id,
        contact_id, body, html, subject, extra::jsonb, client_id, external_id, delivery, '', created_at
    FROM numbered ORDER BY conversation_id, seq
    RETURNING id, conversation_id, client_id, seq, created_at
), gathered AS MATERIALIZED (  -- once, whatever the plan joins it with
    SELECT conversation_id, max(seq) AS seq, max(created_at) AS created_at,
        (array_agg(preview ORDER BY seq DESC))[1] AS preview,
        (array_agg(CASE WHEN author_kind = 'bot' THEN 'bot' ELSE direction END ORDER BY seq DESC))[1] AS preview_kind,
        bool_and(quiet) AS quiet,
        max(seq) FILTER (WHERE direction = 'in' AND NOT quiet) AS inbound_seq,
        min(created_at) FILTER (WHERE direction = 'in' AND NOT quiet) AS asked_at,
        coalesce(bool_or(direction = 'out' AND author_kind = 'member'), false) AS answered,
        coalesce(max(seq) FILTER (WHERE direction = 'in' AND NOT quiet), 0)
            > coalesce(max(seq) FILTER (WHERE direction = 'out' AND author_kind = 'member'), 0) AS asked_after
    FROM numbered GROUP BY conversation_id
), moved AS (
    UPDATE conversations_conversation c SET
        last_seq = n.seq,
        last_inbound_seq = greatest(c.last_inbound_seq, coalesce(n.inbound_seq, 0)),
        preview = CASE WHEN n.quiet AND c.last_seq > 0 THEN c.preview ELSE n.preview END,
        preview_kind = CASE WHEN n.quiet AND c.last_seq > 0 THEN c.preview_kind ELSE n.preview_kind END,
        last_activity_at = CASE WHEN n.quiet AND c.last_seq > 0 THEN c.last_activity_at
                                ELSE greatest(c.last_activity_at, n.created_at) END,
        waiting_since = CASE WHEN n.answered THEN CASE WHEN n.asked_after THEN n.asked_at END
                             ELSE coalesce(c.waiting_since, n.asked_at) END,
        version = c.version + 1
    FROM gathered n WHERE c.id = n.conversation_id
), told AS (
    INSERT INTO events_event (
        workspace_id, type, conversation_id, actor_id, actor_kind, audience, payload, created_at)
    SELECT %s, n.event_type, n.conversation_id, n.member_id, n.author_kind, n.audience,
        jsonb_build_object('message', w.id, 'seq', w.seq) || %s::jsonb, clock_timestamp()
    FROM written w JOIN numbered n USING (conversation_id, seq) WHERE n.kind = 'message' ORDER BY w.id
    RETURNING id, type, conversation_id, audience, (payload->>'seq')::int AS seq
), owed AS (
    INSERT INTO events_reactiondue (workspace_id, event_id, name)
    SELECT %s, t.id, r.name FROM told t
    JOIN numbered n ON n.conversation_id = t.conversation_id AND n.seq = t.seq AND NOT n.quiet
    JOIN unnest(%s::text[], %s::text[], %s::text[], %s::boolean[]) AS r(type, name, kind, asked)
        ON r.type = t.type AND r.kind IN ('', n.channel_kind)
    WHERE NOT r.asked OR EXISTS (
        SELECT 1 FROM events_interest i WHERE i.workspace_id = %s AND i.type = r.type AND i.name = r.name)
)
SELECT 'message', w.id, w.conversation_id, w.seq, w.client_id, w.created_at, '', '' FROM written w
UNION ALL SELECT 'event', t.id, t.conversation_id, t.seq, NULL, NULL, t.type, t.audience FROM told t
"""

STANDING = """
SELECT id, conversation_id, seq, client_id, created_at FROM conversations_message
WHERE (conversation_id, client_id) IN (SELECT * FROM unnest(%s::bigint[], %s::uuid[]))
"""


def append(messages: list[NewMessage]) -> list[Appended]:
    """Write messages, in order, and return where each stands, in the same order. Must run inside a workspace scope.

    Raises django.db.IntegrityError when an external id stands already in the channel, or when a copy with the same
    client id committed at the same moment; the caller asks again in a new transaction and gets the standing one.
    """
    workspace_id = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [*_columns(messages), *_told(workspace_id), *_owed(), workspace_id])
        rows = cursor.fetchall()
    dispatch.announce(
        [
            dispatch.Bell(workspace_id, row[1], row[6], row[2], row[7], row[3])
            for row in rows
            if row[0] == "event"
        ]
    )
    written = {
        (row[2], row[4]): Appended(row[1], row[2], row[3], True, row[5])
        for row in rows
        if row[0] == "message"
    }
    return _in_order(messages, written)


def _told(workspace_id: int) -> list:
    return [workspace_id, workspace_id, json.dumps(cause_told()), workspace_id]


def _columns(messages: list[NewMessage]) -> list[list]:
    now = timezone.now()
    columns: list[list] = [[] for _ in range(21)]
    for message in messages:
        body = message.body.replace("\x00", "")
        row = (
            message.conversation_id,
            message.channel_id,
            message.channel_kind,
            message.direction,
            message.author_kind,
            message.author_name,
            body,
            message.member_id,
            message.contact_id,
            message.kind,
            message.html.replace("\x00", ""),
            message.subject,
            json.dumps(message.extra),
            message.client_id,
            message.external_id,
            message.delivery,
            message.created_at or now,
            preview_of(body or message.preview),
            message.event_type(),
            Audience.VISITOR,
            message.quiet,
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return columns


def preview_of(body: str) -> str:
    return " ".join(body.split())[:PREVIEW]


def _owed() -> tuple[list[str], list[str], list[str], list[bool]]:
    pairs = [
        (type, name) for type in (MESSAGE_RECEIVED, MESSAGE_SENT) for name in dispatch.reactions_to(type)
    ]
    names = [name for _, name in pairs]
    kinds, asked = map(dispatch.kind_of, names), map(dispatch.is_on_request, names)
    return [type for type, _ in pairs], names, list(kinds), list(asked)


def _in_order(messages: list[NewMessage], written: dict) -> list[Appended]:
    missing = [message for message in messages if (message.conversation_id, message.client_id) not in written]
    standing = _standing(missing) if missing else {}
    result, given = [], set()
    for message in messages:
        key = (message.conversation_id, message.client_id)
        appended = written.get(key) if key not in given else None
        given.add(key)
        result.append(appended or standing.get(key) or _copy(written[key]))
    return result


def _standing(messages: list[NewMessage]) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [[m.conversation_id for m in messages], [m.client_id for m in messages]])
        return {
            (row[1], row[3]): Appended(row[0], row[1], row[2], False, row[4]) for row in cursor.fetchall()
        }


def _copy(appended: Appended) -> Appended:
    return Appended(appended.message_id, appended.conversation_id, appended.seq, False, appended.created_at)
