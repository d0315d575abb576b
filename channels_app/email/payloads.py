"""What came in, as it came: kept first, then acknowledged, then understood (P8).

`keep` is all that a door does before it says "yes". Understanding runs in the worker, is nudged after commit and swept
by beat; it may be killed at any step: the message, its files and the mark on the payload commit together.
"""

import hashlib
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from channels_app.models import InboundPayload
from conversations.append import Appended
from events import dispatch
from inboxes.models import Channel
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

TRIES = 5
DELAYS = (5, 60, 600, 3600)  # seconds before the next try
LEASE = timedelta(seconds=100)  # longer than a worker may be busy with one (settings: hard limit 90)
KILLER = "It ended its worker each time."


def keep(channel: Channel, *, source: str, external_id: str, raw: bytes, headers: dict | None = None):
    """Store a mail as it came and return its InboundPayload; the second copy returns the first.

    Call inside the scope; the caller commits, and only then says "yes" to whoever brought it. `headers` is what the
    envelope says: {"from", "to", "peer", ...}.
    """
    payload, made = InboundPayload.objects.get_or_create(
        channel=channel,
        source=source[:40],
        external_id=external_id[:998],
        defaults={"body": raw, "headers": headers or {}},
    )
    if made:
        transaction.on_commit(nudge, robust=True)
    return payload


def print_of(raw: bytes) -> str:
    """The external id of bytes that bring none of their own."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def nudge() -> None:
    """Ask a worker to look now; at most one nudge waits. A Valkey that is away costs the seconds until the sweep."""
    from channels_app.tasks import understand_mail  # the task module imports this one

    def ask(client) -> None:
        if client.set(nudge_key(), 1, nx=True, px=5000):
            understand_mail.apply_async(retry=False)

    dispatch.quietly(ask)


def nudge_key() -> str:
    return f"{dispatch.settings.KEY_PREFIX}:mail-nudged"


def due_ids(limit: int) -> list[tuple[int, int]]:
    """(workspace, payload) of what waits, over all workspaces: one a workspace in turn, so that nobody's flood delays
    the others."""
    waiting = InboundPayload.unscoped.using("maintenance").filter(processed_at=None, parked_at=None)
    ready = waiting.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()))
    turn = Window(RowNumber(), partition_by=["workspace_id"], order_by=["received_at", "pk"])
    fair = ready.annotate(turn=turn).order_by("turn", "received_at", "pk")
    return list(fair.values_list("workspace_id", "pk")[:limit])


def understand(workspace_id: int, payload_id: int) -> Appended | None:
    """Turn one payload into a message, once. Returns where it stands; None when it was taken, parked or made none."""
    from channels_app.email.incoming import parse_payload, take_in

    with workspace_scope(workspace_id):
        payload = _claim(payload_id)
    if payload is None:
        return None
    try:
        mail = parse_payload(payload)  # outside any transaction: it is processor time
        return take_in(workspace_id, payload, mail)
    except Exception as error:
        _failed(workspace_id, payload, error)
        return None


def _claim(payload_id: int) -> InboundPayload | None:
    """Take it for a while. The try is counted before it runs, so that what kills its worker is counted too."""
    waiting = InboundPayload.objects.select_for_update(skip_locked=True, of=("self",))
    ready = waiting.select_related("channel").filter(pk=payload_id, processed_at=None, parked_at=None)
    payload = ready.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now())).first()
    if payload is None:
        return None
    row = InboundPayload.objects.filter(pk=payload_id)
    if payload.attempts >= TRIES:
        row.update(parked_at=timezone.now(), next_attempt_at=None, error=payload.error or KILLER)
        return None
    row.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + LEASE)
    payload.attempts += 1
    return payload


def finish(payload: InboundPayload, message_id: int | None) -> None:
    """Part of the transaction that writes the message. What another worker finished meanwhile stays as it is."""
    InboundPayload.objects.filter(pk=payload.pk, processed_at=None).update(
        processed_at=timezone.now(), message_id=message_id, next_attempt_at=None, parked_at=None, error=""
    )


def _failed(workspace_id: int, payload: InboundPayload, error: Exception) -> None:
    log.exception("payload_failed", payload_id=payload.pk, attempts=payload.attempts)
    reason = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    with workspace_scope(workspace_id):
        row = InboundPayload.objects.filter(pk=payload.pk, processed_at=None)
        if payload.attempts >= TRIES:
            row.update(parked_at=timezone.now(), next_attempt_at=None, error=reason)
            return
        delay = DELAYS[min(payload.attempts, len(DELAYS)) - 1]
        row.update(next_attempt_at=timezone.now() + timedelta(seconds=delay), error=reason)


@transaction.atomic
def retry(payload: InboundPayload) -> bool:
    """Try a parked one again, from the beginning. Twice is harmless. Returns whether it was parked."""
    parked = InboundPayload.objects.filter(pk=payload.pk, processed_at=None).exclude(parked_at=None)
    if not parked.update(parked_at=None, attempts=0, next_attempt_at=None):
        return False
    transaction.on_commit(nudge, robust=True)
    return True
