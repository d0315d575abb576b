"""Housekeeping of the installation itself."""

import time

from celery import shared_task
from celery.signals import beat_init, worker_ready
from django.core.management import call_command

from config.health import beat_key
from events.dispatch import quietly


def alive(*names: str) -> None:
    """Note that these processes live, for /readyz."""
    quietly(lambda client: [client.set(beat_key(name), time.time(), ex=300) for name in names])


@shared_task
def beat_heartbeat() -> None:
    """Beat sent this and a worker runs it: one task proves both alive."""
    alive("beat", "worker")


# Ready at the start, not only after beat's first round.
@worker_ready.connect
def worker_is_ready(**told) -> None:
    alive("worker")


@beat_init.connect
def beat_is_ready(**told) -> None:
    alive("beat")


@shared_task
def clear_expired() -> None:
    call_command("clearsessions")
