"""A whole Parley of its own: a supervisor on a folder and a port that nobody else uses. Linux only."""

import atexit
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = {
    "postgres": r"bin/postgres",
    "valkey": r"valkey-server",
    "web": r"uvicorn",
    "worker": r"celery .*worker",
    "beat": r"celery .*beat",
}
OTHERS = re.compile(r"DATABASE_|REDIS_|PARLEY_|SITE_URL|DJANGO_|KEY_PREFIX|PORT$|HOST$")


class Tree:
    """Ends only what it started: every victim is looked up among the children of its own supervisor."""

    def __init__(self, folder: Path, *, sown: bool = True):
        self.port = free_port()
        self.data = folder / "data"
        kept = {name: value for name, value in os.environ.items() if not OTHERS.match(name)}
        self.environment = kept | {
            "PARLEY_DATA": str(self.data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
        }
        if sown:
            sow(self.data)
        self.log = (folder / "log").open("a+")
        self.process = self._run("up", "--empty", stdout=self.log, stderr=subprocess.STDOUT)

    def _run(self, *arguments: str, **streams) -> subprocess.Popen:
        command = [sys.executable, "-m", "config.supervisor", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **streams)

    @property
    def site(self) -> str:
        return f"http://localhost:{self.port}"

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the supervisor ended:\n{self.said()[-3000:]}")
        try:
            where = f"{self.site}/healthz"
            return urllib.request.urlopen(where, timeout=5).status == 200  # noqa: S310  our own server
        except OSError:
            return False

    def wait(self, ready, seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {seconds} s\n{self.said()[-2000:]}")
            time.sleep(0.05)

    def whole(self) -> bool:
        return len(self.children()) == len(WORDS) and self.answers()

    def children(self) -> dict[str, int]:
        """Each child of our supervisor by name. Orphans that it adopted lead no session of their own."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) != self.process.pid or fields[3] != entry.name:
                    continue
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            found |= {name: int(entry.name) for name, word in WORDS.items() if re.search(word, command)}
        return found

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Signal one child by its id. False when it is not there: it is just being started again."""
        pid = self.children().get(name)
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    def ask(self, *arguments: str) -> str:
        """Run `bench.stage` with the services of this tree and return what it prints."""
        process = self._run("run", sys.executable, "-m", "bench.stage", *arguments, stdout=subprocess.PIPE)
        output, _ = process.communicate(timeout=120)
        if process.returncode:
            raise RuntimeError(f"bench.stage {arguments[0]} failed")
        return output.decode()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


@contextmanager
def grown() -> Iterator[Tree]:
    """A tree that serves, in a temporary folder to which PostgreSQL's account can walk."""
    folder = Path(tempfile.mkdtemp(prefix="parley-bench-", dir="/tmp"))
    folder.chmod(0o711)
    tree = Tree(folder)
    try:
        tree.wait(tree.whole, 240, "the tree")
        yield tree
    finally:
        tree.end()
        shutil.rmtree(folder, ignore_errors=True)


def sow(data: Path) -> None:
    """A data folder of its own, made ready once in this process: a tree of its own each time would migrate each time."""
    subprocess.run(["cp", "-a", str(_seed()), str(data)], check=True)


@functools.cache
def _seed() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="parley-seed-", dir="/tmp"))
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tree = Tree(folder, sown=False)
    try:
        tree.wait(tree.whole, 240, "the first tree")
    finally:
        tree.end()
    return tree.data


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
