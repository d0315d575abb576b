"""Fills a scale with generate_series: seeded, in order of time, half of everything in the first of 200 workspaces.

A superuser loads, so the row policies are passed over and not switched off; triggers are quiet for this session alone,
and what they keep (search entries, counters) is then written by the very functions that they call.
"""

import time

import psycopg
from psycopg import sql

from bench.data.place import SCALES, admin_dsn, database_of, make_anew

WORKSPACES, MONTHS = 200, 13
# A word of rank n is met about 1/n as often as the first (Zipf).
WORD = "'qu' || translate(floor(power(20000, random()))::int::text, '0123456789', 'abdeilmnor')"

HELPERS = f"""
create schema bench;
create function bench.words(most int, salt bigint) returns text language sql volatile as $$
    select string_agg({WORD}, ' ') from generate_series(1, most + (salt % 17)::int)
$$;
create table bench.plan as
    select c as id,
        case when random() < 0.5 then 1 else 2 + floor(random() * {WORKSPACES - 1})::int end as workspace_id,
        now() - interval '{MONTHS * 30} days' * (1 - c::float8 / %(conversations)s) as created_at,
        case when random() < 0.002 then 200 else 1 + floor(random() * 17)::int end as messages,
        random() as mood
    from generate_series(1, %(conversations)s) c order by c;
create unique index on bench.plan (id);
"""  # noqa: S608  our own expressions

# table -> (column -> expression), rows from
ROWS: list[tuple[str, dict[str, str], str]] = [
    (
        "workspaces_workspace",
        {
            "id": "w",
            "name": "'Bench ' || w",
            "slug": "'bench-' || w",
            "language": "'en'",
            "time_zone": "'UTC'",
        },
        f"from generate_series(1, {WORKSPACES}) w",
    ),
    (
        "workspaces_user",
        {
            "id": "u",
            "email": "'member-' || u || '@bench.example'",
            "name": "'Member ' || u",
            "password": "'!'",
            "time_zone": "'UTC'",
            "theme": "'system'",
            "is_active": "true",
            "shortcuts_on": "true",
        },
        f"from generate_series(1, {WORKSPACES + 20}) u",
    ),
    (
        "workspaces_member",
        {
            "id": "u",
            "workspace_id": f"case when u > {WORKSPACES} then 1 else u end",
            "user_id": "u",
            "role": f"case when u > {WORKSPACES} then 'agent' else 'owner' end",
            "display_name": "'Member ' || u",
            "availability": "'available'",
            "can_be_auto_assigned": "true",
            "access_version": "1",
        },
        f"from generate_series(1, {WORKSPACES + 20}) u",
    ),
    (
        "inboxes_inbox",
        {
            "id": "w",
            "workspace_id": "w",
            "name": "'Inbox ' || w",
            "open_to_everyone": "true",
            "language": "'en'",
        },
        f"from generate_series(1, {WORKSPACES}) w",
    ),
    (
        "inboxes_channel",
        {
            "id": "w",
            "workspace_id": "w",
            "inbox_id": "w",
            "kind": "'chat'",
            "name": "'Chat'",
            "identifier": "'bench-' || w",
        },
        f"from generate_series(1, {WORKSPACES}) w",
    ),
    (
        "contacts_contact",
        {
            "id": "p.id",
            "workspace_id": "p.workspace_id",
            "name": "initcap(bench.words(2, 0))",
            "email": "'person-' || p.id || '@bench.example'",
            "created_at": "p.created_at",
        },
        "from bench.plan p order by p.id",
    ),
    (
        "conversations_conversation",
        {
            "id": "p.id",
            "workspace_id": "p.workspace_id",
            "inbox_id": "p.workspace_id",
            "channel_id": "p.workspace_id",
            "channel_kind": "'chat'",
            "contact_id": "p.id",
            "contact_name": "k.name",
            "subject": "bench.words(4, 0)",
            "preview": "bench.words(12, 0)",
            "status": "case when p.mood < 0.06 then 'open' else 'closed' end",
            "closed_at": "case when p.mood < 0.06 then null else p.created_at + interval '1 day' end",
            "waiting_since": "case when p.mood < 0.03 then p.created_at end",
            "assignee_id": f"case when p.workspace_id = 1 and p.mood between 0.01 and 0.06 then {WORKSPACES} + 1 + (p.id %% 20) end",
            "last_seq": "p.messages",
            "last_inbound_seq": "p.messages",
            "version": "1",
            "created_at": "p.created_at",
            "last_activity_at": "p.created_at + p.messages * interval '3 minutes'",
        },
        "from bench.plan p join contacts_contact k on k.id = p.id order by p.id",
    ),
    (
        "conversations_conversationdetail",
        {"workspace_id": "p.workspace_id", "conversation_id": "p.id", "public_id": "gen_random_uuid()"},
        "from bench.plan p order by p.id",
    ),
    (
        "conversations_message",
        {
            "workspace_id": "p.workspace_id",
            "conversation_id": "p.id",
            "channel_id": "p.workspace_id",
            "channel_kind": "'chat'",
            "seq": "n",
            "kind": "'message'",
            "direction": "case when n %% 2 = 1 then 'in' else 'out' end",
            "author_kind": "case when n %% 2 = 1 then 'contact' else 'member' end",
            "author_name": "case when n %% 2 = 1 then k.name else 'Member' end",
            "body": "bench.words(18, p.id + n)",
            "delivery": "case when n %% 2 = 1 then 'received' else 'sent' end",
            "client_id": "gen_random_uuid()",
            "created_at": "p.created_at + n * interval '3 minutes'",
        },
        "from bench.plan p join contacts_contact k on k.id = p.id cross join lateral generate_series(1, p.messages) n order by p.created_at + n * interval '3 minutes'",
    ),
    (
        "events_event",
        {
            "workspace_id": "p.workspace_id",
            "type": "'conversation.closed'",
            "conversation_id": "p.id",
            "actor_kind": "'member'",
            "audience": "'team'",
            "created_at": "p.created_at + interval '1 day'",
        },
        "from bench.plan p where p.mood >= 0.06 order by p.id",
    ),
]
ZERO = {
    "text": "''",
    "character varying": "''",
    "boolean": "false",
    "jsonb": "'{}'",
    "timestamp with time zone": "now()",
    "uuid": "gen_random_uuid()",
}

# Months first, so that rows find their partition; the index of words is built at once when all of them stand.
SEARCH = """
select search_make_partition(now() - interval '1 month' * m) from generate_series(0, 14) m;
"""
ENTRIES = """
insert into search_entry (workspace_id, conversation_id, kind, source_id, created_at, tsv)
select m.workspace_id, m.conversation_id, 1, m.id, m.created_at, search_of_message('public.parley_en', m)
from conversations_message m
union all
select c.workspace_id, c.id, 5, c.id, c.created_at, search_of_conversation('public.parley_en', c, k.email)
from conversations_conversation c left join contacts_contact k on k.id = c.contact_id
"""
COUNTERS = """
insert into conversations_countdelta (workspace_id, inbox_id, bucket, n)
select c.workspace_id, c.inbox_id, b, count(*) from conversations_conversation c, unnest(conversations_buckets(c)) b
group by 1, 2, 3
"""


def load(scale: str) -> None:
    began = time.monotonic()
    make_anew(scale)
    with psycopg.connect(admin_dsn(database_of(scale)), autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("set synchronous_commit = off")
        admin.execute("set maintenance_work_mem = '512MB'")
        admin.execute("select setseed(0.42)")
        run(admin, HELPERS, {"conversations": SCALES[scale] * 2 // 19})
        for table, columns, rows in ROWS:
            run(admin, insert_of(admin, table, columns, rows), {})
            say(began, table)
        fill_search(admin)
        say(began, "search_entry")
        run(admin, COUNTERS, {})
        after(admin)
        say(began, f"{scale} is ready, {size_of(admin)}")


def run(admin, statement: str, given: dict) -> None:
    admin.execute(
        statement.replace("%(conversations)s", str(given.get("conversations", 0))).replace("%%", "%")
    )


def insert_of(admin, table: str, columns: dict[str, str], rows: str) -> str:
    """An INSERT that also gives a value to every column which must have one and that this page does not know."""
    needed = admin.execute(
        """select column_name, data_type from information_schema.columns
           where table_schema = 'public' and table_name = %s and is_nullable = 'NO' and column_default is null
             and is_identity = 'NO'""",
        [table],
    )
    known = {name: ZERO.get(kind, "0") for name, kind in needed} | columns
    return f"insert into {table} ({', '.join(known)}) select {', '.join(known.values())} {rows}"


def fill_search(admin) -> None:
    """The index of words is dropped and built at once: row by row it takes three times as long."""
    admin.execute(SEARCH)
    definition = "create index search_entry_words on search_entry using gin ((workspace_id + 0), tsv)"
    admin.execute("drop index search_entry_words")
    admin.execute(ENTRIES)
    admin.execute(definition)


def after(admin) -> None:
    """Sequences behind the ids that were given, statistics, and visibility maps as an old database has them."""
    tables = [table for table, *_ in ROWS]
    for table in tables:
        if admin.execute("select pg_get_serial_sequence(%s, 'id')", [table]).fetchone()[0]:
            name = sql.Identifier(table)
            admin.execute(
                sql.SQL(
                    "select setval(pg_get_serial_sequence({}, 'id'), (select max(id) + 1 from {}))"
                ).format(sql.Literal(table), name)
            )
    admin.execute("drop schema bench cascade")
    admin.execute("vacuum analyze")
    admin.execute("checkpoint")


def size_of(admin) -> str:
    return admin.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]


def say(began: float, what: str) -> None:
    print(f"  {time.monotonic() - began:7.1f} s  {what}", flush=True)
