"""Mailboxes of Acme at a server of the test's own."""

import threading

import pytest

from channels_app.email.mailbox.account import account_of, sealed
from channels_app.email.mailbox.dial import open_imap
from channels_app.email.mailbox.fetch import Reader
from channels_app.models import InboundPayload, Mailbox
from tests.channels_app.mailbox.fake_imap import FakeImap
from tests.channels_app.mailbox.fake_providers import FakeSmtp


@pytest.fixture
def imap(settings):
    server = FakeImap()
    allow(settings, server.port)
    yield server
    server.stop()


@pytest.fixture
def smtp(settings):
    server = FakeSmtp()
    allow(settings, server.port)
    yield server
    server.stop()


def allow(settings, port: int) -> None:
    """The operator's two switches: a private server, and no TLS to it."""
    settings.EGRESS_ALLOWED = [*settings.EGRESS_ALLOWED, f"127.0.0.1:{port}"]
    settings.MAIL_ALLOW_PLAIN = True


@pytest.fixture
def mailbox(acme, imap) -> Mailbox:
    return make_mailbox(acme, imap.port)


def make_mailbox(house, port: int, **fields) -> Mailbox:
    ids = {"workspace_id": house.workspace.pk, "channel_id": house.email.pk}
    secret = fields.pop("secret", {"password": "secret"})
    with house.scope():
        return Mailbox.objects.create(
            channel=house.email,
            username="support@acme.example",
            secret=sealed(secret, **ids),
            **{
                "imap_host": "127.0.0.1",
                "imap_port": port,
                "imap_security": "plain",
                "smtp_security": "plain",
                **fields,
            },
        )


def account(house, mailbox: Mailbox):
    with house.scope():
        return account_of(Mailbox.objects.get(pk=mailbox.pk))


def catch_up(house, mailbox: Mailbox) -> int:
    """One look at the mailbox on a connection of its own, as after a restart."""
    box = open_imap(account(house, mailbox))
    try:
        return Reader(house.workspace.pk, mailbox.pk, box).catch_up()
    finally:
        box.close()


def kept(house) -> list[InboundPayload]:
    with house.scope():
        return list(InboundPayload.objects.filter(source="imap").order_by("pk"))


def mail(number: int | str, **headers) -> bytes:
    told = {
        "From": "James Whitfield <james@pine.example>",
        "To": "support@acme.example",
        "Subject": f"Lamp {number}",
        "Message-ID": f"<lamp-{number}@pine.example>",
        **headers,
    }
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items())
    return f"{head}\r\nThe lamp {number} flickers.\r\n".encode()


def in_threads(count: int, work) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
