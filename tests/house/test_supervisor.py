"""Whatever is killed comes back; when the supervisor is killed, nothing stays."""

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
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.tree import sow
from config.embedded import paths
from config.supervisor import MOST_ENDS, Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")

WORDS = {
    "postgres": r"bin/postgres",
    "valkey": r"valkey-server",
    "web": r"uvicorn",
    "worker": r"celery .*worker",
    "beat": r"celery .*beat",
    "mailboxes": r"manage\.py mailboxes",
}


class Tree:
    """A supervisor on a folder and a port of its own. Ends only what it started."""

    def __init__(self, data, port: int):
        self.data, self.port = data, port
        hidden = ("PARLEY_TEST", "DATABASE_", "REDIS_URL", "CHROMIUM", "DJANGO_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        environment |= {"PARLEY_DATA": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
        sow(data)
        command = [sys.executable, "-m", "config.supervisor", "up", "--empty"]
        self.log = (data.parent / "log").open("a+")
        self.process = subprocess.Popen(
            command, cwd=paths.ROOT, env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status == 200
        except OSError:
            return False

    def children(self) -> dict[str, int]:
        """Each child by name. Orphans that the supervisor adopted lead no session of their own."""
        command = ["ps", "-ww", "-o", "pid=,sid=,args=", "--ppid", str(self.process.pid)]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        lines = [line.split(None, 2) for line in listed.splitlines()]
        leaders = [(int(pid), args) for pid, session, args in lines if pid == session]
        return {name: pid for pid, args in leaders for name, word in WORDS.items() if re.search(word, args)}

    def mine(self) -> list[int]:
        """Every process that carries our data folder in its environment, other accounts' included for root."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                in_environment = f"PARLEY_DATA={self.data}".encode() in (
                    entry / "environ"
                ).read_bytes().split(b"\0")
                in_command = str(self.data).encode() in (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if in_environment or in_command:
                found.append(int(entry.name))
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


def seconds_until(ready: Callable[[], object], limit: float) -> float:
    began = time.monotonic()
    while not ready():
        assert time.monotonic() - began < limit, f"not within {limit} s"
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder to which PostgreSQL's account can walk; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="parley-tree-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tree(reachable):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tree = Tree(reachable / "data", port)
    try:
        seconds_until(tree.answers, 240)
        yield tree
    finally:
        tree.end()


@pytest.mark.slow
def test_the_tree_heals_and_leaves_nothing(tree):
    for name in WORDS:
        seconds_until(lambda: len(tree.children()) == len(WORDS), 60)
        victim = tree.children()[name]
        os.kill(victim, signal.SIGKILL)
        # One is brought back at a time: valkey waits until the PostgreSQL that was killed has recovered.
        seconds_until(lambda said=f"{name} ended with -9": said in tree.said(), 60)
        seconds_until(lambda name=name, gone=victim: tree.children().get(name, gone) != gone, 60)
        seconds_until(tree.answers, 60)

    tree.process.kill()
    tree.process.wait()
    seconds_until(lambda: not tree.mine(), 30)


@pytest.mark.slow
def test_ctrl_c_ends_the_tree_at_once_with_0(tree):
    tree.process.send_signal(signal.SIGINT)
    took = seconds_until(lambda: tree.process.poll() is not None, 60)
    assert tree.process.returncode == 0, tree.said()
    assert tree.mine() == []
    # Two seconds on a quiet machine; the suite shares its cores. Whoever has to be killed takes twenty.
    assert took < 15, f"{took:.1f} s"


def test_more_than_five_ends_a_minute_are_too_many():
    child = Child("web", [], {})
    assert [child.ended_too_often() for _ in range(MOST_ENDS)] == [False] * MOST_ENDS
    assert child.ended_too_often()


def test_old_ends_are_forgiven():
    child = Child("web", [], {})
    child.ends.extend(time.monotonic() - 3600 for _ in range(MOST_ENDS))
    assert not child.ended_too_often()
