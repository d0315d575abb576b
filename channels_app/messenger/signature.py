"""X-Hub-Signature-256: HMAC-SHA256 of the raw body under the app's secret."""

import hashlib
import hmac
from collections.abc import Iterable

NAME = "x-hub-signature-256"
DIGITS = frozenset(b"0123456789abcdef")


class BadSignature(Exception):
    """Missing, in the old SHA-1 form only, or not made with a secret of ours."""


def check(body: bytes, headers, secrets: Iterable[str]) -> None:
    """Raise BadSignature unless one of the secrets signed these very bytes. Constant time for each secret."""
    given = _given(headers)
    if given is None:
        raise BadSignature("there is no SHA-256 signature")
    matches = [
        hmac.compare_digest(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), given)
        for secret in secrets
        if secret  # an empty secret is known to everybody
    ]
    if not any(matches):
        raise BadSignature("the signature is not made with a secret of ours")


def is_there(headers) -> bool:
    """Whether there is a signature at all, of the right kind; whose it is, `check` says."""
    return _given(headers) is not None


def sign(body: bytes, secret: str) -> str:
    """The header's value, as Meta's servers write it."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _given(headers) -> bytes | None:
    """The signature's hexadecimal digits; None when it is missing or is no SHA-256."""
    for name, value in _pairs(headers):
        if _plain(name).lower().replace("_", "-").removeprefix("http-") != NAME:
            continue
        method, _sep, digits = _plain(value).strip().partition("=")
        told = digits.strip().lower().encode(errors="replace")
        if method.strip().lower() == "sha256" and len(told) == 64 and DIGITS.issuperset(told):
            return told
    return None


def _pairs(headers) -> Iterable[tuple]:
    """Mappings of any kind, the message objects of servers, WSGI's environ and ASGI's list of pairs alike."""
    items = getattr(headers, "items", None)
    try:
        pairs = items() if callable(items) else headers or ()
        return [pair for pair in pairs if isinstance(pair, tuple | list) and len(pair) == 2]
    except TypeError:
        return ()


def _plain(value) -> str:
    if isinstance(value, tuple | list):  # some keep every header as a list
        value = value[0] if value else ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
