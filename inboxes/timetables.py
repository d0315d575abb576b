"""Verbs that change when a workspace, a channel or a person works."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from inboxes.flips import replan
from inboxes.models import Absence, Channel, OpeningHours
from inboxes.opening import hours_of_channel
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed
from workspaces.scope import current_workspace_id

KEPT = ("time_zone", "weekly", "exceptions", "country", "subdivision")
# What a timetable begins as: Monday to Friday, nine to five.
USUAL_WEEK = [[[540, 1020]]] * 5 + [[], []]


def settings_of(hours: OpeningHours | None) -> dict | None:
    return {name: getattr(hours, name) for name in KEPT} if hours else None


@transaction.atomic
def save_hours(*, channel: Channel | None = None, member: Member | None = None, **settings) -> OpeningHours:
    """Give a channel, a member or (neither) the workspace this timetable in place of the one they had."""
    before = OpeningHours.objects.select_for_update().filter(channel=channel, member=member).first()
    hours, _made = OpeningHours.objects.update_or_create(
        workspace_id=current_workspace_id(),
        channel=channel,
        member=member,
        defaults={name: settings[name] for name in KEPT} | {"changed_at": timezone.now()},
    )
    if member:
        replan(member)
    note("hours.changed", _whose(channel, member), before=settings_of(before), after=settings_of(hours))
    return hours


@transaction.atomic
def drop_hours(*, channel: Channel | None = None, member: Member | None = None) -> None:
    """A channel goes by the workspace's again, a member by nobody's (AV-8), the workspace is always open."""
    found = OpeningHours.objects.select_for_update().filter(channel=channel, member=member).first()
    if found is None:
        return
    before = settings_of(found)
    found.delete()
    if member:
        replan(member)
    note("hours.removed", _whose(channel, member), before=before)


def give_own_hours(channel: Channel) -> OpeningHours:
    """A channel begins with what it goes by today."""
    today = hours_of_channel(channel)
    if today and today.channel_id:
        return today
    return save_hours(channel=channel, **(settings_of(today) or usual(channel.workspace.time_zone)))


def usual(zone: str) -> dict:
    return {"time_zone": zone, "weekly": USUAL_WEEK, "exceptions": [], "country": "", "subdivision": ""}


def _whose(channel: Channel | None, member: Member | None):
    return channel or member or "workspace"


# ── Out of the office (AV-7) ────────────────────────────────────────────────────────────────────────────────────


def may_plan(member: Member, *, by: Member) -> bool:
    """One's own hours and absences, or anybody's with the right to (AV-6)."""
    return member.pk == by.pk or by.may(Permission.MANAGE_AVAILABILITY)


@transaction.atomic
def add_absence(
    member: Member, *, first_day: date, last_day: date, zone: str, by: Member, reason: str = ""
) -> Absence:
    if not may_plan(member, by=by):
        raise NotAllowed
    absence = Absence.objects.create(
        member=member, first_day=first_day, last_day=last_day, time_zone=zone, reason=reason, set_by=by
    )
    replan(member, at_once=True)
    note(
        "availability.changed", member, after={"out_from": first_day, "out_until": last_day, "reason": reason}
    )
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: Member) -> None:
    """Take it back. Whom it sent away stays away until they or their hours say otherwise."""
    member = absence.member
    if not may_plan(member, by=by):
        raise NotAllowed
    told = {"out_from": absence.first_day, "out_until": absence.last_day, "reason": absence.reason}
    absence.delete()
    replan(member)
    note("availability.changed", member, before=told)


# ── A chat (CT-3 to CT-6) ───────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def set_chat_availability(channel: Channel, settings: dict) -> Channel:
    """What decides whether a chat is open, and what it shows when it is not; its other settings stay."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    before = channel.config.get("availability") or {}
    channel.config = channel.config | {"availability": settings}
    channel.save(update_fields=["config"])
    note("channel.changed", channel, before=before, after=settings)
    return channel
