"""The servers under test, and what they used: CPU seconds and memory from /proc (Linux)."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import commands

ROOT = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Server:
    """One process group on a port of its own, kept to the first core where there are two."""

    def __init__(self, name: str, command: list[str], port: int, environment: dict[str, str] | None = None):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | (environment or {}))
        if len(os.sched_getaffinity(0)) > 1:
            os.sched_setaffinity(self.process.pid, {0})
        deadline = time.monotonic() + 30
        while not accepts(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise RuntimeError(f"{name} did not start")
            time.sleep(0.05)

    def cpu(self) -> float:
        return cpu_of(self.process.pid)

    def memory(self) -> float:
        """Resident KiB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 1024

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def uvicorn(application: str, port: int) -> list[str]:
    """Our own web process, or another application under exactly its options."""
    command = commands.web(listen=["--host", "127.0.0.1", "--port", str(port), "--backlog", "4096"], grace=1)
    return [application if word == "config.asgi:application" else word for word in command]


def start(name: str) -> Server:
    port = free_port()
    if name in ("ws", "socketio"):
        from bench.live import node

        return Server(name, node.command(name, port), port, node.environment())
    applications = {
        "ours": "config.asgi:application",
        "bare": "bench.live.bare:echo",
        "write": "bench.live.bare:fan",
        "pubsub": "bench.live.layers:application",
    }
    # As in production: development compiles each template anew.
    # Static files are collected by `up` alone; their absence is not worth a warning here.
    environment = {
        "PYTHONWARNINGS": "ignore:No directory at",
        "DEBUG": "false",
        "SITE_URL": f"https://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return Server(name, uvicorn(applications[name], port), port, environment)


@contextmanager
def started(names: list[str]) -> Iterator[dict[str, Server]]:
    """The load client takes the second core, the servers the first."""
    mine = os.sched_getaffinity(0)
    with ExitStack() as stack:
        servers = {}
        for name in names:
            servers[name] = start(name)
            stack.callback(servers[name].end)
        if len(mine) > 1:
            os.sched_setaffinity(0, mine - {0})
            stack.callback(os.sched_setaffinity, 0, mine)
        yield servers


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and everything below it, those that ended included."""
    total = 0.0
    below = children_of()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        fields = stat(one)
        if fields:
            total += sum(int(ticks) for ticks in fields[11:15]) / TICK
        waiting += below.get(one, [])
    return total


def children_of() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if fields := stat(int(entry.name)):
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def services() -> dict[str, int]:
    """The process ids of the database's postmaster and of Valkey, when they run on this machine."""
    from django.conf import settings
    from django.db import connection

    from events.dispatch import valkey

    found = {"valkey": valkey().info("server")["process_id"]}
    if settings.DATABASES["default"]["HOST"].startswith("/"):
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            fields = stat(cursor.fetchone()[0])
            assert fields
            found["postgres"] = int(fields[1])
    return found


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """One of the range that the bench keeps to, so that two runs beside each other are seen at once."""
    for port in range(8450, 8500):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port between 8450 and 8499")
