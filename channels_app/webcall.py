"""One small signed POST to a server that a workspace names: vetted address, no redirections, an answer of bounded size."""

import hashlib
import hmac
import http.client
import time
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_app import egress

SECONDS = 10
LONGEST_ANSWER = 64 * 1024


def clean_url(typed: str) -> str:
    """An address on the web; which network it leads to is looked at when it is called. Raises ValidationError."""
    url = typed.strip()
    parts = _parts(url)
    free = parts is not None and f"{parts.hostname}:{parts.port}" in settings.EGRESS_ALLOWED
    if parts is None or len(url) > 1000 or not (parts.scheme == "https" or free):
        raise ValidationError(_("Write the whole address, beginning with https://."))
    return url


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    plain = url.isascii() and url.isprintable() and " " not in url
    fits = plain and parts.hostname and not parts.username and parts.scheme in ("https", "http")
    return parts if fits else None


def signature_of(secret: str, at: str, body: bytes) -> str:
    return "v1=" + hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, secret: str, id: str) -> tuple[int, bytes]:
    """Send it and return the status and what was answered. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    line = egress.connect(parts.hostname or "", port, ports=egress.HTTP_PORTS)
    try:
        with egress.cut_after(line, SECONDS):
            line.settimeout(SECONDS)
            if is_tls:
                line = egress.tls_context().wrap_socket(line, server_hostname=parts.hostname)
            connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=SECONDS)
            connection.sock = line
            at = str(int(time.time()))
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Parley",
                "Parley-Id": id,
                "Parley-Timestamp": at,
                "Parley-Signature": signature_of(secret, at, body),
            }
            connection.request(
                "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
            )
            answer = connection.getresponse()
            return answer.status, answer.read(LONGEST_ANSWER)
    finally:
        line.close()
