"""What a rule may ask for: what views ask, without what only a reader can tell, and things of the message itself."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from automation.models import Rule
from contacts.models import ContactAddress
from conversations import conditions as views
from conversations.conditions import TEXT, YES_NO, Asked, Field
from conversations.models import Message
from inboxes.models import Channel
from inboxes.opening import is_open_for_handover

# They ask about whoever looks, and nobody does.
OF_A_READER = {"unread", "draft"}
READERS = {"me", "mine"}
# What a run keeps beside the line that was met: choices only, never what somebody wrote.
HELD = {
    "status": "status",
    "inbox": "inbox_id",
    "kind": "channel_kind",
    "channel": "channel_id",
    "assignee": "assignee_id",
    "team": "team_id",
    "language": "language",
}


def _either(op: str, found: Q) -> Q:
    return ~found if op in ("lacks", "no") else found


def _message(asked: Asked):
    """The message that the event told of, else the last that the customer wrote."""
    rows = Message.objects.filter(conversation=OuterRef("pk"))
    return (
        rows.filter(seq=OuterRef("last_inbound_seq"))
        if asked.message is None
        else rows.filter(pk=asked.message)
    )


def _says(op: str, value: str, asked: Asked) -> Q:
    return _either(op, Q(Exists(_message(asked).filter(body__icontains=value))))


def _first(op: str, value: None, asked: Asked) -> Q:
    """The first that the customer wrote here."""
    earlier = Message.objects.filter(
        conversation=OuterRef("conversation"), direction="in", seq__lt=OuterRef("seq")
    )
    return _either(op, Q(Exists(_message(asked).filter(direction="in").exclude(Exists(earlier)))))


def _domain(op: str, value: str, asked: Asked) -> Q:
    """A domain and everything below it."""
    domain = value.strip().lstrip("@.").lower()
    theirs = ContactAddress.objects.filter(
        Q(value__iendswith=f"@{domain}") | Q(value__iendswith=f".{domain}"),
        contact=OuterRef("contact"),
        kind="email",
    )
    return _either(op, Q(Exists(theirs)))


def _hours(op: str, value: None, asked: Asked) -> Q:
    channels = Channel.objects.filter(disconnected_at=None)
    open_now = [channel.pk for channel in channels if is_open_for_handover(channel, asked.now)]
    return _either(op, Q(channel__in=open_now))


OWN = {
    field.key: field
    for field in (
        Field("message_text", TEXT, _says),
        Field("message_first", YES_NO, _first),
        Field("message_hours", YES_NO, _hours),
        Field("contact_domain", TEXT, _domain),
    )
}


def fields() -> dict[str, Field]:
    """Also those of the workspace's own properties, which the closed list understands by their keys."""
    kept = {key: field for key, field in views.FIELDS.items() if key not in OF_A_READER}
    return views.Fields(kept | OWN)


def clean(raw: Any) -> dict:
    """As they may be kept; empty is always. Raises ValidationError in words."""
    if not raw:
        return {}
    cleaned = views.clean(raw, fields())
    for line in lines_of(cleaned):
        if isinstance(line.get("value"), list) and READERS & set(line["value"]):
            raise ValidationError(_("Nobody in particular looks at a rule: choose somebody by name."))
    return cleaned


def lines_of(conditions: dict) -> list[dict]:
    return [line for group in conditions.get("any", []) for line in group["all"]]


def groups_of(conditions: dict) -> list[dict]:
    """Each group as conditions of its own: it is kept which of them was met."""
    return [{"any": [group]} for group in conditions.get("any", [])]


def to_q(conditions: dict, asked: Asked) -> Q:
    return views.to_q(conditions, asked, fields()) if conditions else Q()


def met_lines(group: dict, conversation) -> list[dict]:
    """The lines of the group that was met, each with what was found where that comes from a closed list."""
    return [line | _held(line["field"], conversation) for group_ in group["any"] for line in group_["all"]]


def _held(field: str, conversation) -> dict:
    if field not in HELD:
        return {}
    held = getattr(conversation, HELD[field])
    return {"held": "" if held is None else str(held)}


def met_by(
    rows: QuerySet,
    rules: Sequence[Rule],
    to_q: Callable[[dict], Q],
    lines_met: Callable[[dict, Model], list[dict]],
) -> dict[int, list[dict]]:
    """The rules that the one row meets, with the lines of the first group that it meets; in one query."""
    tests = {
        f"met_{rule.pk}_{n}": (rule, group)
        for rule in rules
        for n, group in enumerate(groups_of(rule.conditions))
    }
    found = {
        name: ExpressionWrapper(to_q(group), output_field=BooleanField())
        for name, (_rule, group) in tests.items()
    }
    row = rows.annotate(**found).first()
    if row is None:
        return {}
    met: dict[int, list[dict]] = {rule.pk: [] for rule in rules if not rule.conditions}
    for name, (rule, group) in tests.items():
        if getattr(row, name) and rule.pk not in met:
            met[rule.pk] = lines_met(group, row)
    return met
