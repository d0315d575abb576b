"""`./parley up` and `./parley test` say in one line what is wrong and what to do."""

import ast
import importlib.machinery
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config import supervisor, testplugin
from config.embedded import CannotStart, lock, paths
from config.embedded.provision import Unsafe, provision, refuse_powerful_roles
from config.embedded.roles import APP, MAINT, OWNER
from tools import checks

SCRIPT = paths.ROOT / "parley"


@pytest.fixture(scope="module")
def bootstrap():
    loader = importlib.machinery.SourceFileLoader("parley_bootstrap", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def parley(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


# ── What stands in the way is said at once ──


def test_an_old_python_can_read_the_script_and_is_refused_by_name(bootstrap):
    ast.parse(SCRIPT.read_text(), feature_version=(3, 8))
    with pytest.raises(bootstrap.Stop, match=r"Python 3\.11 or newer is needed, this is 3\.8"):
        bootstrap.check_python((3, 8, 10))
    bootstrap.check_python((3, 11, 0))


def test_a_taken_port_ends_with_2_and_names_the_way_out(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = parley("up", PORT=port, HOST="127.0.0.1", PARLEY_DATA=str(tmp_path))
    assert ended.returncode == 2
    assert f"port {port} on 127.0.0.1 cannot be used" in ended.stderr
    assert "PORT=8001" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_port_that_is_no_number_is_named(tmp_path):
    ended = parley("up", PORT="http", PARLEY_DATA=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (2, "parley: PORT=http is not a number\n")


def test_a_second_start_ends_with_1_and_names_the_first(tmp_path):
    held = lock.hold(tmp_path)
    ended = parley("up", PARLEY_DATA=str(tmp_path))
    held.close()
    assert ended.returncode == 1
    assert f"already running (pid {os.getpid()})" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_lock_falls_with_its_holder(tmp_path):
    held = lock.hold(tmp_path)
    assert lock.holder(tmp_path) == os.getpid()
    with pytest.raises(lock.AlreadyRunning, match=str(os.getpid())):
        lock.hold(tmp_path)
    held.close()
    assert lock.holder(tmp_path) is None
    lock.hold(tmp_path).close()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("error sending request for url (https://index/simple/)", "packages cannot be reached for the list"),
        ("npm error code ENOTFOUND", "packages cannot be reached for the list"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("something else broke", "the list failed"),
    ],
)
def test_a_failing_tool_is_translated(bootstrap, said, expected):
    with pytest.raises(bootstrap.Stop, match=expected):
        bootstrap.call(["sh", "-c", f"echo '{said}'; exit 1"], "the list")


def test_a_folder_of_another_account_names_its_owner(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    owner = paths.account_name(tmp_path.stat().st_uid)
    with pytest.raises(bootstrap.Stop, match=f"belongs to {owner}"):
        bootstrap.check_owner(tmp_path, ".venv")
    with pytest.raises(CannotStart, match=f"belongs to {owner}.*PARLEY_DATA"):
        paths.make_data_folder(tmp_path)


def test_an_unknown_word_shows_the_commands():
    ended = parley("fly")
    assert ended.returncode == 64
    assert "./parley up [--empty]" in ended.stdout


# ── Nothing is made twice ──


def test_a_step_is_skipped_until_its_input_changes(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    source = tmp_path / "lock"
    source.write_text("one")
    step = bootstrap.Step("python", source)
    assert not step.is_done()
    step.done()
    assert bootstrap.Step("python", source).is_done()
    source.write_text("two")
    assert not bootstrap.Step("python", source).is_done()


def test_a_missing_or_read_only_home_is_replaced(bootstrap, monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    found = bootstrap.environment()
    assert found["HOME"] == str(bootstrap.VENV)
    assert found["npm_config_cache"].startswith(str(bootstrap.VENV))


def test_bytecode_is_kept_although_an_image_forbids_it(bootstrap, monkeypatch):
    """Without it each of a dozen processes compiles a thousand modules, at every start."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in bootstrap.environment()


def test_each_run_reads_the_files_that_hold_its_tests():
    """A marker that a file brings some other way would go unseen; this file should not name one."""
    browsing, slow = (checks.files_with(f"pytest.mark.{name}") for name in ("browser", "slow"))
    assert {Path(path).parent.as_posix() for path in browsing} == {"tests/e2e"}
    assert "tests/e2e/test_survives_a_kill.py" in slow and "tests" not in slow
    assert checks.files_with(f"pytest.mark.{slow}") == ["tests"]


# ── Settings of a run ──


@pytest.mark.parametrize(
    ("debug", "secret", "development"),
    [("", "", True), ("", "x" * 50, False), ("true", "x" * 50, True), ("false", "", False), ("0", "", False)],
)
def test_a_secret_key_means_production(monkeypatch, debug, secret, development):
    monkeypatch.setenv("DEBUG", debug)
    monkeypatch.setenv("SECRET_KEY", secret)
    assert supervisor.is_development() is development


def test_the_development_key_is_made_once_and_private(tmp_path):
    key = supervisor.own_secret(tmp_path)
    assert len(key) >= 50
    assert supervisor.own_secret(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_a_long_path_moves_the_sockets(tmp_path):
    data = tmp_path / ("deep" * 30)
    data.mkdir()
    folder = paths.socket_folder(data, None)
    assert len(str(folder / "pg" / ".s.PGSQL.5432")) < 107
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


# ── Two test runs at once ──


def test_two_runs_get_two_clusters(tmp_path, monkeypatch):
    monkeypatch.setenv("PARLEY_TEST_DATA", str(tmp_path))
    first, second = testplugin.a_free_cluster(), testplugin.a_free_cluster()
    assert first.data != second.data
    first.stop()
    again = testplugin.a_free_cluster()
    assert again.data == first.data
    again.stop()
    second.stop()
    assert not first.postgres.cluster.exists(), "only a start makes a cluster"


def test_clusters_of_checkouts_that_are_gone_are_removed(tmp_path):
    left = tmp_path / f"parley-test-{os.getuid()}-12345678-0"
    left.mkdir()
    (left / "checkout").write_text(str(tmp_path / "gone"))
    testplugin.remove_abandoned(tmp_path)
    assert not left.exists()


# ── Roles ──


@pytest.fixture
def admin_dsn() -> str:
    """The superuser of the run's own cluster, by its socket."""
    return f"host={Path(os.environ['DATABASE_URL'].split('host=')[1])} user=postgres dbname=postgres"


def test_provisioning_twice_changes_nothing(admin_dsn):
    name = f"scratch_{os.getpid()}"
    try:
        provision(admin_dsn, name)
        before = privileges(admin_dsn, name)
        provision(admin_dsn, name)
        assert privileges(admin_dsn, name) == before
    finally:
        with psycopg.connect(admin_dsn, autocommit=True) as admin:
            admin.execute(f'drop database if exists "{name}" with (force)')


def privileges(admin_dsn: str, name: str) -> list:
    """What each role gets on things that the owner makes."""
    query = "select defaclobjtype, defaclacl::text from pg_default_acl order by 1"
    with psycopg.connect(admin_dsn, dbname=name) as connection:
        found = connection.execute(query).fetchall()
    tables = dict(found)["r"]
    assert f"{APP}=arwd/{OWNER}" in tables  # insert, select, update, delete; no truncate, no trigger
    assert f"{MAINT}=r/{OWNER}" in tables
    return found


def test_a_role_above_the_policies_is_refused(admin_dsn):
    """P1: row policies bind nobody who is a superuser or has BYPASSRLS."""
    with psycopg.connect(admin_dsn) as admin:
        refuse_powerful_roles(admin)
        admin.execute(f"alter role {MAINT} bypassrls")
        with pytest.raises(Unsafe, match=MAINT):
            refuse_powerful_roles(admin)
        admin.rollback()


@pytest.mark.django_db
def test_tests_serve_as_production_does():
    """P1: a test that ran as owner or superuser would prove nothing about tenants."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolbypassrls, rolname from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, False, APP)
        cursor.execute("select distinct tableowner from pg_tables where schemaname = 'public'")
        assert cursor.fetchall() == [(OWNER,)]
