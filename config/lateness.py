"""How late everything is that must not be late (P14). Over all workspaces, in figures alone: nobody is named."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from channels_app.models import InboundPayload, Mailbox
from events.models import ReactionDue
from inboxes.models import Channel

# Beyond these somebody should look: what is to be done, what came in and is not understood, three rounds of a mailbox.
LIMITS = {
    "outbox": timedelta(minutes=2),
    "mail": timedelta(minutes=5),
    "mailboxes": timedelta(minutes=3),
}


def oldest() -> dict[str, float]:
    """Seconds that the oldest of each kind waits; three questions that an index answers."""
    firsts = {
        "outbox": _due().aggregate(at=Min("run_at"))["at"],
        "mail": _unparsed().aggregate(at=Min("received_at"))["at"],
        "mailboxes": min((row.looked_at for row in mailboxes()), default=None),
    }
    return {name: _age(at) for name, at in firsts.items()}


def late(ages: dict[str, float]) -> list[str]:
    return [name for name, age in ages.items() if age > LIMITS[name].total_seconds()]


def counts() -> dict[str, int]:
    payloads, reactions = _all(InboundPayload), _all(ReactionDue)
    return {
        "outbox": _due().count(),
        "outbox_parked": reactions.exclude(parked_at=None).count(),
        "mail": _unparsed().count(),
        "mail_parked": payloads.exclude(parked_at=None).count(),
        "needs_attention": _active_channels().exclude(needs_attention_since=None).count(),
    }


def channels() -> dict[str, int]:
    rows = _active_channels().values("kind").annotate(n=Count("pk")).order_by("kind")
    return {row["kind"]: row["n"] for row in rows}


@dataclass(frozen=True)
class Read:
    """A mailbox that is read now: its number, and when it was last read to its end."""

    pk: int
    provider: str
    looked_at: datetime


def mailboxes() -> list[Read]:
    """Those connected. One that was never read yet is as old as its connection."""
    rows = _all(Mailbox).filter(
        channel__paused_at=None, channel__disconnected_at=None, channel__workspace__suspended_at=None
    )
    told = rows.order_by("pk").values_list("pk", "provider", "succeeded_at", "created_at")
    return [Read(pk, provider, succeeded or created) for pk, provider, succeeded, created in told]


def _all(model) -> QuerySet:
    return model.unscoped.using("maintenance")


def _due() -> QuerySet:
    return _all(ReactionDue).filter(parked_at=None, run_at__lte=timezone.now())


def _unparsed() -> QuerySet:
    return _all(InboundPayload).filter(processed_at=None, parked_at=None)


def _active_channels() -> QuerySet:
    return _all(Channel).filter(paused_at=None, disconnected_at=None)


def _age(at: datetime | None) -> float:
    return round(max(0.0, (timezone.now() - at).total_seconds()), 1) if at else 0.0
