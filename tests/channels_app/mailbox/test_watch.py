"""The process `mailboxes` at a real IMAP server: told of mail at once, killed at each step, and back again."""

import imaplib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections

from channels_app.email.mailbox import health, watch
from channels_app.email.mailbox.trouble import Trouble
from channels_app.models import Mailbox
from inboxes.actions import pause_channel, resume_channel
from inboxes.models import Channel
from tests.channels_app.mailbox.conftest import allow, kept, mail, make_mailbox
from tests.servers import urls_of_the_test_database, wait_until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def pymap(settings):
    """A real server (pymap) with an account of demouser; `deliver` brings a mail as another client would."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        Path(sys.executable).with_name("pymap"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
    ]
    process = subprocess.Popen(
        [*command, "dict", "--demo-data"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    allow(settings, port)
    wait_until(lambda: answers(port), "pymap", seconds=60)
    yield port
    process.kill()
    process.wait()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def deliver(port: int, *raws: bytes) -> None:
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login("demouser", "demopass")
    for raw in raws:
        assert client.append("INBOX", None, None, raw)[0] == "OK"
    client.logout()


@pytest.fixture
def mailbox(acme, pymap) -> Mailbox:
    made = make_mailbox(acme, pymap, secret={"password": "demopass"})
    with acme.scope():
        Mailbox.objects.filter(pk=made.pk).update(username="demouser")
    return made


@pytest.fixture
def watcher(acme, mailbox):
    thread = watch.Watcher(acme.workspace.pk, mailbox.pk)
    thread.start()
    yield thread
    thread.stopping.set()
    thread.join(30)
    assert not thread.is_alive()
    connections.close_all()


def row_of(house) -> Mailbox:
    with house.scope():
        return Mailbox.objects.select_related("channel").get()


def test_the_server_tells_and_the_mail_is_there(acme, pymap, mailbox, watcher):
    wait_until(lambda: row_of(acme).succeeded_at, "the first look")
    time.sleep(0.5)
    began = time.monotonic()
    deliver(pymap, mail(1))
    wait_until(lambda: kept(acme), "the mail")
    assert time.monotonic() - began < 30, "IDLE tells within the second, the minute's look would come later"
    wanted = mail(1)
    assert bytes(kept(acme)[0].body).replace(b"\r\n", b"\n") == wanted.replace(b"\r\n", b"\n")


def start(port: int, crash_at: str = "") -> subprocess.Popen:
    manage = Path(django_settings.BASE_DIR) / "manage.py"
    told = {"MAIL_ALLOW_PLAIN": "true", "EGRESS_ALLOWED": f"127.0.0.1:{port}", "PARLEY_CRASH_AT": crash_at}
    return subprocess.Popen(
        [sys.executable, str(manage), "mailboxes"],
        env=os.environ | urls_of_the_test_database() | told,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_killed_at_each_step_it_loses_and_doubles_nothing(acme, pymap, mailbox):
    """P1, P2: kill -9 while a mail is fetched, before and after its commit."""
    calm = start(pymap)
    wait_until(lambda: row_of(acme).succeeded_at, "the first look", seconds=90)
    calm.send_signal(signal.SIGTERM)
    assert calm.wait(60) == 0
    for number, point in enumerate(["fetched", "stored", "committed"]):
        deliver(pymap, mail(f"{number}a"), mail(f"{number}b"))
        process = start(pymap, crash_at=point)
        assert process.wait(90) == -signal.SIGKILL
    last = start(pymap)
    try:
        wait_until(lambda: len(kept(acme)) >= 6, "the rest", seconds=90)
        time.sleep(0.5)
    finally:
        last.send_signal(signal.SIGTERM)
        last.wait(60)
    subjects = [bytes(payload.body).split(b"Subject: ")[1].split(b"\r\n")[0] for payload in kept(acme)]
    assert subjects == [f"Lamp {number}{letter}".encode() for number in range(3) for letter in "ab"]


def test_five_failures_in_a_row_ask_for_attention_and_one_success_ends_it(acme, pymap, mailbox):
    """EM-2b, CH-3."""
    for _ in range(4):
        health.note_failure(acme.workspace.pk, mailbox.pk, Trouble("unreachable"))
    assert row_of(acme).channel.needs_attention_since is None
    health.note_failure(acme.workspace.pk, mailbox.pk, Trouble("unreachable"))
    assert row_of(acme).channel.needs_attention_since
    health.note_success(acme.workspace.pk, mailbox.pk)
    row = row_of(acme)
    assert (row.failures, row.channel.needs_attention_since) == (0, None)
    assert row.last_error == "unreachable"  # what was wrong last stays told


def test_a_withdrawn_permission_asks_at_once(acme, pymap, mailbox):
    health.note_failure(acme.workspace.pk, mailbox.pk, Trouble("revoked"))
    assert row_of(acme).channel.needs_attention_since


def test_a_wrong_password_is_told_and_mended(acme, pymap, mailbox, monkeypatch):
    monkeypatch.setattr(watch, "FIRST_DELAY", 0.2)
    with acme.scope():
        Mailbox.objects.update(username="nobody")
    thread = watch.Watcher(acme.workspace.pk, mailbox.pk)
    thread.start()
    try:
        wait_until(lambda: row_of(acme).failures, "the failure")
        assert row_of(acme).last_error == "login"
        with acme.scope():
            Mailbox.objects.update(username="demouser", failures=0)
        thread.hurry.set()
        wait_until(lambda: row_of(acme).succeeded_at, "the success")
    finally:
        thread.stopping.set()
        thread.join(10)


@pytest.mark.slow
def test_two_processes_share_the_mailboxes(acme, pymap, mailbox):
    """Advisory locks: the second leaves alone what the first reads, and takes it over when the first is gone."""
    first, second = watch.Poller(), watch.Poller()
    try:
        first.look()
        second.look()
        assert (list(first.watchers), list(second.watchers)) == ([mailbox.pk], [])
        first.leave()
        second.look()
        assert list(second.watchers) == [mailbox.pk]
    finally:
        first.leave()
        second.leave()
        connections.close_all()


def test_a_paused_mailbox_is_left_alone(acme, pymap, mailbox):
    poller = watch.Poller()
    try:
        poller.look()
        with acme.scope():
            pause_channel(Channel.objects.get(pk=acme.email.pk))
        poller.look()
        assert poller.watchers == {}
        with acme.scope():
            resume_channel(Channel.objects.get(pk=acme.email.pk))
        poller.look()
        assert list(poller.watchers) == [mailbox.pk]
    finally:
        poller.leave()
        connections.close_all()
