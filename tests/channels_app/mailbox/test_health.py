"""What a channel's page says of its mailbox: the daily comparison, what waits, and silence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.email.mailbox.dial import open_imap
from channels_app.email.mailbox.health import compare, health_of
from channels_app.models import InboundPayload, Mailbox
from tests.channels_app.mailbox.conftest import account, catch_up, mail

pytestmark = pytest.mark.django_db


def compared(house, mailbox) -> int | None:
    box = open_imap(account(house, mailbox))
    try:
        from channels_app.email.mailbox import folder

        folder.choose(box, "INBOX", readonly=True)
        return compare(box, house.workspace.pk, mailbox.pk)
    finally:
        box.close()


def test_what_the_server_has_and_we_have_not_is_counted_once_a_day(acme, imap, mailbox):
    """P9: the figure must be 0."""
    imap.deliver(mail("before us"))
    catch_up(acme, mailbox)
    for number in range(3):
        imap.deliver(mail(number))
    catch_up(acme, mailbox)
    assert compared(acme, mailbox) == 0
    assert compared(acme, mailbox) is None  # not again today
    with acme.scope():
        InboundPayload.objects.filter(external_id="7:3").delete()
        Mailbox.objects.update(gap_checked_at=timezone.now() - timedelta(days=2))
    assert compared(acme, mailbox) == 1
    with acme.scope():
        assert Mailbox.objects.get().gap == 1


def arrived(house, *ages: timedelta) -> None:
    for number, age in enumerate(ages):
        InboundPayload.objects.create(
            channel=house.email,
            source="imap",
            external_id=f"1:{number}",
            body=b"",
            received_at=timezone.now() - age,
            processed_at=timezone.now(),
        )


def test_silence_is_told_by_the_pauses_of_the_mailbox_itself(in_acme):
    """P14: nights and weekends are no alarm, three quiet days after hourly mail are."""
    arrived(in_acme, *(timedelta(hours=72 + number) for number in range(30)))
    assert health_of(in_acme.email).is_silent


def test_a_quiet_mailbox_is_not_called_silent(in_acme):
    arrived(in_acme, *(timedelta(days=2 + 2 * number) for number in range(5)))
    assert not health_of(in_acme.email).is_silent


def test_what_waits_and_what_is_parked_are_counted(in_acme):
    arrived(in_acme, timedelta(0), timedelta(hours=1), timedelta(hours=2))
    InboundPayload.objects.filter(external_id="1:0").update(processed_at=None)
    InboundPayload.objects.filter(external_id="1:1").update(processed_at=None, parked_at=timezone.now())
    found = health_of(in_acme.email)
    assert (found.waiting, found.parked) == (1, 1)
    assert found.oldest_waiting
