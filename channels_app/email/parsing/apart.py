"""Reading a mail in a short-lived process with limits: what is meant to exhaust us exhausts that."""

import io
import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from . import mail
from .parse import parse

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 20  # of processor time
WALL = 60
MEMORY = 600 * 1024 * 1024
SAFE = {
    ("datetime", "datetime"): datetime,
    ("datetime", "timedelta"): timedelta,
    ("datetime", "timezone"): timezone,
    **{
        (mail.__name__, one.__name__): one
        for one in (
            mail.Address,
            mail.Attachment,
            mail.Bounce,
            mail.Forwarded,
            mail.ParsedMail,
            mail.Verdicts,
        )
    },
}


class TooMuch(Exception):
    """Reading it was ended: another try would end the same way."""


class _Values(pickle.Unpickler):
    """Takes plain values and our own records: whoever gets hold of the child gets no further."""

    def find_class(self, module: str, name: str):
        try:
            return SAFE[module, name]
        except KeyError:
            raise TooMuch("What came back from reading this mail is no mail.") from None


def parse_apart(
    raw: bytes,
    *,
    own_addresses: Collection[str] = (),
    trusted_servers: Iterable[str] = (),
    cuts_html: bool = True,
) -> mail.ParsedMail:
    """parse() with 20 seconds and 600 MB to itself. Raises TooMuch."""
    given = pickle.dumps((raw, list(own_addresses), list(trusted_servers), cuts_html))
    command = [sys.executable, "-s", "-m", __name__, str(SECONDS), str(MEMORY)]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(  # our own module; the mail is its input, never an argument
            command, input=given, capture_output=True, cwd=ROOT, env=environment, timeout=WALL, check=False
        )
    except subprocess.TimeoutExpired:
        raise TooMuch(f"Reading this mail took longer than {WALL} seconds.") from None
    if ended.returncode:
        raise TooMuch(
            f"Reading this mail took more than {SECONDS} s or {MEMORY >> 20} MB ({ended.returncode})."
        )
    return _Values(io.BytesIO(ended.stdout)).load()


def main(seconds: int, memory: int) -> None:
    """The child: limits first, then the mail."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw, own, trusted, cuts_html = pickle.load(sys.stdin.buffer)  # noqa: S301  (from our parent)
    found = parse(raw, own_addresses=own, trusted_servers=trusted, cuts_html=cuts_html)
    pickle.dump(found, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
