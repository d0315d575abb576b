"""The door for mail: a real SMTP client against the real listener."""

import asyncio
import os
import smtplib
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connections
from django.utils import timezone

from channels_app.email import listener
from channels_app.email.listener import Listen, where
from channels_app.email.payloads import understand
from channels_app.email.tokens import reply_address
from channels_app.models import InboundPayload
from conversations.models import Conversation, Message
from inboxes.actions import connect_channel
from inboxes.addresses import fallback_of, give_forwarding_address
from tests.channels_app.mails import bring, mail
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door():
    with listening(Listen("127.0.0.1", 0)) as port:
        yield port


@contextmanager
def listening(listen: Listen):
    """The listener on a port of this test's own."""
    ports, told = [], {}

    def run():
        async def main():
            told["stop"], told["loop"] = asyncio.Event(), asyncio.get_running_loop()
            await listener.serve(listen, stopping=told["stop"], started=ports.append)

        asyncio.run(main())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_until(lambda: ports, "the listener")
    try:
        yield ports[0]
    finally:
        told["loop"].call_soon_threadsafe(told["stop"].set)
        thread.join(10)
        assert not thread.is_alive()


def send(port: int, letter, to, sender="james@pine.example", **options) -> dict:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        raw = letter if isinstance(letter, bytes) else letter.as_bytes()
        return client.sendmail(sender, to, raw, **options)


def payloads(house) -> list[InboundPayload]:
    with house.scope():
        return list(InboundPayload.objects.order_by("pk"))


def test_a_mail_is_committed_before_it_is_acknowledged(acme, door):
    """P1, P8: and the envelope says for which address."""
    send(door, mail(), ["support@acme.example"])
    [kept] = payloads(acme)
    assert kept.headers["to"] == ["support@acme.example"] and kept.channel_id == acme.email.pk
    assert bytes(kept.body).startswith(b"Return-Path: <james@pine.example>\r\n")
    assert understand(acme.workspace.pk, kept.pk).is_new


def test_what_cannot_be_committed_is_not_acknowledged(acme, door, monkeypatch):
    """P1: the sender keeps it, and tries again."""
    monkeypatch.setattr(listener, "keep", lambda *a, **b: 1 / 0)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(door, mail(), ["support@acme.example"])
    assert refused.value.smtp_code == 451
    assert payloads(acme) == []


def test_every_inbox_takes_mail_from_birth(acme, door):
    """FB-1."""
    with acme.scope():
        address = fallback_of(acme.inbox).identifier
    send(door, mail(to="someone@else.example"), [address.upper()])
    assert len(payloads(acme)) == 1


def test_a_recipient_that_is_not_ours_is_refused(acme, door):
    """No open relay."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(door, mail(), ["rosa@oak.example"])
    assert refused.value.recipients["rosa@oak.example"][0] == 550


def test_a_list_of_recipients_is_one_payload_a_channel(acme, globex, door):
    """EM-15: To and Cc are not asked."""
    with acme.scope():
        forwarded = give_forwarding_address(acme.email)
    refused = send(
        door,
        mail(to="undisclosed-recipients:;"),
        ["support@acme.example", forwarded, "support@globex.example", "nobody@acme.example"],
    )
    assert set(refused) == {"nobody@acme.example"}
    assert [sorted(kept.headers["to"]) for kept in payloads(acme)] == [
        sorted(["support@acme.example", forwarded])
    ]
    assert len(payloads(globex)) == 1


def test_an_answer_to_a_token_finds_its_conversation(acme, door):
    first = bring(acme, mail())
    with acme.scope():
        address = reply_address(Conversation.objects.get(), "james@pine.example")
    send(door, mail("Still.", to=address), [address])
    answer = understand(acme.workspace.pk, payloads(acme)[-1].pk)
    assert answer.conversation_id == first.conversation_id


def test_a_paused_channel_asks_to_come_again_and_a_disconnected_one_refuses(acme, door):
    """CH-2."""
    for field, code in (("paused_at", 450), ("disconnected_at", 550)):
        with acme.scope():
            setattr(acme.email, field, timezone.now())
            acme.email.save()
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(door, mail(), ["support@acme.example"])
        assert refused.value.recipients["support@acme.example"][0] == code


def test_a_dot_between_bare_line_ends_is_refused(acme, door):
    """SMTP smuggling: nothing is kept, and nothing of the second mail is heard."""
    for ending in (b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r"):
        with socket.create_connection(("127.0.0.1", door), timeout=10) as wire:
            answers = wire.makefile("rb")
            answers.readline()
            for line in (b"HELO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<support@acme.example>", b"DATA"):
                wire.sendall(line + b"\r\n")
                answers.readline()
            hidden = b"MAIL FROM:<admin@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\nx"
            wire.sendall(b"Subject: x\r\n\r\nfirst" + ending + hidden + b"\r\n.\r\n")
            assert answers.readline().startswith(b"554")
    assert payloads(acme) == []


def test_unicode_addresses_and_long_lines_come_in(acme, door):
    """SMTPUTF8; lines beyond the thousand that the standard allows."""
    with acme.scope():
        connect_channel(acme.inbox, kind="email", name="Aide", identifier="aidé@acme.example")
    raw = "From: rené@pine.example\r\nSubject: é\r\n\r\n".encode() + b"x" * 50_000 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", door, timeout=30) as client:
        client.ehlo()
        assert client.has_extn("smtputf8") and client.esmtp_features["size"] == str(listener.LARGEST)
        client.sendmail(
            "rené@pine.example", ["aidé@acme.example"], raw, mail_options=["SMTPUTF8", "BODY=8BITMIME"]
        )
    assert len(payloads(acme)) == 1


def test_too_much_from_one_sender_is_deferred(acme, door, monkeypatch):
    """451, so that nothing is lost; another sender goes on."""
    monkeypatch.setattr(listener, "BY_SENDER", listener.BY_SENDER.__class__("mail-sender", 2))
    for _ in range(2):
        send(door, mail(), ["support@acme.example"])
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(door, mail(), ["support@acme.example"])
    assert refused.value.smtp_code == 451
    send(door, mail(), ["support@acme.example"], sender="rosa@oak.example")


def test_a_mail_beyond_the_limit_is_refused(acme, monkeypatch):
    monkeypatch.setattr(listener, "LARGEST", 2000)
    with listening(Listen("127.0.0.1", 0)) as port:
        with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as refused:
            send(port, mail("x\n" * 2000), ["support@acme.example"])
        assert refused.value.smtp_code == 552


def test_lmtp_answers_for_each_recipient(acme, globex):
    with listening(Listen("127.0.0.1", 0, is_lmtp=True)) as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.mail("a@x.example")
        client.rcpt("support@acme.example")
        client.rcpt("support@globex.example")
        assert client.data(mail().as_bytes())[0] == 250
        assert client.getreply()[0] == 250  # smtplib reads one answer, as of SMTP; here is the second
    assert len(payloads(acme)) == len(payloads(globex)) == 1


def test_fifty_deliveries_of_one_mail_at_once_are_one_message(acme, door):
    """P2: fifty sessions, then fifty workers."""
    letter = mail(message_id="<one@x>")
    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(lambda _: send(door, letter, ["support@acme.example"]), range(50))) == [{}] * 50
    [kept] = payloads(acme)

    def work(_number):
        try:
            understand(acme.workspace.pk, kept.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    with acme.scope():
        assert Message.objects.count() == 1


class TestCrowds:
    """Nobody keeps the others out."""

    def greeting(self, port: int, held: list) -> bytes:
        wire = socket.create_connection(("127.0.0.1", port), timeout=10)
        held.append(wire)
        return wire.makefile("rb").readline()

    @pytest.mark.parametrize("limit", ["MOST_OF_ONE", "MOST_SESSIONS"])
    def test_one_session_too_many_is_told_to_come_back(self, acme, monkeypatch, limit):
        monkeypatch.setattr(listener, limit, 2)
        with listening(Listen("127.0.0.1", 0)) as port:
            held = []
            try:
                said = [self.greeting(port, held)[:3] for _ in range(3)]
                assert said == [b"220", b"220", b"421"]
                held.pop(0).close()
                wait_until(lambda: self.greeting(port, held).startswith(b"220"), "a free place")
            finally:
                for wire in held:
                    wire.close()

    def test_those_refused_count_for_nothing(self):
        guests = listener.Guests()
        assert all(guests.enter("192.0.2.1") for _ in range(listener.MOST_OF_ONE))
        assert not guests.enter("192.0.2.1") and guests.enter("192.0.2.2")
        guests.leave("192.0.2.1")
        assert guests.enter("192.0.2.1")


def renew(folder) -> None:
    """A certificate for the name localhost, signed by itself."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)


class TestEncryption:
    @pytest.fixture
    def files(self, tmp_path, settings):
        renew(tmp_path)
        settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
        return tmp_path

    def serial(self, port: int, folder) -> str:
        context = ssl.create_default_context(cafile=folder / "cert.pem")
        with smtplib.SMTP("localhost", port, timeout=10) as client:
            client.starttls(context=context)
            client.sendmail("james@pine.example", ["support@acme.example"], mail().as_bytes())
            return client.sock.getpeercert()["serialNumber"]

    def test_a_mail_comes_in_encrypted_and_a_renewed_certificate_is_taken_up(self, acme, files):
        with listening(Listen("127.0.0.1", 0)) as port:
            first = self.serial(port, files)
            renew(files)
            os.utime(files / "cert.pem", (1, 1))
            assert self.serial(port, files) != first
        assert len(payloads(acme)) == 2

    def test_without_a_certificate_none_is_offered(self, door):
        with smtplib.SMTP("127.0.0.1", door, timeout=10) as client:
            client.ehlo()
            assert not client.has_extn("starttls")


@pytest.mark.parametrize(
    ("raw", "port", "expected"),
    [
        ("", "", Listen("127.0.0.1", 2525)),
        ("", "8530", Listen("127.0.0.1", 3055)),
        ("0.0.0.0:25", "", Listen("0.0.0.0", 25)),
        ("[::1]:25", "", Listen("::1", 25)),
        ("lmtp:127.0.0.1:24", "", Listen("127.0.0.1", 24, is_lmtp=True)),
        ("lmtp:/run/parley/lmtp", "", Listen(path="/run/parley/lmtp", is_lmtp=True)),
        ("off", "", None),
    ],
)
def test_where_it_listens(raw, port, expected):
    assert where(raw, port) == expected
