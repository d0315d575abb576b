"""Services for the tests, started before pytest-django reads the settings: `-p config.testplugin`.

One PostgreSQL for the run, with a migrated template that every test database is copied from; one Valkey for each
xdist worker, since publish/subscribe knows no database numbers. Tests serve as `parley_app`, like production: what
DATABASE_URL and REDIS_URL say outside is never touched.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.embedded import Services, lock, paths
from config.embedded.errors import CannotStart
from config.embedded.provision import provision
from config.embedded.roles import APP, MAINT, OWNER
from config.embedded.valkey import Valkey

SLOTS = 20
ROOM_FOR_A_CLUSTER = 1 << 30
TEMPLATE_INPUTS = (
    "*/migrations/*.py",
    "*/sql/*.sql",
    "*.lock",
    "workspaces/isolation.py",
    "config/embedded/provision.py",
    "config/testplugin.py",
)

# What a developer's shell says of the site must not change what the tests see.
SITE = (
    "DEBUG",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXY_COUNT",
    "KEY_PREFIX",
)

_running: list = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for name in SITE:
        os.environ.pop(name, None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    try:
        if worker:
            use_own_valkey(worker)
        elif not os.environ.get("PARLEY_TEST_TEMPLATE"):
            start_services()
    except CannotStart as problem:
        raise pytest.UsageError(f"parley: {problem}") from None


def pytest_unconfigure(config):
    while _running:
        _running.pop().stop()


def start_services() -> None:
    began = time.monotonic()
    services = a_free_cluster()
    services.start()
    _running.append(services)
    environment = services.environment()
    with psycopg.connect(services.admin_dsn(), autocommit=True) as admin:
        drop_leftovers(admin)
        allow_test_databases(admin)
        template = ensure_template(admin, services)
    os.environ.update(environment, PARLEY_TEST_TEMPLATE=template, PARLEY_TEST_SERVICES=str(services.data))
    # Two xdist workers must collect in one order, also where a set names the cases.
    os.environ.setdefault("PYTHONHASHSEED", "0")
    print(f"services and template database: {time.monotonic() - began:.1f} s", file=sys.stderr)


def use_own_valkey(worker: str) -> None:
    data = Path(os.environ["PARLEY_TEST_SERVICES"])
    run = Path(os.environ["REDIS_URL"].removeprefix("unix://").split("?")[0]).parent
    valkey = Valkey(data, run, forgetful=True, name=f"valkey-{worker}")
    valkey.start()
    _running.append(valkey)
    os.environ["REDIS_URL"] = valkey.url
    os.environ["PARLEY_DATA"] = str(data / worker)


# ── Which folder ──


def a_free_cluster() -> Services:
    """Take the first folder that no other run holds: two runs at once get two clusters."""
    base, name = base_folder(), hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:8]
    remove_abandoned(base)
    for slot in range(SLOTS):
        try:
            data = base / f"parley-test-{os.getuid()}-{name}-{slot}"
            services = Services(data, forgetful=True)
        except lock.AlreadyRunning:
            continue
        (data / "checkout").write_text(str(paths.ROOT))
        return services
    raise CannotStart(
        f"{SLOTS} test runs are under way already; remove {base}/parley-test-* if that is not so"
    )


def base_folder() -> Path:
    """Memory when there is room for a cluster: a container's shared memory is often 64 MB."""
    chosen = os.environ.get("PARLEY_TEST_DATA")
    if chosen:
        return Path(chosen)
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM_FOR_A_CLUSTER:
        return memory
    return paths.make_data_folder(paths.data_folder()) / "test"


def remove_abandoned(base: Path) -> None:
    """Remove clusters of checkouts that are gone and the extra ones that simultaneous runs left behind."""
    for folder in base.glob(f"parley-test-{os.getuid()}-*"):
        checkout = folder / "checkout"
        gone = checkout.exists() and not Path(checkout.read_text()).exists()
        extra = not folder.name.endswith("-0") and time.time() - folder.stat().st_mtime > 3600
        if (gone or extra) and lock.holder(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)


# ── The template ──


def drop_leftovers(admin) -> None:
    """Test databases of killed runs: nobody else uses this cluster, we hold its lock."""
    for (name,) in admin.execute("select datname from pg_database where datname like 'test\\_%'").fetchall():
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def allow_test_databases(admin) -> None:
    """Only here may the serving role make databases. They are copies: their tables stay the owner's."""
    admin.execute(sql.SQL("alter role {} createdb").format(sql.Identifier(APP)))


def ensure_template(admin, services: Services) -> str:
    """Return the name of a migrated database, made anew whenever a migration or a lock file changed."""
    name = f"template_{fingerprint()}"
    if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        return name
    for (old,) in admin.execute(
        "select datname from pg_database where datname like 'template\\__%' "
    ).fetchall():
        if old not in ("template0", "template1"):
            admin.execute(sql.SQL("alter database {} is_template false").format(sql.Identifier(old)))
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(old)))
    admin.execute("drop database if exists building with (force)")
    provision(services.admin_dsn(), "building")
    migrate(services)
    with psycopg.connect(services.admin_dsn("building"), autocommit=True) as built:
        allow_emptying(built)
    admin.execute(sql.SQL("alter database building rename to {}").format(sql.Identifier(name)))
    admin.execute(sql.SQL("alter database {} is_template true").format(sql.Identifier(name)))
    return name


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in TEMPLATE_INPUTS for path in paths.ROOT.glob(pattern)):
        digest.update(str(path.relative_to(paths.ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def migrate(services: Services) -> None:
    environment = os.environ | services.environment("building") | {"DEBUG": "true"}
    command = [sys.executable, str(paths.ROOT / "manage.py"), "migrate", "--noinput", "-v", "0"]
    done = subprocess.run(
        command, env=environment, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotStart(f"the migrations failed:\n{done.stdout}{done.stderr}")


EMPTY = """
create function empty_tables() returns void language plpgsql security definer
set search_path = public set session_replication_role = replica as $$
declare name regclass;
begin
  for name in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname <> 'django_migrations' and pg_relation_size(oid) > 0 loop
    execute format('delete from %s', name);
  end loop;
end $$
"""


def allow_emptying(connection) -> None:
    """Between tests only tables with rows are emptied: TRUNCATE of all of them costs some 0.2 s, this some 0.01.

    TRUNCATE is granted, too, for tests that begin numbers anew; production grants it to nobody but the owner.
    """
    roles = sql.SQL(", ").join(map(sql.Identifier, (APP, MAINT)))
    connection.execute(sql.SQL("grant truncate on all tables in schema public to {}").format(roles))
    connection.execute(EMPTY)
    owners = "select tablename from pg_tables where schemaname = 'public' and tableowner <> %s"
    strangers = [name for (name,) in connection.execute(owners, [OWNER])]
    if strangers:
        raise CannotStart(f"tables not owned by {OWNER} escape the row policies: {', '.join(strangers)}")


# ── What ran ──


def pytest_collection_modifyitems(items):
    """Browser tests last: their driver leaves an event loop running in the process."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter):
    """Leave the numbers for the line that `./parley test` closes with."""
    counts = os.environ.get("PARLEY_TEST_COUNTS")
    if counts and "PYTEST_XDIST_WORKER" not in os.environ:
        numbers = [
            len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error", "skipped")
        ]
        passed, failed, errors, skipped = numbers
        with Path(counts).open("a") as file:
            file.write(f"{passed} {failed + errors} {skipped}\n")
