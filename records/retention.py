"""What a workspace lets go of by itself. Each kind: a query for what is due, and how one batch goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import PagesSeen, Visitor
from conversations.models import Attachment, Conversation, Status
from records.models import Retention
from workspaces.audit import forget_entries, note
from workspaces.models import AuditEntry

BATCH = 200
MONTH = timedelta(days=30.4375)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kind:
    """One setting: its field, its words, how long a unit is, what is due before a moment, how a batch of it goes."""

    field: str
    label: str
    unit: timedelta
    due: Callable
    remove: Callable


def _closed(edge: datetime):
    return Conversation.objects.filter(status=Status.CLOSED, closed_at__lt=edge)


def _spam(edge: datetime):
    return Conversation.objects.filter(spam_at__lt=edge)


def _trash(edge: datetime):
    return Conversation.objects.filter(trashed_at__lt=edge)


def _files(edge: datetime):
    return Attachment.objects.filter(created_at__lt=edge)


def _visits(edge: datetime):
    """Browsers that were not seen since; of others, what they looked at before."""
    gone = Q(last_seen_at__lt=edge) & (~Q(page_url="", user_agent="") | Q(seen__isnull=False))
    return Visitor.objects.filter(gone | Q(seen__first_at__lt=edge))


def _entries(edge: datetime):
    return AuditEntry.objects.filter(at__lt=edge)


def _remove_conversations(rows, edge: datetime) -> int:
    """With the mails they came from."""
    ids = list(
        rows.select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    _payloads().filter(message__conversation__in=ids).delete()
    Conversation.objects.filter(pk__in=ids).delete()
    return len(ids)


def _remove_files(rows, edge: datetime) -> int:
    found = list(rows.order_by("pk")[:BATCH])
    _payloads().filter(message__in=[file.message_id for file in found if file.message_id]).update(body=b"")
    for file in found:
        file.delete()
    return len(found)


def _remove_visits(rows, edge: datetime) -> int:
    found = list(rows.select_related("seen").order_by("pk")[:BATCH])
    gone = [one.pk for one in found if one.last_seen_at < edge]
    for one in found:
        if hasattr(one, "seen"):
            _shorten(one.seen, edge)
    Visitor.objects.filter(pk__in=gone).update(page_url="", user_agent="")
    return len(found)


def _shorten(seen: PagesSeen, edge: datetime) -> None:
    seen.pages = [look for look in seen.pages if datetime.fromisoformat(look[0]) >= edge]
    if not seen.pages:
        seen.delete()
        return
    seen.first_at = datetime.fromisoformat(seen.pages[-1][0])
    seen.save(update_fields=["pages", "first_at"])


def _payloads():
    return apps.get_model("channels_app.InboundPayload").objects


KINDS = [
    Kind("closed_months", _("Closed conversations"), MONTH, _closed, _remove_conversations),
    Kind("spam_days", _("Spam"), DAY, _spam, _remove_conversations),
    Kind("trash_days", _("Trash"), DAY, _trash, _remove_conversations),
    Kind("files_months", _("Files"), MONTH, _files, _remove_files),
    Kind("visits_days", _("Page and browser of visitors"), DAY, _visits, _remove_visits),
    Kind("audit_months", _("Audit log"), MONTH, _entries, lambda rows, edge: 0),
]


def current() -> Retention:
    return Retention.objects.first() or Retention()


def values_of(rule: Retention) -> dict[str, int | None]:
    return {kind.field: getattr(rule, kind.field) for kind in KINDS}


def would_remove(values: dict[str, int | None]) -> dict[str, int]:
    """How many rows of each kind these settings would take now. Nothing is removed."""
    now = timezone.now()
    return {
        kind.field: kind.due(now - amount * kind.unit).count()
        for kind in KINDS
        if (amount := values[kind.field])
    }


@transaction.atomic
def set_retention(rule: Retention, **values: int | None) -> Retention:
    before = values_of(rule)
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save()
    note("retention.changed", rule, before=before, after=values_of(rule))
    return rule


def sweep(kind: Kind, rule: Retention) -> int:
    """Remove one batch of a kind. In a scope, one transaction. Returns how many went."""
    length = getattr(rule, kind.field)
    if not length:
        return 0
    edge = timezone.now() - length * kind.unit
    if kind.field == "audit_months":
        return forget_entries(edge, most=BATCH)
    return kind.remove(kind.due(edge), edge)
