"""The protocol of pushes: what is said is sealed for one browser (RFC 8291), who says it is signed (RFC 8292, VAPID).

The key that we sign with is made from SECRET_KEY, so that every process has it and nothing more is to be kept. After a
rotation the older secrets still serve the devices that were registered with them.
"""

import base64
import http.client
import json
import os
import time
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from channels_app import egress

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RECORD = 4096
SECONDS = 10
HTTPS_ONLY = frozenset({443})


class Gone(Exception):
    """The browser takes no pushes any more by this endpoint."""


class NotNow(OSError):
    """The push service did not take it; it may later."""


# ── Our key ─────────────────────────────────────────────────────────────────────────────────────────────────────


def signing_keys() -> dict[str, ec.EllipticCurvePrivateKey]:
    """Public key as browsers are told it -> private key; the first one is for new devices."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [_key_from(secret) for secret in secrets]
    return {encoded(public_bytes(key)): key for key in keys}


def public_key() -> str:
    return next(iter(signing_keys()))


@lru_cache(maxsize=8)
def _key_from(secret: str) -> ec.EllipticCurvePrivateKey:
    # 48 bytes make the bias of the remainder vanish.
    raw = HKDF(hashes.SHA256(), 48, salt=None, info=b"parley web push").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(raw) % (ORDER - 1) + 1, CURVE)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


# ── Sealing (RFC 8291, RFC 8188) ────────────────────────────────────────────────────────────────────────────────


def seal(
    plain: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push that only this browser opens. `salt` and `own` are random unless a test gives them."""
    theirs = decoded(p256dh)
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(CURVE)
    ours = public_bytes(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    secret = _derive(shared, decoded(auth), b"WebPush: info\0" + theirs + ours, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)  # 2: the last record


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=salt, info=info).derive(secret)


def readable_keys(p256dh: str, auth: str) -> bool:
    """Whether a browser's keys are a point on the curve and sixteen bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(p256dh))
        return len(decoded(auth)) == 16
    except ValueError:
        return False


# ── Signing (RFC 8292) ──────────────────────────────────────────────────────────────────────────────────────────


def authorization(endpoint: str, server_key: str, key: ec.EllipticCurvePrivateKey) -> str:
    """Who we are, for this push service, for half a day."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + 12 * 3600,
        "sub": settings.SITE_URL,
    }
    pieces = [
        json.dumps(part, separators=(",", ":")).encode() for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    ]
    signed = ".".join(encoded(piece) for piece in pieces)
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}, k={server_key}"


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────


def target_of(endpoint: str) -> tuple[str, int, str]:
    """(host, port, path) of an endpoint. Raises ValueError for what is no plain https address."""
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise ValueError("not an endpoint")
    path = parts.path or "/"
    return parts.hostname, parts.port or 443, f"{path}?{parts.query}" if parts.query else path


def send(endpoint: str, body: bytes, headers: dict[str, str]) -> None:
    """POST to a vetted address, no redirects. Raises Gone, NotNow or another OSError."""
    host, port, path = target_of(endpoint)
    raw = egress.connect(host, port, ports=HTTPS_ONLY)
    connection = http.client.HTTPSConnection(host, port, timeout=SECONDS)
    try:
        with egress.cut_after(raw, SECONDS):
            raw.settimeout(SECONDS)
            connection.sock = egress.tls_context().wrap_socket(raw, server_hostname=host)
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(10_000)
    except http.client.HTTPException as error:
        raise NotNow(str(error)) from None
    finally:
        connection.close()
        raw.close()
    if answer.status in (404, 410):
        raise Gone
    if answer.status >= 300:
        raise NotNow(f"HTTP {answer.status}")
