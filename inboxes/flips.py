"""By the clock: personal working hours and absences make people available or away (AV-6, AV-7, AV-8).

A boundary is where working hours or an absence begin or end. What somebody chose since the last boundary stands until
the next one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from inboxes.availability import set_availability
from inboxes.hours import Schedule, find_zone, is_open, next_change
from inboxes.models import Absence, OpeningHours
from inboxes.opening import compiled
from workspaces.models import Availability, AwayCause, Member

# After a long stop of the service the boundaries in between are walked through; never more than these.
MOST_BOUNDARIES = 2000


@dataclass(frozen=True)
class Away:
    """An absence as moments: from its first midnight to the one after its last day."""

    begins: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True)
class Clock:
    """All that moves a member's status by itself."""

    schedule: Schedule | None
    absences: tuple[Away, ...]

    def absence_at(self, at: datetime) -> Away | None:
        return max(
            (one for one in self.absences if one.begins <= at < one.ends),
            key=lambda one: one.ends,
            default=None,
        )

    def back_at(self, at: datetime) -> datetime | None:
        """When the absence of this moment is over, with those that follow it without a gap."""
        back = None
        while found := self.absence_at(back or at):
            back = found.ends
        return back

    def boundary_after(self, at: datetime) -> datetime | None:
        """Working hours say nothing while somebody is out of the office."""
        edges = [edge for one in self.absences for edge in (one.begins, one.ends) if edge > at]
        change = next_change(self.schedule, at) if self.schedule and not self.absence_at(at) else None
        return min([*edges, change] if change else edges, default=None)

    def last_boundary(self, first: datetime, now: datetime) -> datetime:
        """The newest boundary up to now, from one that is known."""
        for _step in range(MOST_BOUNDARIES):
            later = self.boundary_after(first)
            if later is None or later > now:
                break
            first = later
        return first


def clock_of(member: Member) -> Clock:
    """Two queries."""
    hours = OpeningHours.objects.filter(member=member).first()
    absences = Absence.objects.filter(
        member=member, last_day__gte=timezone.now().date() - timedelta(days=400)
    )
    return Clock(compiled(hours) if hours else None, tuple(map(moments, absences)))


def moments(absence: Absence) -> Away:
    zone = find_zone(absence.time_zone) or ZoneInfo("UTC")
    begins = _midnight(absence.first_day, zone)
    return Away(begins, _midnight(absence.last_day + timedelta(days=1), zone), absence.reason)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


@transaction.atomic
def flip(member: Member, *, now: datetime | None = None) -> bool:
    """Do what the last boundary asks for, once; says whether it was due. Inside the member's scope."""
    now = now or timezone.now()
    member = (
        Member.objects.select_for_update(of=["self"]).select_related("user", "workspace").get(pk=member.pk)
    )
    if member.next_flip_at is None or member.next_flip_at > now:
        return False
    clock = clock_of(member)
    boundary = clock.last_boundary(member.next_flip_at, now)
    # Chosen after the boundary, before we came to it: theirs counts.
    if member.availability_changed_at < boundary:
        _put(member, clock, now)
    _plan(member, clock, now)
    return True


def _put(member: Member, clock: Clock, now: datetime) -> None:
    away = clock.absence_at(now)
    if away:
        _send_away(member, away.reason, AwayCause.ABSENT)
    elif clock.schedule is None:
        # Who keeps no hours comes back by themselves: an absence that is over says nothing about tonight (AV-8).
        return
    elif is_open(clock.schedule, now):
        set_availability(member, availability=Availability.AVAILABLE, by=None)
    elif member.is_available():
        _send_away(member, "", AwayCause.HOURS)


def _send_away(member: Member, reason: str, cause: AwayCause) -> None:
    with override(member.user.language or member.workspace.language):
        words = reason or (
            _("Out of the office") if cause == AwayCause.ABSENT else _("Outside working hours")
        )
    set_availability(member, availability=Availability.AWAY, by=None, reason=words, cause=cause)


def _plan(member: Member, clock: Clock, now: datetime) -> None:
    Member.objects.filter(pk=member.pk).update(
        next_flip_at=clock.boundary_after(now), away_until=clock.back_at(now)
    )


# ── Changed by a person ─────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def replan(member: Member, *, at_once: bool = False, now: datetime | None = None) -> None:
    """After new hours, which wait for their next boundary; `at_once`: an absence that may have begun counts now."""
    now = now or timezone.now()
    member = (
        Member.objects.select_for_update(of=["self"]).select_related("user", "workspace").get(pk=member.pk)
    )
    clock = clock_of(member)
    if at_once and clock.absence_at(now):
        _put(member, clock, now)
    _plan(member, clock, now)
