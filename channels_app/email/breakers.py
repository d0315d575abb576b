"""Circuit breakers: how much a machine of ours may write, to whom, and when it falls silent.

What a person writes passes none of them.
"""

import re
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from channels_app.models import AutomaticMail
from contacts.models import ContactAddress
from conversations.envelope import Person, is_reply_address
from conversations.models import Direction, Message
from inboxes.models import Channel, PublicAddress
from workspaces.scope import current_workspace_id

MUTED = "muted"
A_DAY = timedelta(hours=24)
# How often one address hears from each kind in a day, and how often a whole workspace may speak in an hour.
PER_ADDRESS = {"acknowledgement": 1, "digest": 10, "transcript": 10, "survey": 1}
PER_WORKSPACE = {"acknowledgement": 100, "digest": 300, "transcript": 300, "survey": 300}
FLOOD = 5  # mails of one address within ten minutes: two machines are talking
FLOOD_WITHIN = timedelta(minutes=10)
# Nobody reads what is sent there.
DEAF = re.compile(
    r"^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|null|devnull|listserv|majordomo|owner-.*|.*-request)"
    r"([+._-].*)?@",
    re.IGNORECASE,
)


def may_write(kind: str, address: str) -> bool:
    """Whether a machine may write to this address now; when it may, that is written down as done.

    Call inside the scope, in the transaction that makes the letter due. Two at once wait for each other.
    """
    key = Person("", address).key
    _one_at_a_time(key)
    if not _is_open_to(key) or is_muted(key) or _floods(key):
        return False
    now = timezone.now()
    sent = AutomaticMail.objects.filter(kind=kind)
    if sent.filter(address=key, sent_at__gt=now - A_DAY).count() >= PER_ADDRESS[kind]:
        return False
    if sent.filter(sent_at__gt=now - timedelta(hours=1)).count() >= PER_WORKSPACE[kind]:
        return False
    AutomaticMail.objects.create(kind=kind, address=key)
    return True


def is_muted(address: str) -> bool:
    """Machines say nothing to this address for a day: it wrote too often too fast."""
    muted = AutomaticMail.objects.filter(kind=MUTED, address=Person("", address).key)
    return muted.filter(sent_at__gt=timezone.now() - A_DAY).exists()


def _one_at_a_time(key: str) -> None:
    with connection.cursor() as cursor:
        name = f"automatic:{current_workspace_id()}:{key}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 2))", [name])


def _is_open_to(key: str) -> bool:
    """Not our own, not one that nobody reads, not one that mail came back from."""
    if DEAF.match(key) or is_reply_address(Person("", key)):
        return False
    if PublicAddress.objects.exclude(kind="reply").filter(value__iexact=key).exists():
        return False
    if Channel.objects.filter(kind="email", identifier__iexact=key).exists():
        return False
    known = ContactAddress.objects.filter(kind="email", value__iexact=key)
    return not known.exclude(bounced_at=None).exists()


def _floods(key: str) -> bool:
    since = timezone.now() - FLOOD_WITHIN
    theirs = Message.objects.filter(
        direction=Direction.IN,
        contact__addresses__kind="email",
        contact__addresses__value__iexact=key,
        created_at__gt=since,
        channel_kind__in=("email", "form"),
    )
    if theirs.count() < FLOOD:
        return False
    AutomaticMail.objects.create(kind=MUTED, address=key)
    return True


def forget_old() -> int:
    """What no breaker counts any more. Call inside the scope of a workspace."""
    old = AutomaticMail.objects.filter(sent_at__lt=timezone.now() - 2 * A_DAY)
    return old.delete()[0]
