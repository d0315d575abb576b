"""`./parley bench data contacts --scale 20k --scale 200k`: the list of contacts, searched as somebody types, and one page.

Each scale is a database of its own, made when it is not there: half of its contacts are in the first of 200 workspaces,
a twentieth has a company, everybody an address. What is asked is what the pages ask, as the serving role.
"""

import time

import psycopg

from bench.data import load
from bench.data.place import admin_dsn, database_of, make_anew

SCALES = {"20k": 20_000, "200k": 200_000, "2m": 2_000_000}
BEFORE = 3  # tables of load.ROWS that come before any contact: workspaces, users, members

PEOPLE = """
insert into contacts_company (id, workspace_id, name, domain, created_at)
select c, case when c %% 2 = 0 then 1 else 2 + c %% 199 end, initcap(bench.words(1, 0)) || ' ' || c, 'c' || c || '.example', now()
from generate_series(1, %(people)s / 40) c;
insert into contacts_contact (id, workspace_id, name, email, phone, phone_key, job_title, language, time_zone, city,
    custom, company_id, owner_id, created_at, last_seen_at, display)
select n, ws, initcap(bench.words(2, 0)), 'person-' || n || '@bench.example', '', lpad((n::bigint * 7919 %% 99999999)::text, 11, '336'),
    '', case when n %% 3 = 0 then 'fr' else 'en' end, '', '', '{}',
    case when n %% 20 = 0 and ws = 1 then 2 * (1 + n %% greatest(1, %(people)s / 80 - 1)) end,
    case when n %% 7 = 0 and ws = 1 then 1 end,
    now() - interval '400 days' * (1 - n::float8 / %(people)s), now() - interval '400 days' * random()
from (select n, case when random() < 0.5 then 1 else 2 + floor(random() * 199)::int end as ws
      from generate_series(1, %(people)s) n) p;
insert into contacts_contactaddress (workspace_id, contact_id, kind, value, created_at)
select workspace_id, id, 'email', email, created_at from contacts_contact;
"""


def load_people(scale: str) -> None:
    began = time.monotonic()
    make_anew(f"contacts_{scale}")
    with psycopg.connect(admin_dsn(database_of(f"contacts_{scale}")), autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("set synchronous_commit = off")
        admin.execute("set maintenance_work_mem = '256MB'")
        admin.execute("select setseed(0.42)")
        load.run(admin, load.HELPERS, {"conversations": 10})
        for table, columns, rows in load.ROWS[:BEFORE]:
            load.run(admin, load.insert_of(admin, table, columns, rows), {})
        admin.execute("drop index contact_words, contact_address_words")
        admin.execute(filled(admin).replace("%(people)s", str(SCALES[scale])).replace("%%", "%"))
        load.say(began, "contacts")
        for definition in INDEXES:
            admin.execute(definition)
        admin.execute("drop schema bench cascade")
        admin.execute("vacuum analyze")
        load.say(began, f"{scale} contacts are ready, {load.size_of(admin)}")


def filled(admin) -> str:
    """The rows of contacts name only what matters here; what else must have a value gets an empty one."""
    needed = admin.execute(
        """select column_name, data_type from information_schema.columns
           where table_name = 'contacts_contact' and is_nullable = 'NO' and column_default is null
             and is_identity = 'NO' and is_generated = 'NEVER'"""
    )
    named = PEOPLE.split("contacts_contact (")[1].split(")")[0]
    more = {name: load.ZERO.get(kind, "0") for name, kind in needed if name not in named}
    names = "".join(f", {name}" for name in more)
    values = "".join(f", {value}" for value in more.values())
    return PEOPLE.replace(", display)", f"{names})").replace("* random()\n", f"* random(){values}\n")


INDEXES = (
    """create index contact_words on contacts_contact using gin
       (workspace_id, lower(name || ' ' || email || ' ' || phone) gin_trgm_ops)""",
    """create index contact_address_words on contacts_contactaddress using gin
       (workspace_id, lower(value) gin_trgm_ops)""",
)
