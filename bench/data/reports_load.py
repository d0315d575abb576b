"""`python -m bench.data.reports_load CONVERSATIONS FILE`: one workspace into the empty database of the environment, by COPY.

BENCH_ADMIN_DSN says how a superuser reaches it. The known answers go to FILE as JSON.
"""

import os
import sys
import time
from pathlib import Path

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# What triggers keep, written by what they would have called.
COUNTERS = """
insert into conversations_countdelta (workspace_id, inbox_id, bucket, n)
select c.workspace_id, c.inbox_id, b, count(*) from conversations_conversation c, unnest(conversations_buckets(c)) b
group by 1, 2, 3;
insert into tickets_ticketcount (workspace_id, stage_id, inbox_id, n)
select workspace_id, stage_id, inbox_id, count(*) from tickets_ticket
where deleted_at is null and merged_into_id is null group by 1, 2, 3;
insert into tickets_ticketcounter (workspace_id, last)
select workspace_id, max(number) from tickets_ticket group by 1;
"""
SEQUENCES = """
select setval(pg_get_serial_sequence('{table}', 'id'), (select coalesce(max(id), 0) + 1 from {table}))
"""


def main() -> None:
    django.setup()
    from bench.dataset import BEGINS, as_json, fill
    from bench.dataset.cast import make_cast, make_workspace
    from bench.dataset.sinks import COLUMNS, Copies
    from workspaces.scope import workspace_scope

    conversations, file, began = int(sys.argv[1]), Path(sys.argv[2]), time.monotonic()
    workspace = make_workspace("made")
    with workspace_scope(workspace):
        cast = make_cast(workspace, BEGINS)
    with psycopg.connect(os.environ["BENCH_ADMIN_DSN"], autocommit=True) as admin, admin.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("set synchronous_commit = off")
        known = fill(Copies(cursor, workspace.pk), cast, conversations)
        say(began, f"{known['rows']['messages']:,} messages, {known['rows']['events']:,} events")
        cursor.execute(COUNTERS)
        for table in COLUMNS:
            cursor.execute("select pg_get_serial_sequence(%s, 'id')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(SEQUENCES.format(table=table))
        cursor.execute("vacuum analyze")
        cursor.execute("select pg_size_pretty(pg_database_size(current_database()))")
        say(began, f"ready, {cursor.fetchone()[0]}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(as_json(known))


def say(began: float, what: str) -> None:
    print(f"  {time.monotonic() - began:7.1f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
