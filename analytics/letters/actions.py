"""What people do with letters: set one up, change it, stop getting it, remove it."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from analytics.letters.times import next_due
from analytics.models import Letter, LetterReader
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission

FIELDS = ("page", "dashboard", "query", "every", "weekday", "day", "hour", "zone")


def may_change(letter: Letter, member: Member) -> bool:
    return letter.maker_id == member.pk or member.may(Permission.MANAGE_WORKSPACE)


def seen_by(member: Member):
    """Those that somebody made, gets, or may change."""
    rows = Letter.objects.select_related("dashboard", "maker__user").prefetch_related("readers__member")
    if member.may(Permission.MANAGE_WORKSPACE):
        return rows
    return rows.filter(Q(maker=member) | Q(readers__member=member)).distinct()


@transaction.atomic
def save(letter: Letter, told: dict[str, Any], readers: Collection[Member], *, by: Member) -> Letter:
    """Write what the form holds. Whoever stopped it stays stopped, also when their name is chosen again."""
    is_new = letter.pk is None
    for name in FIELDS:
        if name in told:
            setattr(letter, name, told[name])
    if is_new:
        letter.maker = by
    letter.next_at = next_due(letter, timezone.now())
    letter.save()
    LetterReader.objects.filter(letter=letter, stopped_at=None).exclude(member__in=readers).delete()
    about = {"workspace_id": letter.workspace_id, "letter": letter}
    rows = [LetterReader(member=member, **about) for member in readers]
    LetterReader.objects.bulk_create(rows, ignore_conflicts=True)
    after = {"every": letter.every, "hour": letter.hour, "readers": sorted(one.pk for one in readers)}
    note("report_letter.created" if is_new else "report_letter.changed", letter, after=after, member=by)
    return letter


def stop(letter: Letter, member: Member, *, on: bool = False) -> None:
    """One's own: no more of it, or again. Nobody else can sign them up again."""
    mine = LetterReader.objects.filter(letter=letter, member=member)
    mine.update(stopped_at=None if on else timezone.now())


@transaction.atomic
def remove(letter: Letter, *, by: Member) -> None:
    note("report_letter.removed", letter, member=by)
    letter.delete()
