"""Children that never outlive us."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: int) -> Callable[[], None]:
    """Return a preexec function: the kernel sends this signal when the thread that forked ends.

    Python runs it after setuid, which would clear the request. Fork from the main thread only. Linux alone has
    this; elsewhere the next start clears what is left (see `stop_stale`).
    """
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def adopt_orphans() -> None:
    """Make grandchildren whose parent died ours, so that they can be ended too."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def spawn_service(
    command: list,
    *,
    log: Path,
    death: signal.Signals,
    account: pwd.struct_passwd | None = None,
    cwd: str | Path = "/",
) -> subprocess.Popen:
    """Start a service in a session of its own: a terminal's Ctrl-C must reach only the supervisor."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=quiet_environment(),
            start_new_session=True,
            preexec_fn=die_with_parent(death),  # forked from the main thread
            **as_account(account),
        )


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """What Popen needs to become this account; nothing when we already are who we should be."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def quiet_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def is_alive(pid: int, *, word: str) -> bool:
    """Whether a process runs under this id and its command line contains the word."""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    try:
        text = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except FileNotFoundError:
        if sys.platform == "linux":
            return False
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return word in text


def stop_stale(pid: int, *, word: str, number: signal.Signals, seconds: float = 20) -> None:
    """End what a killed run left behind under this id, and wait until it is gone."""
    deadline = time.monotonic() + seconds
    while is_alive(pid, word=word) and time.monotonic() < deadline:
        try:
            os.kill(pid, number)
        except OSError:
            return
        time.sleep(0.1)


def stop(process: subprocess.Popen | None, number: signal.Signals, seconds: float = 20) -> None:
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def keep_short(log: Path, limit: int = 5_000_000) -> None:
    """Begin a service's log anew when it has grown long; a crash's last words survive the restart."""
    if log.exists() and log.stat().st_size > limit:
        log.write_bytes(b"")


def last_lines(log: Path, count: int = 8) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""
