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


def is_origin(site: object) -> bool:
    """Only what is written exactly as an origin reaches a header."""
    try:
        return isinstance(site, str) and to_origin(site) == site
    except NotASite:
        return False


def sites_of(channel) -> list[str]:
    """The origins whose pages may show what a channel has for them; none are implied (T067)."""
    listed = channel.config.get("sites", [])
    return [site for site in listed if is_origin(site)] if isinstance(listed, list) else []
