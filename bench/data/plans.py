"""How PostgreSQL came to each answer, including what runs inside functions; and whether anything was read as a whole."""

import re
from collections.abc import Callable

from django.db import connection

# Reading a table of a few rows as a whole is right.
SMALL = 2000
_WHOLE = re.compile(r"Seq Scan on (\w+)")
WATCH = """
load 'auto_explain';
set auto_explain.log_min_duration = 0;
set auto_explain.log_nested_statements = on;
set auto_explain.log_analyze = on;
set auto_explain.log_buffers = on;
set auto_explain.log_level = notice;
set client_min_messages = notice;
"""


def of(questions: dict[str, Callable[[int], object]]) -> dict:
    """The plans of each question as text, and the big tables that were read as a whole. Needs a superuser."""
    from bench.data.ask import timed

    told: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("select relname, reltuples from pg_class where relkind in ('r', 'p')")
        rows = dict(cursor.fetchall())
        cursor.execute(WATCH)
        cursor.execute("set role parley_app")
        connection.connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
    plans, wholes = {}, []
    for label, ask in questions.items():
        # Twice unseen: what is planned once for a connection is planned by then.
        for number in range(3):
            told.clear()
            timed(ask, number)
        plans[label] = "\n\n".join(told)
        wholes += [
            f"{label}: {table}" for table in _WHOLE.findall(plans[label]) if rows.get(table, 0) > SMALL
        ]
    return {"plans": plans, "wholes": sorted(set(wholes))}
