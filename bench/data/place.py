"""Where a scale lies: a database beside the serving one, with the same roles."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.embedded import paths
from config.embedded.provision import provision

SCALES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
ROLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL")


def database_of(scale: str) -> str:
    return f"bench_{scale}"


def admin_dsn(database: str = "postgres") -> str:
    """The superuser: DATABASE_ADMIN_URL, else that of the embedded server, which trusts whoever reaches its socket."""
    url = os.environ.get("DATABASE_ADMIN_URL")
    known = conninfo_to_dict(url or os.environ["DATABASE_URL"]) | {"dbname": database}
    return make_conninfo(**(known if url else known | {"user": "postgres"}))


def environment_of(scale: str) -> dict[str, str]:
    """The environment in which Parley serves from this scale."""
    moved = {}
    for name in ROLES:
        parts = urlsplit(os.environ[name])
        moved[name] = urlunsplit(parts._replace(path=f"/{database_of(scale)}"))
    # A long statement is what is measured here; it must not be cut off.
    return os.environ | moved | {"DATABASE_STATEMENT_TIMEOUT": "600"}


def make_anew(scale: str) -> None:
    with psycopg.connect(admin_dsn(), autocommit=True) as admin:
        admin.execute(f'drop database if exists "{database_of(scale)}" with (force)')
    provision(admin_dsn(), database_of(scale))
    migrate(scale)


def migrate(scale: str) -> None:
    """Also before a measurement: the code may be newer than what was loaded."""
    command = [sys.executable, str(paths.ROOT / "manage.py"), "migrate", "--noinput", "-v", "0"]
    subprocess.run(command, env=environment_of(scale), cwd=paths.ROOT, check=True)


def exists(scale: str) -> bool:
    with psycopg.connect(admin_dsn(), autocommit=True) as admin:
        query = "select 1 from pg_database where datname = %s"
        return admin.execute(query, [database_of(scale)]).fetchone() is not None
