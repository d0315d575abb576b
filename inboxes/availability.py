"""Available or Away: one status for the whole workspace (AV-1), why (AV-10), and who else chose it (AV-5)."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.record import record
from events.types import MEMBER_AVAILABILITY_CHANGED
from inboxes.models import Inbox, InboxAccess, OpeningHours
from inboxes.opening import Opening, compiled, opening_at
from inboxes.routing.load import open_counts
from workspaces.audit import note
from workspaces.models import Availability, AwayCause, Member, TeamMember, Workspace
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed

MOST_REASONS = 12


@transaction.atomic
def set_availability(
    member: Member,
    *,
    availability: str,
    by: Member | None,
    reason: str = "",
    cause: str = str(AwayCause.IDLE.value),
) -> Member:
    """Change a member's status: their own, or anybody's with the right to (AC-4).

    `by=None`: the clock did, because of `cause`: nobody was here (AV-9), or their hours say so (AV-6, AV-7).

    The same twice records once. What somebody else did stays marked until the member chooses for themselves.
    """
    own = by is not None and by.pk == member.pk
    if by is not None and not own and not by.may(Permission.MANAGE_AVAILABILITY):
        raise NotAllowed
    member = (
        Member.objects.select_for_update(of=["self"]).select_related("user", "workspace").get(pk=member.pk)
    )
    changed = member.availability != availability
    if not changed and not own and (not reason or reason == member.away_reason):
        return member
    _put(
        member,
        availability,
        reason=reason,
        by=None if own else by,
        cause=_cause(own, by, availability, cause),
    )
    if changed:
        record(MEMBER_AVAILABILITY_CHANGED, by=by, member=member.pk, availability=availability)
        if by is not None and not own:
            note("availability.changed", member, after={"status": availability}, member=by)
    return member


def _cause(own: bool, by: Member | None, availability: str, cause: str) -> str:
    if own or availability == Availability.AVAILABLE:
        return ""
    return str(AwayCause.COLLEAGUE if by else cause)


def _put(member: Member, availability: str, *, reason: str, by: Member | None, cause: str) -> None:
    away = availability == Availability.AWAY
    if member.availability != availability:
        member.availability, member.availability_changed_at = availability, timezone.now()
        member.away_reason = ""
    member.away_reason = (reason or member.away_reason)[:60] if away else ""
    member.away_cause, member.away_set_by = cause, by if cause else None
    member.save(
        update_fields=[
            "availability",
            "availability_changed_at",
            "away_reason",
            "away_cause",
            "away_set_by",
        ]
    )


def reasons_of(workspace: Workspace) -> list[str]:
    """What to choose from when going away."""
    return workspace.away_reasons or [_("Lunch"), _("Break"), _("Meeting"), _("Training")]


def set_away_rules(workspace: Workspace, *, minutes: int | None, reasons: list[str]) -> None:
    before = {"minutes": workspace.auto_away_after_minutes, "reasons": workspace.away_reasons}
    workspace.auto_away_after_minutes, workspace.away_reasons = minutes, reasons[:MOST_REASONS]
    workspace.save(update_fields=["auto_away_after_minutes", "away_reasons"])
    note("availability.changed", workspace, before, {"minutes": minutes, "reasons": workspace.away_reasons})


# ── Everybody's, for who looks after them (AV-4) ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Presence:
    """A member as the page shows them; `hours`: what their working hours say now, nothing when they keep none."""

    member: Member
    inboxes: list[str]
    open: int = 0
    hours: Opening | None = None


def presences(
    workspace: Workspace, *, text: str = "", status: str = "", inbox: int = 0, team: int = 0
) -> list[Presence]:
    """The members of a workspace with all that. A fixed number of queries, however many they are."""
    members = Member.objects.active().filter(workspace=workspace).select_related("user").by_name()
    if text:
        members = members.filter(Q(display_name__icontains=text) | Q(user__email__icontains=text))
    if status:
        members = members.filter(availability=status)
    if team:
        members = members.filter(pk__in=TeamMember.objects.filter(team=team).values("member"))
    rows = _with_inboxes(members)
    hours, counts = _hours_now(), open_counts([member.pk for member, _inboxes in rows])
    found = [
        Presence(member, inboxes, counts.get(member.pk, 0), hours.get(member.pk)) for member, inboxes in rows
    ]
    if not inbox:
        return found
    name = Inbox.objects.filter(pk=inbox).values_list("name", flat=True).first()
    return [one for one in found if name in one.inboxes]


def _hours_now() -> dict[int, Opening]:
    now = timezone.now()
    rows = OpeningHours.objects.exclude(member=None)
    return {row.member_id: opening_at(compiled(row), now) for row in rows if row.member_id}


def _with_inboxes(members: QuerySet[Member]) -> list[tuple[Member, list[str]]]:
    everyones = []
    closed = {}
    for inbox in Inbox.objects.order_by("name"):
        if inbox.open_to_everyone:
            everyones.append(inbox.name)
        else:
            closed[inbox.pk] = inbox.name
    theirs = defaultdict(set)
    for inbox_id, member_id, placed_id in InboxAccess.objects.filter(inbox__in=closed).values_list(
        "inbox_id", "member_id", "team__places__member_id"
    ):
        theirs[member_id or placed_id].add(closed[inbox_id])
    return [
        (member, sorted({*everyones, *theirs[member.pk]}) if member.may(Permission.WORK) else [])
        for member in members
    ]
