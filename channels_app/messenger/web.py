"""Plain HTTP through the egress guard: vetted addresses, one time limit, no more bytes than asked for."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from channels_app import egress

SECONDS = 20
REDIRECTS = 3
CHUNK = 64 * 1024


class TooLarge(Exception):
    """It has more bytes than we take."""


class NotSent(OSError):
    """The line broke before anything of the request could be taken."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    kind: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


def request(
    method: str, url: str, *, body: bytes = b"", kind: str = "", most: int, token: str = ""
) -> Answer:
    """One request, no redirection followed. Raises NotSent, OSError, http.client.HTTPException, TooLarge."""
    parts = urlsplit(url)
    until = time.monotonic() + SECONDS
    line = _line(parts)
    try:
        connection = http.client.HTTPConnection(parts.hostname or "", timeout=SECONDS)
        connection.sock = line
        headers = {"User-Agent": "Parley", "Accept": "*/*"}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return Answer(
            answer.status,
            _read(answer, line, most, until),
            answer.headers.get_content_type(),
            tuple(answer.getheaders()),
        )
    finally:
        line.close()


def fetch(url: str, *, most: int) -> Answer:
    """GET, with the few redirections that stores of files make; each address is vetted anew."""
    for _hop in range(REDIRECTS + 1):
        answer = request("GET", url, most=most)
        if answer.status not in (301, 302, 303, 307, 308):
            return answer
        url = urljoin(url, answer.header("location"))
    raise OSError("too many redirections")


def _line(parts):
    """A connected line. In the clear only to servers that the installation itself allows."""
    is_tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
    if not is_tls and f"{host}:{port}" not in settings.EGRESS_ALLOWED:
        raise egress.NotAllowed("without TLS")
    try:
        line = egress.connect(host, port, ports=egress.HTTP_PORTS)
        line.settimeout(SECONDS)
        return egress.tls_context().wrap_socket(line, server_hostname=host) if is_tls else line
    except egress.NotAllowed:
        raise
    except OSError as error:
        raise NotSent(str(error)) from error


def _read(answer: http.client.HTTPResponse, line, most: int, until: float) -> bytes:
    pieces, size = [], 0
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > most:
            raise TooLarge
        if time.monotonic() > until:
            raise TimeoutError("too slow")
        pieces.append(chunk)
    return b"".join(pieces)
