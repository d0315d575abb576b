"""How long `./parley up --empty` takes to its first page: warm (all is built) and with an empty data folder."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.report import report

ROOT = Path(__file__).resolve().parents[1]


def run(rounds: int) -> None:
    rows: dict[str, list[float]] = {
        "first start of a data folder": [],
        "warm start": [],
        "stop on Ctrl-C": [],
    }
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as data:
        for number in range(rounds + 1):
            started, stopped = _once(data)
            rows["warm start" if number else "first start of a data folder"].append(started)
            rows["stop on Ctrl-C"].append(stopped)
    report("start", rows, "seconds")


def _once(data: str) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not re.match(r"DATABASE_|REDIS_|PARLEY_|SITE_URL", name)
    }
    environment = kept | {"PORT": str(port), "PARLEY_DATA": data}
    began = time.monotonic()
    process = subprocess.Popen([ROOT / "parley", "up", "--empty"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            time.sleep(0.02)
        started = time.monotonic() - began
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(30)
        return started, time.monotonic() - began
    finally:
        if process.poll() is None:
            process.kill()


def _answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=2).status == 200
    except OSError:
        return False
