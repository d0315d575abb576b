"""Writing and reading the audit log. `note()` is called inside the scope, last, by whatever changed a setting."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import Promise

from workspaces.models import Member
from workspaces.models.audit import AuditEntry
from workspaces.origin import Origin, current_origin
from workspaces.scope import current_workspace_id

LOCK = 0x61756469  # "audi": one writer at a time in each workspace's chain
LONGEST = 500
HIDDEN = "•••"
SECRET = ("password", "secret", "token", "credential", "private_key", "api_key")


@transaction.atomic
def note(
    action: str,
    target: models.Model | str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    member: Member | None = None,
    origin: Origin | None = None,
) -> AuditEntry | None:
    """Write one line. With both `before` and `after` only what differs is kept; when nothing does, nothing is written.

    The lock of the chain is held until the transaction ends: call it after every other lock was taken.
    """
    was, now = _differences(before, after)
    if before is not None and after is not None and not was and not now:
        return None
    origin = origin or current_origin()
    member = member or origin.member
    entry = AuditEntry(
        workspace_id=current_workspace_id(),
        at=timezone.now(),
        member_id=member and member.pk,
        member_name=str(member)[:100] if member else "",
        address=origin.address[:45],
        user_agent=_plain(origin.user_agent)[:300],
        action=action,
        before=was,
        after=now,
        **_target(target),
    )
    _append(entry)
    return entry


def _append(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, entry.workspace_id % 2**31])
    last = AuditEntry.objects.order_by("-number").values_list("number", "seal").first()
    entry.number, entry.previous = (last[0] + 1, last[1]) if last else (1, "")
    entry.seal = entry.right_seal()
    entry.save(force_insert=True)


def _target(target: models.Model | str | None) -> dict[str, str]:
    if target is None:
        return {}
    if isinstance(target, models.Model):
        label = target._meta.label_lower
        return {"target_type": label, "target_id": str(target.pk), "target_name": _plain(str(target))[:200]}
    return {"target_name": _plain(str(target))[:200]}


def _differences(before: Mapping | None, after: Mapping | None) -> tuple[dict, dict]:
    was, now = _simple(before or {}), _simple(after or {})
    same = {key for key in was if key in now and was[key] == now[key]}
    left, right = ({key: _shown(key, side[key]) for key in side if key not in same} for side in (was, now))
    return left, right


def _simple(values: Mapping[str, Any]) -> dict[str, Any]:
    """As PostgreSQL keeps it, so that a seal made from what was read is the seal that was written."""
    plain = {str(key): _one(value) for key, value in values.items()}
    return json.loads(json.dumps(plain, cls=DjangoJSONEncoder).replace("\\u0000", ""))


def _one(value: Any) -> Any:
    if isinstance(value, models.Model | Promise):
        return force_str(value)
    if isinstance(value, Mapping):
        return {str(key): _one(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset | models.QuerySet):
        found = [_one(inner) for inner in value]
        return sorted(found, key=str) if isinstance(value, set | frozenset) else found
    return value


def _shown(key: str, value: Any) -> Any:
    """No secret is kept, and no text at length."""
    if any(word in key.lower() for word in SECRET):
        return HIDDEN if value else ""
    if isinstance(value, Mapping):
        return {inner: _shown(inner, one) for inner, one in value.items()}
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def last_change(target: models.Model) -> AuditEntry | None:
    """Who touched a thing last."""
    mine = AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
    return mine.order_by("-number").first()


def broken_links() -> Iterator[str]:
    """What is wrong with the chain of the workspace in scope, in sentences; nothing when it is whole."""
    number, seal = None, None
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=1000):
        if number is not None and entry.number != number + 1:
            yield f"Between {number} and {entry.number} entries are missing."
        elif seal is not None and entry.previous != seal:
            yield f"Entry {entry.number} does not follow entry {number}."
        if entry.seal != entry.right_seal():
            yield f"Entry {entry.number} was changed."
        number, seal = entry.number, entry.seal


def forget_entries(older_than: datetime | None, *, most: int = 1_000_000) -> int:
    """Let go of old entries, oldest first; the database refuses what is younger than a month. Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select parley_forget_audit(coalesce(%s, 'infinity'::timestamptz), %s)", [older_than, most]
        )
        return cursor.fetchone()[0]
