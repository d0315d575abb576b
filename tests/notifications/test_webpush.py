"""Pushes: sealed as RFC 8291 says, signed as RFC 8292 says, sent to a real endpoint that opens them as a browser would."""

import base64
import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.utils import timezone

from notifications import devices, webpush
from notifications.models import Device, Notification
from tests.factories import make_conversation

# ── RFC 8291, section 5 and appendix A ──

PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
SERVER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(webpush.decoded(text)), webpush.CURVE)


def test_it_seals_as_the_standard_shows():
    body = webpush.seal(
        PLAIN, p256dh=BROWSER_PUBLIC, auth=AUTH, salt=webpush.decoded(SALT), own=private(SERVER_PRIVATE)
    )
    assert webpush.encoded(body) == SEALED


def opened(body: bytes, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser does; written from the standard, apart from the code that seals."""
    salt, length = body[:16], body[20]
    sender, cipher = body[21 : 21 + length], body[21 + length :]
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    mine = webpush.public_bytes(key)
    ikm = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\x00" + mine + sender).derive(shared)
    cek = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
    return AESGCM(cek).decrypt(nonce, cipher, None).removesuffix(b"\x02")


def test_the_one_who_opens_knows_the_standard_too():
    assert opened(webpush.decoded(SEALED), private(BROWSER_PRIVATE), webpush.decoded(AUTH)) == PLAIN


def test_our_key_is_the_same_in_every_process_and_another_with_another_secret(settings):
    first = webpush.public_key()
    assert first == webpush.public_key() and len(webpush.decoded(first)) == 65
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert webpush.public_key() != first
    assert first in webpush.signing_keys()


# ── A push service and a browser ──


class PushService:
    """An endpoint on the loopback, with TLS, that answers `status` and keeps what it was given."""

    def __init__(self, folder):
        service = self
        self.status, self.got = 201, []

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                self.send_header("Location", "https://127.0.0.1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.port = self.server.server_port
        self.authority = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "push.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, name: str = "one") -> str:
        return f"https://127.0.0.1:{self.port}/push/{name}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def certificate(folder) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    public = made.public_bytes(pem)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "push.pem").write_bytes(secret + public)
    (folder / "ca.pem").write_bytes(public)
    return str(folder / "ca.pem")


@pytest.fixture
def service(tmp_path, settings):
    service = PushService(tmp_path)
    settings.EGRESS_ALLOWED, settings.EGRESS_CA = [f"127.0.0.1:{service.port}"], service.authority
    yield service
    service.stop()


class Browser:
    def __init__(self):
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"

    def keys(self) -> dict[str, str]:
        return {"p256dh": webpush.encoded(webpush.public_bytes(self.key)), "auth": webpush.encoded(self.auth)}


@pytest.fixture
def signed_in(db) -> str:
    session = SessionStore()
    session.create()
    return session.session_key


@pytest.fixture
def browser_of_ben(acme, ben, service, signed_in) -> Browser:
    window = Browser()
    with acme.scope():
        devices.register(ben, endpoint=service.address(), session_key=signed_in, **window.keys())
    return window


@pytest.fixture
def push(acme, ben):
    """A push that is due for Ben: its id."""
    with acme.scope():
        conversation = make_conversation(acme, body="The lamp is dark. 🔦")
        row = Notification.objects.create(
            member=ben,
            key="x",
            topic="message",
            conversation=conversation,
            message=conversation.messages.get(),
            ways=["push"],
            push_due_at=timezone.now(),
        )
    return row.pk


def test_the_browser_reads_what_was_sent_and_nobody_between(acme, browser_of_ben, service, push, settings):
    assert devices.send(acme.workspace.pk, push)
    [(path, headers, body)] = service.got
    assert (path, headers["Content-Encoding"], headers["Urgency"]) == ("/push/one", "aes128gcm", "high")
    assert b"lamp" not in body
    said = json.loads(opened(body, browser_of_ben.key, browser_of_ben.auth))
    assert said["title"] == "James Whitfield wrote" and said["body"] == "The lamp is dark. 🔦"
    assert said["url"] == f"/w/acme/notifications/{push}/"
    assert not devices.send(acme.workspace.pk, push), "sent once"


def test_the_service_can_tell_that_it_is_us(acme, browser_of_ben, service, push, settings):
    devices.send(acme.workspace.pk, push)
    told = service.got[0][1]["Authorization"].removeprefix("vapid ")
    token, key = (part.strip().partition("=")[2] for part in told.split(","))
    head, claims, signature = token.split(".")
    raw = webpush.decoded(signature)
    dss = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.decoded(key))
    public.verify(dss, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert said["aud"] == f"https://127.0.0.1:{service.port}" and said["sub"] == settings.SITE_URL


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(acme, browser_of_ben, service, push, status):
    service.status = status
    assert not devices.send(acme.workspace.pk, push)
    with acme.scope():
        assert not Device.objects.exists()
        assert Notification.objects.get(pk=push).push_due_at is None


@pytest.mark.parametrize("status", [302, 429, 503])
def test_a_service_that_does_not_take_it_is_asked_again(acme, browser_of_ben, service, push, status):
    service.status = status
    assert not devices.send(acme.workspace.pk, push)
    with acme.scope():
        row = Notification.objects.get(pk=push)
        assert Device.objects.exists() and row.push_due_at > timezone.now() and row.push_tries == 1
    assert len(service.got) == 1, "no redirect is followed"


def test_what_was_read_meanwhile_rings_nowhere(acme, browser_of_ben, service, push):
    with acme.scope():
        Notification.objects.filter(pk=push).update(read_at=timezone.now())
    assert not devices.send(acme.workspace.pk, push)
    assert service.got == []


def test_signed_out_is_silent(acme, browser_of_ben, service, push, signed_in):
    SessionStore(signed_in).delete()
    assert not devices.send(acme.workspace.pk, push)
    assert service.got == []
    with acme.scope():
        assert not Device.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/x",
        "https://push.example:25/x",
        "https://user@push.example/x",
        "ftp://push.example/x",
        "nonsense",
        "https:///x",
    ],
)
def test_only_public_push_services_are_named(acme, ben, signed_in, endpoint):
    """What a member's browser names is dialled by us."""
    with acme.scope(), pytest.raises(ValidationError):
        devices.register(ben, endpoint=endpoint, session_key=signed_in, **Browser().keys())


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "AAAA", "auth": AUTH},
        {"p256dh": BROWSER_PUBLIC, "auth": "AAAA"},
        {"p256dh": "%", "auth": "%"},
    ],
)
def test_keys_that_are_none_are_refused(acme, ben, service, signed_in, keys):
    with acme.scope(), pytest.raises(ValidationError):
        devices.register(ben, endpoint=service.address(), session_key=signed_in, **keys)


def test_ten_browsers_a_person(acme, ben, service, signed_in):
    with acme.scope():
        for number in range(12):
            devices.register(
                ben, endpoint=service.address(str(number)), session_key=signed_in, **Browser().keys()
            )
        assert Device.objects.filter(member=ben).count() == 10
        assert not Device.objects.filter(endpoint=service.address("0")).exists()
