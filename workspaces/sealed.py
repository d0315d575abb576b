"""Credentials at rest: AES-256-GCM under a named key of the installation, bound to what they belong to."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FORMAT = "s1"
DERIVED = "own"  # the name of the key that is made from SECRET_KEY


class Unreadable(Exception):
    """Sealed under a key that is gone, for something else, or tampered with."""


def seal(text: str, *, about: str) -> str:
    """Return text that only this installation reads, and only when asked about the same thing."""
    name, key = _keys()[0]
    nonce = os.urandom(12)
    hidden = AESGCM(key).encrypt(nonce, text.encode(), _bound(name, about))
    return f"{FORMAT}:{name}:{base64.urlsafe_b64encode(nonce + hidden).decode()}"


def unseal(sealed: str, *, about: str) -> str:
    """Return the text. Raises Unreadable."""
    try:
        form, name, encoded = sealed.split(":", 2)
        raw = base64.urlsafe_b64decode(encoded)
    except ValueError:
        raise Unreadable("not sealed by this program") from None
    candidates = [key for known, key in _keys() if known == name and form == FORMAT]
    for key in candidates:
        try:
            return AESGCM(key).decrypt(raw[:12], raw[12:], _bound(name, about)).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(f"no key named {name} opens it")


def is_current(sealed: str, *, about: str) -> bool:
    """Whether the newest key sealed it, so that a rotation may pass it by."""
    name, key = _keys()[0]
    parts = sealed.split(":", 2)
    if parts[:2] != [FORMAT, name]:
        return False
    raw = base64.urlsafe_b64decode(parts[2])
    try:
        AESGCM(key).decrypt(raw[:12], raw[12:], _bound(name, about))
    except InvalidTag:
        return False
    return True


def _bound(name: str, about: str) -> bytes:
    return f"{FORMAT}\0{name}\0{about}".encode()


def _keys() -> list[tuple[str, bytes]]:
    """Newest first. Those made from SECRET_KEY come last, so that an installation may move to keys of its own."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [*settings.SECRETS_KEYS, *((DERIVED, _derived(secret)) for secret in secrets)]


def _derived(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"parley sealed credentials").derive(secret.encode())
