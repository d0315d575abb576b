"""Reading in a process of its own: the same mail comes back, or a reason; never the worker's end."""

import io
import pickle
import subprocess

import pytest

from bench.mail.parse import letter
from channels_app.email import payloads
from channels_app.email.parsing import apart, parse
from channels_app.email.payloads import keep, print_of, understand, understand_many
from channels_app.models import InboundPayload
from conversations.models import Message
from tests.channels_app.mails import mail

LARGE = 4_000_000


def test_what_comes_back_is_what_would_have_been_read_here():
    for raw in (letter(), letter(LARGE), b"", b"\xff" * 5000):
        assert apart.parse_apart(raw, own_addresses=["a@x.example"]) == parse(
            raw, own_addresses=["a@x.example"]
        )


def test_the_largest_mail_that_is_taken_can_be_read():
    found = apart.parse_apart(letter(36_000_000))
    assert found.attachments[0].size > 35_000_000 and not found.defects


def test_too_much_memory_ends_the_child_alone(monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 150 * 1024 * 1024)
    with pytest.raises(apart.TooMuch, match="150 MB"):
        apart.parse_apart(letter(36_000_000))


def test_too_much_time_ends_the_child_alone(monkeypatch):
    """The kernel counts its processor time, whatever it does with it."""
    monkeypatch.setattr(apart, "SECONDS", 1)
    endless = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda command, **options: run([command[0], "-c", endless], **options)
    )
    with pytest.raises(apart.TooMuch, match="1 s"):
        apart.parse_apart(letter())


def test_only_mails_come_back():
    """A child that was taken over reaches nothing here."""
    evil = pickle.dumps(subprocess.getoutput)
    with pytest.raises(apart.TooMuch):
        apart._Values(io.BytesIO(evil)).load()


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
class TestInTheQueue:
    def kept(self, house, raw: bytes) -> int:
        with house.scope():
            return keep(house.email, source="smtp", external_id=print_of(raw), raw=raw).pk

    def test_a_large_mail_comes_in_with_its_file(self, acme):
        understood = understand(acme.workspace.pk, self.kept(acme, letter(LARGE)))
        with acme.scope():
            [file] = Message.objects.get(pk=understood.message_id).attachments.all()
            assert file.size == LARGE // 57 * 57 or file.size > LARGE * 0.99

    def test_what_is_too_much_is_parked_with_its_reason_and_the_others_come_in(self, acme, monkeypatch):
        """P8: no second try, since it would end the same way."""
        monkeypatch.setattr(apart, "MEMORY", 150 * 1024 * 1024)
        kept = [self.kept(acme, mail().as_bytes()), self.kept(acme, letter(36_000_000))]
        understand_many(acme.workspace.pk, kept)
        with acme.scope():
            assert Message.objects.count() == 1
            parked = InboundPayload.objects.get(pk=kept[1])
            assert parked.parked_at and "150 MB" in parked.error and parked.attempts == 1

    def test_what_failed_once_is_read_apart(self, acme, monkeypatch):
        """It may have been what ended its worker."""
        pk = self.kept(acme, mail().as_bytes())
        with acme.scope():
            InboundPayload.objects.filter(pk=pk).update(attempts=1)
        monkeypatch.setattr("channels_app.email.incoming.parse", lambda *a, **b: 1 / 0)
        assert payloads.understand(acme.workspace.pk, pk).is_new
