"""What stands between a checkout and serving: migrations, static files, demo data. Each only when its inputs changed."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import LiteralString

import psycopg

from config.embedded import paths, processes
from config.embedded.errors import CannotStart

APPLIED = "select md5(string_agg(app || '.' || name, ',' order by id)) from django_migrations"
IDENTITY = "select oid::text from pg_database where datname = current_database()"


def prepare(environment: dict[str, str], data: Path, *, demo: bool) -> None:
    """Bring database and static files up to date, then fill an untouched database with the demo."""
    record = data / "prepared.json"
    done = read(record)
    migrations, static = digest(migration_files()), digest(static_files(), stat_only=True)
    before = database_state(environment)

    collecting = None
    if done.get("static") != static or not (data / "static" / "staticfiles.json").exists():
        collecting = manage(environment, "collectstatic", "--noinput", "--clear", "-v", "0")
    if done.get("migrations") != migrations or done.get("applied") != before["applied"]:
        say("migrating")
        finish("migrate", manage(environment, "migrate", "--noinput", "-v", "0"))
    if collecting:
        finish("collectstatic", collecting)

    state = database_state(environment)
    filled = done.get("filled") == state["identity"]
    if demo and not filled:
        say("filling the demo workspace")
        finish("demo", manage(environment, "demo", show=True))
    done = {"migrations": migrations, "static": static, "applied": state["applied"]}
    record.write_text(json.dumps(done | ({"filled": state["identity"]} if demo or filled else {})))


def manage(environment: dict[str, str], *arguments: str, show: bool = False) -> subprocess.Popen:
    command = [sys.executable, str(paths.ROOT / "manage.py"), *arguments]
    output = None if show else subprocess.PIPE
    return subprocess.Popen(
        command,
        env=environment,
        cwd=paths.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        text=True,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),  # forked from the main thread
    )


def finish(name: str, process: subprocess.Popen) -> None:
    output, _ = process.communicate()
    if process.returncode:
        raise CannotStart(f"`./parley manage {name}` failed:\n{(output or '').strip()[-3000:]}")


def database_state(environment: dict[str, str]) -> dict[str, str]:
    """Which migrations the database has had, and which database it is."""
    url = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            identity = one(connection, IDENTITY)
            try:
                applied = one(connection, APPLIED)
            except psycopg.errors.UndefinedTable:
                applied = ""
    except psycopg.OperationalError as error:
        raise CannotStart(
            f"the database does not answer: {str(error).splitlines()[0]}; check DATABASE_URL"
        ) from None
    return {"identity": identity, "applied": applied}


def one(connection: psycopg.Connection, query: LiteralString) -> str:
    row = connection.execute(query).fetchone()
    return (row and row[0]) or ""


def migration_files() -> list[Path]:
    # The lock stands for the migrations of the packages we use.
    return [*paths.ROOT.glob("*/migrations/*.py"), paths.ROOT / "requirements.lock"]


def static_files() -> list[Path]:
    found = [path for path in (paths.ROOT / "static").rglob("*") if path.is_file()]
    return [*found, *paths.ROOT.glob("*/static/**/*.*"), paths.ROOT / "requirements.lock"]


def digest(files: Iterable[Path], *, stat_only: bool = False) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        status = path.stat()
        what = f"{status.st_size} {status.st_mtime_ns}".encode() if stat_only else path.read_bytes()
        total.update(str(path.relative_to(paths.ROOT)).encode() + what)
    return total.hexdigest()[:16]


def read(record: Path) -> dict:
    try:
        return json.loads(record.read_text())
    except (OSError, ValueError):
        return {}


_began = time.monotonic()


def say(line: str) -> None:
    print(f"parley: {line} ({time.monotonic() - _began:.1f} s)", flush=True)
