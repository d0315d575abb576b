"""The peers in node, installed on demand beside the data; without node there is nothing to compare with."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

SOURCE = Path(__file__).resolve().parents[1] / "node"
TABLES = """
drop schema if exists bench_node cascade;
create schema bench_node;
create table bench_node.conversation (
    id bigint primary key, last_seq int not null default 0, preview text not null default '',
    last_at timestamptz not null default now());
create table bench_node.message (
    id bigint generated always as identity primary key, conversation_id bigint not null references bench_node.conversation,
    seq int not null, body text not null, created_at timestamptz not null default now(), unique (conversation_id, seq));
create table bench_node.event (
    id bigint generated always as identity primary key, conversation_id bigint not null, payload jsonb not null,
    created_at timestamptz not null default now());
insert into bench_node.conversation (id) select generate_series(1, 5000);
"""


@cache
def available() -> bool:
    """Install what the peers need, once for each lock file. Says in a sentence why there are none."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("node or npm is missing: the figures of node are left out")
        return False
    folder = Path(settings.DATA_DIR) / "bench" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    same = folder / "package-lock.json"
    if same.exists() and same.read_bytes() == (SOURCE / same.name).read_bytes():
        return _copied(folder)
    shutil.copy(SOURCE / "package.json", folder)
    shutil.copy(SOURCE / "package-lock.json", folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL).returncode:
        same.unlink()
        print("npm ci did not succeed: the figures of node are left out")
        return False
    return _copied(folder)


def _copied(folder: Path) -> bool:
    for script in SOURCE.glob("*.mjs"):
        shutil.copy(script, folder)
    return True


def command(name: str, port: int) -> list[str]:
    return ["node", str(Path(settings.DATA_DIR) / "bench" / "node" / f"{name}.mjs"), str(port)]


def environment() -> dict[str, str]:
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    told = conninfo_to_dict(os.environ["DATABASE_OWNER_URL"])
    found = {name: str(told[key]) for key, name in names.items() if told.get(key)}
    return found | {"NODE_ENV": "production"}


def make_tables() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute(TABLES)


def drop_tables() -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        connection.execute("drop schema if exists bench_node cascade")
