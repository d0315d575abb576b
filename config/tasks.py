"""Housekeeping of the installation itself."""

import time

from celery import shared_task
from django.core.management import call_command

from config.health import beat_key
from events.dispatch import valkey


@shared_task
def beat_heartbeat() -> None:
    """Beat sent this and a worker runs it: one task proves both alive."""
    for name in ("beat", "worker"):
        valkey().set(beat_key(name), time.time(), ex=300)


@shared_task
def clear_expired() -> None:
    call_command("clearsessions")
