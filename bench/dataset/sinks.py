"""Where made rows go: through plain INSERTs (as the serving role, for tests) or through COPY (as a superuser, for millions)."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

ZERO = {
    "text": "",
    "character varying": "",
    "boolean": False,
    "jsonb": "{}",
    "integer": 0,
    "bigint": 0,
    "smallint": 0,
    "double precision": 0,
    "interval": "0 seconds",
    "timestamp with time zone": "2026-03-01 00:00:00+00",
}
NEEDED = """
select column_name, data_type from information_schema.columns
where table_schema = 'public' and table_name = %s and is_nullable = 'NO' and column_default is null
    and is_identity = 'NO'
"""
# In the order in which one row needs another.
COLUMNS: dict[str, tuple[str, ...]] = {
    "contacts_contact": ("id", "name", "email", "created_at", "last_seen_at"),
    "conversations_conversation": (
        "id", "inbox_id", "channel_id", "channel_kind", "contact_id", "contact_name", "subject", "preview", "status",
        "priority", "assignee_id", "team_id", "bot_since", "last_seq", "last_inbound_seq", "waiting_since", "version",
        "last_activity_at", "created_at", "closed_at", "snoozed_until", "spam_at", "filtered_at", "trashed_at",
        "merged_into_id", "ticket_number",
    ),
    "conversations_conversationdetail": (
        "conversation_id", "public_id", "first_url", "assigned_at", "chatflow", "flow_version",
    ),
    "conversations_conversationlabel": ("conversation_id", "label_id"),
    "conversations_message": (
        "id", "conversation_id", "channel_id", "channel_kind", "seq", "kind", "direction", "author_kind", "author_name",
        "member_id", "contact_id", "body", "client_id", "delivery", "created_at",
    ),
    "chatflows_flowsession": (
        "id", "conversation_id", "version_id", "step", "inputs", "facts", "waiting", "handled_seq", "started_at",
        "last_input_at", "expires_at", "ended_at", "outcome",
    ),
    "chatflows_flowcount": ("chatflow_id", "version_id", "step", "measure", "hour", "n"),
    "chatflows_surveyanswer": (
        "conversation_id", "score", "comment", "channel_kind", "asked_at", "answered_at", "agent_id", "version_id",
        "inbox_id", "channel_id", "team_id", "contact_id",
    ),
    "tickets_ticket": (
        "id", "number", "pipeline_id", "stage_id", "name", "priority", "source", "made_by", "owner_id", "contact_id",
        "inbox_id", "position", "conversations_count", "version", "created_at", "updated_at", "closed_at",
        "first_reply_at", "deleted_at",
    ),
    "tickets_ticketconversation": ("ticket_id", "conversation_id", "created_at"),
    "tickets_slaclock": (
        "ticket_id", "policy_id", "goal", "state", "target", "started_at", "since", "changed_at", "due_at", "ended_at",
        "why",
    ),
    "events_event": ("id", "type", "conversation_id", "actor_id", "actor_kind", "audience", "payload", "created_at"),
    "tickets_ticketevent": ("ticket_id", "event_id"),
}  # fmt: skip


class Sink:
    """Keeps rows by table until there are enough of them; `write` is what the two kinds differ in."""

    most = 20_000

    def __init__(self, cursor, workspace: int):
        self.cursor, self.workspace = cursor, workspace
        self.kept: dict[str, list[tuple]] = {table: [] for table in COLUMNS}
        self.constants: dict[str, dict[str, Any]] = {}

    def put(self, table: str, *values: Any) -> None:
        rows = self.kept[table]
        rows.append(values)
        if len(rows) >= self.most:
            self.write(table, rows)
            self.kept[table] = []

    def finish(self) -> None:
        for table, rows in self.kept.items():
            if rows:
                self.write(table, rows)
                self.kept[table] = []

    def write(self, table: str, rows: Iterable[tuple]) -> None:
        raise NotImplementedError

    def columns(self, table: str) -> tuple[list[str], list[Any]]:
        """Names of all columns written, and the values of those that are the same in every row."""
        if table not in self.constants:
            self.cursor.execute(NEEDED, [table])
            needed = {name: ZERO.get(kind, 0) for name, kind in self.cursor.fetchall()}
            known = {"workspace_id", *COLUMNS[table]}
            rest = {name: value for name, value in needed.items() if name not in known}
            self.constants[table] = {"workspace_id": self.workspace} | rest
        constants = self.constants[table]
        return [*COLUMNS[table], *constants], list(constants.values())


class Inserts(Sink):
    """A few thousand rows, triggers and policies included."""

    most = 10**9  # all at the end, table by table: what refers to a row comes after it
    at_once = 300

    def write(self, table: str, rows: Iterable[tuple]) -> None:
        names, constants = self.columns(table)
        rows, one = list(rows), f"({', '.join(['%s'] * len(names))})"
        for first in range(0, len(rows), self.at_once):
            some = rows[first : first + self.at_once]
            self.cursor.execute(
                f"insert into {table} ({', '.join(names)}) values {', '.join([one] * len(some))}",  # noqa: S608
                [value for row in some for value in (*row, *constants)],
            )


class Copies(Sink):
    """Millions of rows, by a superuser whose session keeps triggers quiet."""

    def write(self, table: str, rows: Iterable[tuple]) -> None:
        names, constants = self.columns(table)
        tail = "\t".join(map(text, constants)) + "\n"
        page = io.StringIO()
        for row in rows:
            page.write("\t".join(map(text, row)))
            page.write("\t")
            page.write(tail)
        with self.cursor.copy(f"copy {table} ({', '.join(names)}) from stdin") as copy:
            copy.write(page.getvalue())


def text(value: Any) -> str:
    """As COPY reads it. What is made here holds neither tabs nor backslashes nor line ends."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if value is True or value is False:
        return "t" if value else "f"
    return str(value)
