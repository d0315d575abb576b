"""The sites a widget may stand on, as origins. They become part of a header, so only exact shapes pass (T067)."""

import re
from urllib.parse import urlsplit

HOST = re.compile(
    r"(\*\.)?(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
MOST_SITES = 50


class NotASite(ValueError):
    """The line names no web site; its text is the argument."""


def read_sites(text: str) -> list[str]:
    """One site a line, "shop.example" or a whole address, to origins without repeats. Raises NotASite."""
    return list(dict.fromkeys(to_origin(line) for line in text.split()))[:MOST_SITES]


def to_origin(line: str) -> str:
    address = line if "://" in line else f"https://{line}"
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        wildcard, bare = ("*.", host[2:]) if host.startswith("*.") else ("", host)
        host = wildcard + bare.encode("idna").decode()
    except ValueError:
        raise NotASite(line) from None
    if parts.scheme not in ("http", "https") or parts.username or not HOST.fullmatch(host):
        raise NotASite(line)
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")
