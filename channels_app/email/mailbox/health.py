"""How a mailbox fares: what succeeded, what failed, what waits, what is missing, and whether it fell silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max, Q
from django.utils import timezone

from channels_app.email.mailbox import folder
from channels_app.email.mailbox.dial import Box
from channels_app.email.mailbox.fetch import kept_uids
from channels_app.email.mailbox.trouble import LASTING, Trouble
from channels_app.models import InboundPayload, Mailbox
from inboxes.models import Channel
from workspaces.scope import workspace_scope

MOST_FAILURES = 5
UNREAD_FOR = timedelta(minutes=15)
COMPARED_DAYS = 30
COMPARED_EVERY = timedelta(hours=24)
ENOUGH_TO_JUDGE = 20  # mails of the last days, before silence means anything
SHORTEST_SILENCE = timedelta(hours=24)


def note_success(workspace_id: int, mailbox_id: int) -> None:
    """The mailbox was read. What was wrong with it is over."""
    now = timezone.now()
    with workspace_scope(workspace_id):
        mailboxes = Mailbox.objects.filter(pk=mailbox_id)
        mailboxes.update(checked_at=now, succeeded_at=now, failures=0)
        channel = mailboxes.values_list("channel_id", flat=True).first()
        Channel.objects.filter(pk=channel).exclude(needs_attention_since=None).update(
            needs_attention_since=None
        )


def note_failure(workspace_id: int, mailbox_id: int, trouble: Trouble) -> int:
    """Returns how many failures there were in a row. After five, or what cannot pass by itself, somebody must look."""
    now = timezone.now()
    with workspace_scope(workspace_id):
        mailboxes = Mailbox.objects.filter(pk=mailbox_id)
        mailboxes.update(
            checked_at=now, last_error=trouble.code, last_error_at=now, failures=F("failures") + 1
        )
        row = mailboxes.values("failures", "channel_id").first()
        if row is None:
            return 0
        if row["failures"] >= MOST_FAILURES or trouble.code in LASTING:
            needs_attention(row["channel_id"])
    return row["failures"]


def needs_attention(channel_id: int) -> None:
    Channel.objects.filter(pk=channel_id, needs_attention_since=None).update(
        needs_attention_since=timezone.now()
    )


def find_unread() -> int:
    """P14: say so at the address when its mailbox is not read, though no error was noted: nobody may be reading."""
    before = timezone.now() - UNREAD_FOR
    rows = Mailbox.unscoped.using("maintenance").filter(
        Q(succeeded_at__lt=before) | Q(succeeded_at=None, created_at__lt=before),
        channel__paused_at=None,
        channel__disconnected_at=None,
        channel__needs_attention_since=None,
        channel__workspace__suspended_at=None,
    )
    found = list(rows.values_list("workspace_id", "channel_id"))
    for workspace_id, channel_id in found:
        with workspace_scope(workspace_id):
            needs_attention(channel_id)
            # What the server said itself stays: it is the better reason.
            quiet = Mailbox.objects.filter(channel_id=channel_id, failures=0)
            quiet.update(last_error="unread", last_error_at=timezone.now())
    return len(found)


def compare(box: Box, workspace_id: int, mailbox_id: int) -> int | None:
    """Once a day: how many mails of the last days the server has and we have not. It must be 0 (P9)."""
    with workspace_scope(workspace_id):
        mailbox = Mailbox.objects.get(pk=mailbox_id)
        if mailbox.gap_checked_at and timezone.now() - mailbox.gap_checked_at < COMPARED_EVERY:
            return None
    since = folder.imap_day(timezone.now() - timedelta(days=COMPARED_DAYS))
    there = folder.uids(box, f"SINCE {since}")
    with workspace_scope(workspace_id):
        mailbox.refresh_from_db()
        known = range(mailbox.first_uid + 1, mailbox.last_uid + 1)
        gap = len({uid for uid in there if uid in known} - kept_uids(mailbox))
        Mailbox.objects.filter(pk=mailbox_id).update(gap=gap, gap_checked_at=timezone.now())
    return gap


@dataclass(frozen=True)
class Health:
    """What the page of a channel shows."""

    last_mail_at: datetime | None
    waiting: int
    oldest_waiting: datetime | None
    parked: int
    is_silent: bool


def health_of(channel: Channel) -> Health:
    """Call inside the scope."""
    payloads = InboundPayload.objects.filter(channel=channel)
    waiting = payloads.filter(processed_at=None, parked_at=None)
    last = payloads.aggregate(last=Max("received_at"))["last"]
    return Health(
        last_mail_at=last,
        waiting=waiting.count(),
        oldest_waiting=waiting.order_by("received_at").values_list("received_at", flat=True).first(),
        parked=payloads.exclude(parked_at=None).count(),
        is_silent=bool(channel.is_active() and last and fell_silent(payloads, last)),
    )


def fell_silent(payloads, last: datetime) -> bool:
    """Twice as long as the longest pause of the last days (nights and weekends are among them), and a day at least."""
    now = timezone.now()
    recent = payloads.filter(received_at__gte=now - timedelta(days=COMPARED_DAYS)).order_by("-received_at")
    times = list(recent.values_list("received_at", flat=True)[:500])
    if len(times) < ENOUGH_TO_JUDGE:
        return False
    longest = max(newer - older for newer, older in zip(times, times[1:], strict=False))
    return now - last > max(SHORTEST_SILENCE, 2 * longest)
