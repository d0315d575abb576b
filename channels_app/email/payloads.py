"""What came in, as it came: kept first, then acknowledged, then understood (P8).

`keep` is all that a door does before it says "yes". Understanding runs in the worker, is nudged after commit and swept
by beat; it may be killed at any step: the message, its files and the mark on the payload commit together.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from channels_app.email.parsing import ParsedMail
from channels_app.email.parsing.apart import TooMuch
from channels_app.models import InboundPayload
from channels_app.readers import FETCHED, reader_of
from conversations.append import Appended
from events import dispatch
from inboxes.models import Channel
from workspaces.scope import current_workspace_id, workspace_scope

log = structlog.get_logger(__name__)

TRIES = 5
DELAYS = (5, 60, 600, 3600)  # seconds before the next try
LEASE = timedelta(seconds=100)  # longer than a worker may be busy with one (settings: hard limit 90)
ALONE = 256 * 1024  # bytes from which a mail is understood on its own
HEAVIEST = 2 * 1024 * 1024  # bytes of mails that are understood together
KILLER = "It ended its worker each time."


# One statement, since a door waits for it: most mail is new.
KEEP = """
INSERT INTO channels_app_inboundpayload (workspace_id, channel_id, source, external_id, body, headers, received_at,
    attempts, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0, '') ON CONFLICT ON CONSTRAINT payload_once DO NOTHING RETURNING id
"""


def keep(channel: Channel, *, source: str, external_id: str, raw: bytes, headers: dict | None = None):
    """Store a mail as it came and return its InboundPayload; the second copy returns the first.

    Call inside the scope; the caller commits, and only then says "yes" to whoever brought it. `headers` is what the
    envelope says: {"from", "to", "peer", ...}.
    """
    payload = InboundPayload(
        workspace_id=current_workspace_id(),
        channel=channel,
        source=source[:40],
        external_id=external_id[:998],
        body=raw,
        headers=headers or {},
    )
    names = ("workspace_id", "channel_id", "source", "external_id", "body", "headers", "received_at")
    values = {name: getattr(payload, name) for name in names} | {"headers": json.dumps(payload.headers)}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, list(values.values()))
        made = cursor.fetchone()
    if made is None:
        return InboundPayload.objects.get(
            channel=channel, source=payload.source, external_id=payload.external_id
        )
    payload.pk, payload._state.adding = made[0], False
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


def nudge_fetch() -> None:
    """The same for what has to be fetched from elsewhere first."""
    from channels_app.tasks import fetch_what_was_sent

    def ask(client) -> None:
        if client.set(f"{dispatch.settings.KEY_PREFIX}:fetch-nudged", 1, nx=True, px=5000):
            fetch_what_was_sent.apply_async(retry=False)

    dispatch.quietly(ask)


def nudge_key() -> str:
    return f"{dispatch.settings.KEY_PREFIX}:mail-nudged"


def due(limit: int, *, fetched: bool = False) -> list[tuple[int, list[int]]]:
    """(workspace, payloads) of what waits, over all workspaces: one a workspace in turn, so that nobody's flood delays
    the others. What may be understood together is in one list; what is large or failed before is alone in its own."""
    waiting = InboundPayload.unscoped.using("maintenance").filter(processed_at=None, parked_at=None)
    # What other servers are asked for first has a queue of its own: a slow one delays nobody's mail.
    waiting = waiting.filter(source__in=FETCHED) if fetched else waiting.exclude(source__in=FETCHED)
    ready = waiting.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()))
    turn = Window(RowNumber(), partition_by=["workspace_id"], order_by=["received_at", "pk"])
    size = Func("body", function="octet_length", output_field=IntegerField())
    fair = ready.annotate(turn=turn, size=size).order_by("turn", "received_at", "pk")
    return _together(fair.values_list("workspace_id", "pk", "attempts", "size")[:limit])


def _together(rows: Iterable[tuple[int, int, int, int]]) -> list[tuple[int, list[int]]]:
    result: list[tuple[int, list[int]]] = []
    open_lists: dict[int, tuple[list[int], int]] = {}
    for workspace_id, pk, attempts, size in rows:
        batch, weight = open_lists.get(workspace_id, (None, 0))
        is_alone = attempts > 0 or size >= ALONE
        if batch is None or is_alone or weight + size > HEAVIEST:
            batch, weight = [], 0
            result.append((workspace_id, batch))
        batch.append(pk)
        # After one that goes alone another list begins: what came later is understood later.
        open_lists[workspace_id] = (batch, HEAVIEST if is_alone else weight + size)
    return result


def understand(workspace_id: int, payload_id: int) -> Appended | None:
    """Turn one payload into a message, once. Returns where it stands; None when it was taken, parked or made none."""
    read = _read(workspace_id, [payload_id])
    return _take_mail_in(workspace_id, *read[0]) if read else None


def understand_many(workspace_id: int, payload_ids: list[int]) -> None:
    """The same for many. They are written together, or when one spoils that, each on its own."""
    from channels_app.email.incoming import take_in_many

    left = _read(workspace_id, payload_ids)
    if len(left) > 1:
        try:
            left = take_in_many(workspace_id, left)
        except Exception as error:  # nothing of it stands: whose fault it was shows when each is alone
            log.warning("payloads_parted", count=len(left), error=type(error).__name__)
    for payload, mail in left:
        _take_mail_in(workspace_id, payload, mail)


def _read(workspace_id: int, payload_ids: list[int]) -> list[tuple[InboundPayload, ParsedMail]]:
    """Parse what is mail, for writing it together; what is not is understood at once, by who knows its source."""
    from channels_app.email.incoming import parse_payload

    with workspace_scope(workspace_id):
        claimed = _claim(payload_ids)
    read = []
    for payload in claimed:
        if reader := reader_of(payload.source):
            _take_in(workspace_id, payload, reader)
            continue
        try:
            read.append((payload, parse_payload(payload)))  # outside any transaction: it is processor time
        except Exception as error:
            _failed(workspace_id, payload, error)
    return read


def _take_mail_in(workspace_id: int, payload: InboundPayload, mail: ParsedMail) -> Appended | None:
    from channels_app.email.incoming import take_in

    return _take_in(workspace_id, payload, lambda workspace, row: take_in(workspace, row, mail))


def _take_in(workspace_id: int, payload: InboundPayload, reader: Callable) -> Appended | None:
    """What goes wrong is tried again later, and parked in the end."""
    try:
        return reader(workspace_id, payload)
    except Exception as error:
        _failed(workspace_id, payload, error)
        return None


def _claim(payload_ids: list[int]) -> list[InboundPayload]:
    """Take them for a while. The try is counted before it runs, so that what kills its worker is counted too."""
    waiting = InboundPayload.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "channel"
    )
    ready = waiting.filter(pk__in=payload_ids, processed_at=None, parked_at=None)
    found = ready.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=timezone.now()))
    claimed = []
    for payload in found.order_by("received_at", "pk"):
        if payload.attempts >= TRIES:
            row = InboundPayload.objects.filter(pk=payload.pk)
            row.update(parked_at=timezone.now(), next_attempt_at=None, error=payload.error or KILLER)
            continue
        payload.attempts += 1
        claimed.append(payload)
    rows = InboundPayload.objects.filter(pk__in=[payload.pk for payload in claimed])
    rows.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + LEASE)
    return claimed


FINISH = """
UPDATE channels_app_inboundpayload p
SET processed_at = %s, message_id = t.message, next_attempt_at = NULL, parked_at = NULL, error = ''
FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, message)
WHERE p.id = t.id AND p.workspace_id = %s AND p.processed_at IS NULL
"""


def finish(understood: list[tuple[InboundPayload, int | None]]) -> None:
    """(payload, message) of each. Part of the transaction that writes the messages. What another worker finished
    meanwhile stays as it is."""
    ids, messages = zip(*[(payload.pk, message_id) for payload, message_id in understood], strict=True)
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [timezone.now(), list(ids), list(messages), current_workspace_id()])


def _failed(workspace_id: int, payload: InboundPayload, error: Exception) -> None:
    log.exception("payload_failed", payload_id=payload.pk, attempts=payload.attempts)
    reason = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    with workspace_scope(workspace_id):
        row = InboundPayload.objects.filter(pk=payload.pk, processed_at=None)
        if payload.attempts >= TRIES or isinstance(error, TooMuch):
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
