"""What the receiving server found about the sender (RFC 8601). Anybody can write this header: only a named server's counts."""

import re
from collections.abc import Iterable

from .headers import COMMENT, text_of
from .mail import Verdicts
from .tree import Part

RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
KNOWN = {
    "pass",
    "fail",
    "softfail",
    "neutral",
    "none",
    "temperror",
    "permerror",
    "policy",
    "bestguesspass",
    "hardfail",
}


def verdicts(root: Part, trusted: Iterable[str]) -> Verdicts:
    """The verdicts of the topmost Authentication-Results by a trusted server; unknown without one, never "pass"."""
    servers = {one.lower() for one in trusted}
    for raw in root.all("authentication-results") if servers else ():
        value = text_of(raw)
        for _ in range(3):  # comments nest
            value = COMMENT.sub(" ", value)
        server, *results = value.split(";")
        if (server.split() or [""])[0].lower() in servers:
            return _read(results)
    return Verdicts()


def _read(results: list[str]) -> Verdicts:
    found: dict[str, str] = {}
    for one in results:
        match = RESULT.match(one)
        if match:
            method, verdict = match[1].lower(), match[2].lower()
            # Several DKIM signatures: one that holds is enough.
            if verdict in KNOWN and (method not in found or verdict == "pass"):
                found[method] = verdict
    return Verdicts(**found)
