"""Is the chat on this site? Its page is fetched as a browser would, through the one way out, and read for our script."""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from channels_app import egress

SECONDS = 8
MOST_BYTES = 512 * 1024
MOST_HOPS = 3
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
KEY = re.compile(r"""data-key\s*=\s*["']?([\w.@:-]{1,200})""", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """`state`: found, twice, another, missing, unreachable. `blocked`: what the page's own policy lacks."""

    site: str
    state: str
    blocked: tuple[str, ...] = field(default=())


def look_at(site: str, key: str, loader: str) -> Found:
    """Never raises for what a site does. Call outside of any transaction."""
    try:
        policy, page = _fetch(site)
    except (OSError, http.client.HTTPException, ValueError):
        return Found(site, "unreachable")
    return Found(site, _state(page, key, loader), _blocked(policy, loader))


def _state(page: str, key: str, loader: str) -> str:
    path = urlsplit(loader).path
    ours = [tag for tag in SCRIPT.findall(page) if path in tag]
    keys = [found.group(1) for tag in ours if (found := KEY.search(tag))]
    if keys.count(key) > 1:
        return "twice"
    if key in keys:
        return "found"
    return "another" if keys else "missing"


def _blocked(policy: str, loader: str) -> tuple[str, ...]:
    """Directives of the page's Content-Security-Policy that do not name us (docs/widget.md)."""
    rules: dict[str, list[str]] = {}
    for rule in policy.lower().split(";"):
        name, _space, sources = rule.strip().partition(" ")
        if name:
            rules.setdefault(name, sources.split())
    host = urlsplit(loader).netloc.lower()
    return tuple(
        wanted
        for wanted in ("script-src", "frame-src")
        if not _allows(rules.get(wanted, rules.get("default-src")), host)
    )


def _allows(sources: list[str] | None, host: str) -> bool:
    if sources is None or "'strict-dynamic'" in sources:
        return True
    return any(one in ("*", "https:") or host in one for one in sources)


def _fetch(site: str) -> tuple[str, str]:
    """(its policy, its page); a redirection is another address and is vetted like the first."""
    url = site
    for _hop in range(MOST_HOPS):
        status, headers, body = _get(url)
        if status not in (301, 302, 303, 307, 308) or not headers.get("Location"):
            return headers.get("Content-Security-Policy", ""), body.decode("utf-8", "replace")
        url = urljoin(url, headers["Location"])
    raise ValueError("too many redirections")


def _get(url: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("not an address on the web")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    line = egress.connect(parts.hostname, port, ports=egress.HTTP_PORTS)
    try:
        with egress.cut_after(line, SECONDS):
            line.settimeout(SECONDS)
            if parts.scheme == "https":
                line = egress.tls_context().wrap_socket(line, server_hostname=parts.hostname)
            connection = http.client.HTTPConnection(parts.hostname, port, timeout=SECONDS)
            connection.sock = line
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"User-Agent": "Parley", "Accept": "text/html"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read(MOST_BYTES)
    finally:
        line.close()
