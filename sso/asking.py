"""Questions to an identity provider: TLS only, through `egress`, small answers, no redirections."""

import http.client
import ssl
from urllib.parse import urlencode, urlsplit

from channels_app import egress
from workspaces import plain_json

SECONDS = 8
LARGEST = 256 * 1024


class Unreachable(Exception):
    """Nobody answered, or with something that is no answer."""


def ask(url: str, *, form: dict[str, str] | None = None, authorization: str = "") -> dict:
    """Return the JSON object at an address. Raises Unreachable."""
    parts = urlsplit(url)
    if not is_address(url):
        raise Unreachable("not an https address")
    headers = {"Accept": "application/json", "User-Agent": "Parley"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if authorization:
        headers["Authorization"] = authorization
    body = urlencode(form).encode() if form is not None else None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return _object(*_exchange(parts.hostname or "", parts.port or 443, path, body, headers))
    except (OSError, ssl.SSLError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error


def is_address(url: object) -> bool:
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        return False


def _exchange(host: str, port: int, path: str, body: bytes | None, headers: dict) -> tuple[int, bytes]:
    line = egress.connect(host, port, ports=egress.HTTP_PORTS)
    try:
        with egress.cut_after(line, SECONDS):
            line.settimeout(SECONDS)
            line = egress.tls_context().wrap_socket(line, server_hostname=host)
            connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
            connection.sock = line
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST + 1)
    finally:
        line.close()


def _object(status: int, body: bytes) -> dict:
    if status != 200 or len(body) > LARGEST:
        raise Unreachable(f"answered with {status}")
    try:
        found = plain_json.read(body)
    except ValueError:
        raise Unreachable("no JSON") from None
    if not isinstance(found, dict):
        raise Unreachable("no JSON object")
    return found
