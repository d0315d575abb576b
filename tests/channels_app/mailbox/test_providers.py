"""Passwords, tokens and encryption: who lets us in, and what is never done to get in."""

import ssl
import subprocess

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from channels_app.email.mailbox import oauth
from channels_app.email.mailbox.dial import open_imap, open_smtp
from channels_app.email.mailbox.trouble import Trouble, understand
from channels_app.email.transport import MailboxBackend, connection_for
from channels_app.models import Mailbox
from config.mail import CapturedMail
from tests.channels_app.mailbox.conftest import account, allow, make_mailbox
from tests.channels_app.mailbox.fake_imap import FakeImap
from tests.channels_app.mailbox.fake_providers import FakeOAuth

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings, imap, smtp):
    made = FakeOAuth()
    imap.tokens = smtp.tokens = made.tokens
    settings.MAIL_PROVIDERS = {"google": made.endpoints(imap.port, smtp.port)}
    yield made
    made.stop()


@pytest.fixture
def consented(acme, provider, imap, smtp):
    return lambda **secret: make_mailbox(
        acme,
        imap.port,
        provider="google",
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        secret=provider.secret(**secret),
    )


def account_secret(house) -> dict:
    with house.scope():
        return account(house, Mailbox.objects.get()).secret


def test_a_token_opens_both_ways(acme, provider, consented):
    mailbox = consented()
    open_imap(account(acme, mailbox)).close()
    open_smtp(account(acme, mailbox)).quit()
    assert provider.asked == []


def test_a_token_is_renewed_before_it_ends(acme, provider, consented):
    mailbox = consented(expires_in=60)
    before = account_secret(acme)
    open_imap(account(acme, mailbox)).close()
    after = account_secret(acme)
    assert after["access"] != before["access"]
    assert after["refresh"] == before["refresh"]
    assert [form["grant_type"] for form in provider.asked] == ["refresh_token"]


@pytest.mark.parametrize("way", [open_imap, open_smtp])
def test_a_refused_token_is_renewed_once(acme, provider, consented, way):
    """401: the provider ended it early."""
    mailbox = consented()
    provider.tokens.clear()
    way(account(acme, mailbox)).close()
    assert len(provider.asked) == 1


@pytest.mark.parametrize("way", [open_imap, open_smtp])
def test_a_withdrawn_permission_is_told_as_such(acme, provider, consented, way):
    mailbox = consented()
    provider.withdraw()
    with pytest.raises(Trouble) as trouble:
        way(account(acme, mailbox))
    assert trouble.value.code == "revoked"


def test_what_is_given_back_opens_nothing_more(acme, provider, consented):
    mailbox = consented()
    oauth.revoke(account(acme, mailbox))
    assert provider.grants == set()


def test_mail_leaves_by_the_mailbox_of_its_channel(acme, smtp, imap):
    make_mailbox(acme, imap.port, smtp_host="127.0.0.1", smtp_port=smtp.port)
    with acme.scope():
        way = connection_for(acme.email)
    assert isinstance(way, MailboxBackend)
    letter = EmailMessage("Hello", "Words", "support@acme.example", ["james@pine.example"], connection=way)
    assert letter.send() == 1
    assert smtp.received[0][:2] == ("support@acme.example", ["james@pine.example"])


def test_other_mail_leaves_by_the_server_of_the_installation(acme, settings):
    settings.EMAIL_BACKEND = "config.mail.CapturedMail"
    with acme.scope():
        assert isinstance(connection_for(acme.email), CapturedMail)


def test_a_wrong_password_is_one_coarse_sentence(acme, imap, smtp):
    mailbox = make_mailbox(
        acme, imap.port, smtp_host="127.0.0.1", smtp_port=smtp.port, secret={"password": "wrong"}
    )
    for way in (open_imap, open_smtp):
        with pytest.raises(Exception) as error:
            way(account(acme, mailbox))
        assert understand(error.value).code == "login"


# ── Encryption ──


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate file, a server's context) for the name localhost, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    subprocess.run([*command, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return str(cert), context


@pytest.fixture
def secured(acme, settings, certificate):
    """A mailbox at a server that speaks TLS; `how` is tls or starttls."""
    servers = []

    def make(how: str, **options) -> Mailbox:
        server = FakeImap(tls=certificate[1] if how == "tls" else None)
        server.starttls = options.get("starttls")
        servers.append(server)
        allow(settings, server.port)
        settings.MAIL_ALLOW_PLAIN = False
        settings.EGRESS_ALLOWED = [f"localhost:{server.port}"]
        return make_mailbox(acme, server.port, imap_host="localhost", imap_security=how)

    yield make
    for server in servers:
        server.stop()


def test_tls_with_a_known_certificate(acme, settings, secured, certificate):
    settings.EGRESS_CA = certificate[0]
    open_imap(account(acme, secured("tls"))).close()


def test_a_certificate_that_nobody_vouches_for_is_refused(acme, secured):
    with pytest.raises(ssl.SSLError) as error:
        open_imap(account(acme, secured("tls")))
    assert understand(error.value).code == "tls"


def test_starttls(acme, settings, secured, certificate):
    settings.EGRESS_CA = certificate[0]
    open_imap(account(acme, secured("starttls", starttls=certificate[1]))).close()


def test_without_starttls_no_password_is_said(acme, secured, settings):
    """Never on in the clear when the server does not offer it."""
    mailbox = secured("starttls")
    with pytest.raises(Exception) as error:
        open_imap(account(acme, mailbox))
    assert understand(error.value).code == "tls"


def test_plain_needs_the_operator(acme, imap, mailbox, settings):
    settings.MAIL_ALLOW_PLAIN = False
    with pytest.raises(Trouble) as trouble:
        open_imap(account(acme, mailbox))
    assert trouble.value.code == "plain"
    assert imap.commands == []


# ── Secrets ──


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_rotation_seals_everything_under_the_newest_key(acme, imap, mailbox, settings):
    settings.SECRETS_KEYS = [("k1", bytes(range(32)))]
    assert account_secret(acme) == {"password": "secret"}  # sealed under the key made from SECRET_KEY
    call_command("rotate_secrets")
    with acme.scope():
        assert Mailbox.objects.get().secret.startswith("s1:k1:")
    settings.SECRETS_KEYS = [("k2", bytes(range(1, 33))), ("k1", bytes(range(32)))]
    call_command("rotate_secrets")
    settings.SECRETS_KEYS = [("k2", bytes(range(1, 33)))]
    assert account_secret(acme) == {"password": "secret"}


def test_a_secret_in_the_row_of_another_channel_opens_nothing(acme, imap, mailbox):
    with acme.scope():
        row = Mailbox.objects.get()
        row.channel = acme.form
        row.save()
    with pytest.raises(Trouble) as trouble:
        account(acme, row)
    assert trouble.value.code == "unreadable"
