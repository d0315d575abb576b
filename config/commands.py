"""The processes of Parley and how each is started: `python -m config.commands web|worker|beat|mailboxes|mail`.

The supervisor and the containers start the same ones. `healthy` is a container's health check.
"""

import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from config.embedded import paths

PYTHON = [sys.executable, "-m"]
CELERY = [*PYTHON, "celery", "-A", "config.celery:app", "--quiet"]


def web(*, listen: list[str], grace: int = 15) -> list[str]:
    """Uvicorn on an inherited socket (`--fd`) or an address of its own."""
    return [
        *[*PYTHON, "uvicorn", "config.asgi:application", *listen],
        *["--lifespan", "off", "--log-level", "warning", "--no-access-log", "--no-server-header"],
        # Small frames: compressing each costs 64 KB a socket and more time than it saves.
        *["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "65536"],
        # The application reads the address of the visitor itself, by TRUSTED_PROXY_COUNT.
        *["--no-proxy-headers", "--timeout-graceful-shutdown", str(grace)],
    ]


def worker(*, concurrency: int = 2) -> list[str]:
    options = ["--loglevel", "warning", "--without-gossip", "--without-mingle", "-c", str(concurrency)]
    return [*CELERY, "worker", *options]


def beat(data: Path) -> list[str]:
    """A process of its own and not `worker -B`: nobody restarts an embedded beat that died, and two workers ring twice."""
    schedule = ["-s", str(data / "beat-schedule"), "--pidfile="]
    return [*CELERY, "beat", "--loglevel", "warning", *schedule]


def mailboxes() -> list[str]:
    """Reads the mailboxes of workspaces. Two of them share the work by locks in the database."""
    return [sys.executable, str(paths.ROOT / "manage.py"), "mailboxes"]


def simulator(environment: dict[str, str]) -> list[str]:
    """Plays Messenger for the demo; its keys come by the environment that all processes share."""
    port = environment["MESSENGER_SIMULATOR"].rpartition(":")[2]
    return [sys.executable, "-m", "simulator", "--port", port, "--quiet"]


def mail() -> list[str]:
    """Takes mail that a server brings (MAIL_LISTEN)."""
    return [sys.executable, str(paths.ROOT / "manage.py"), "mail_listener"]


def ask(where: str, site: str) -> None:
    """Raise OSError unless a web process answers well. It is asked under the public name: others are refused."""
    headers = {"Host": urlsplit(site).netloc or "localhost", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(where, headers=headers)  # noqa: S310 - the address is the operator's own
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310


def healthy() -> None:
    where = os.environ.get("HEALTH_URL", "http://127.0.0.1:8000/healthz")
    try:
        ask(where, os.environ.get("SITE_URL", ""))
    except OSError as error:
        raise SystemExit(f"{where}: {error}") from None


def main() -> None:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name == "healthy":
        return healthy()
    address = ["--host", os.environ.get("HOST", "0.0.0.0"), "--port", os.environ.get("PORT", "8000")]  # noqa: S104
    commands = {
        "web": lambda: web(listen=address),
        "worker": lambda: worker(concurrency=int(os.environ.get("WORKER_CONCURRENCY", "2"))),
        "beat": lambda: beat(paths.data_folder()),
        "mailboxes": mailboxes,
        "mail": mail,
    }
    if name not in commands:
        raise SystemExit("usage: python -m config.commands web|worker|beat|mailboxes|mail|healthy")
    command = commands[name]()
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
