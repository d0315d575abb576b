"""Meetings that a bot books: times from the hours of the people it names, on the visitor's clock, and the invitation."""

from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime, format_skeleton
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from chatflows.models import Meeting
from chatflows.slots import Host, host_at, times
from conversations.models import Conversation
from events.record import record
from events.types import MEETING_BOOKED
from inboxes.hours import Schedule, find_zone
from inboxes.models import Inbox, OpeningHours
from inboxes.opening import compiled
from workspaces.mail import letter
from workspaces.models import Member

OFFERED = 6
MOST_OF_ONE = 3  # that one conversation books: an invitation goes to whatever address was typed
# Whoever has no hours of their own, in a workspace without any: weekdays, nine to five.
USUAL = ((540, 1020),)


def slots_for(asked: dict, inbox: Inbox, zone: str) -> dict:
    """The next times: {"slots": [{"value": ISO, "label": in words}], "more": bool}. Nothing where nobody is named."""
    length, now = timedelta(minutes=asked["minutes"]), timezone.now()
    start = now + timedelta(hours=asked["notice"])
    if after := _moment(asked.get("after", "")):
        start = max(start, after + timedelta(minutes=1))
    end = now + timedelta(days=asked["days"])
    hosts = hosts_of(asked["people"], inbox, start, end)
    found = times(hosts, length=length, start=start, end=end, most=OFFERED + 1)
    shown = [
        {"value": at.isoformat(), "label": in_words(at, zone or _zone_of(inbox))} for at in found[:OFFERED]
    ]
    return {"slots": shown, "more": len(found) > OFFERED}


def book(asked: dict, conversation: Conversation, zone: str) -> dict:
    """{"ok": True, "when": in words}, or {"ok": False} when the time was taken meanwhile."""
    start, length = _moment(asked["slot"]), timedelta(minutes=asked["minutes"])
    inbox = conversation.inbox
    if start is None or start <= timezone.now() or conversation.meetings.count() >= MOST_OF_ONE:
        return {"ok": False}
    people = [one.pk for one in _members(asked["people"], inbox)]
    # In one order, so that two bookings wait for each other and never crosswise.
    list(Member.objects.filter(pk__in=people).order_by("pk").select_for_update(of=("self",), no_key=True))
    host = host_at(hosts_of(asked["people"], inbox, start, start + length), start, length)
    if host is None:
        return {"ok": False}
    zone = zone or _zone_of(inbox)
    meeting = Meeting.objects.create(
        member_id=host,
        conversation=conversation,
        title=asked["title"],
        where=asked["where"],
        guest_name=str(asked["name"])[:200],
        guest_email=asked["email"],
        zone=zone,
        language=(get_language() or "")[:10],
        starts_at=start,
        ends_at=start + length,
    )
    record(MEETING_BOOKED, conversation, actor_kind="bot", meeting=meeting.pk)
    return {"ok": True, "when": in_words(start, zone)}


# ── Who, and when they work ──


def hosts_of(people: list[str], inbox: Inbox, start: datetime, end: datetime) -> list[Host]:
    members = _members(people, inbox)
    schedules = _schedules(members, inbox)
    booked = Meeting.objects.filter(member__in=members, starts_at__lt=end, ends_at__gt=start)
    busy: dict[int, list[tuple[datetime, datetime]]] = {}
    for member, begins, ends in booked.values_list("member", "starts_at", "ends_at"):
        busy.setdefault(member, []).append((begins, ends))
    return [Host(one.pk, schedules[one.pk], tuple(busy.get(one.pk, ()))) for one in members]


def _members(people: list[str], inbox: Inbox) -> list[Member]:
    ids = {
        kind: [int(one.partition(":")[2]) for one in people if one.startswith(kind)]
        for kind in ("member", "team")
    }
    rows = Member.objects.active().filter(workspace=inbox.workspace_id)
    in_teams = rows.filter(teams__in=ids["team"]).values_list("pk", flat=True)
    return list(rows.filter(pk__in={*ids["member"], *in_teams}).order_by("pk"))


def _schedules(members: list[Member], inbox: Inbox) -> dict[int, Schedule]:
    """Their own hours, else the workspace's, else the usual ones in the workspace's zone."""
    rows = list(OpeningHours.objects.filter(channel=None))
    own = {row.member_id: compiled(row) for row in rows if row.member_id}
    common = next((compiled(row) for row in rows if row.member_id is None), None)
    usual = common or Schedule(_zone_of(inbox), (USUAL,) * 5 + ((), ()))
    return {one.pk: own.get(one.pk, usual) for one in members}


def _zone_of(inbox: Inbox) -> str:
    return inbox.workspace.time_zone


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def in_words(at: datetime, zone: str) -> str:
    """Day and hour on the clock of a zone, in the active language."""
    there = at.astimezone(find_zone(zone) or UTC)
    locale = to_locale(get_language() or "en")
    day = format_skeleton("EEEdMMM", there, locale=locale)
    return f"{day}, {format_datetime(there, 'HH:mm' if locale != 'en' else 'h:mm a', locale=locale)}"


# ── The invitation ──


def letters(meeting: Meeting) -> list[EmailMultiAlternatives]:
    """To the guest and to the member, each with the meeting for their calendar."""
    host = meeting.member
    told = {"title": meeting.title, "when": in_words(meeting.starts_at, meeting.zone), "zone": meeting.zone}
    lines = [
        _("%(title)s with %(name)s") % {"title": meeting.title, "name": host.display_name},
        _("%(when)s (%(zone)s)") % told,
        *([meeting.where] if meeting.where else []),
    ]
    subject = _("Your meeting: %(title)s, %(when)s") % told
    to_guest = _letter(meeting, meeting.guest_email, subject, "\n\n".join(lines))
    name = meeting.guest_name or meeting.guest_email
    when = in_words(meeting.starts_at, _zone_of_member(host))
    subject = _("Booked with you: %(title)s, %(when)s") % {"title": meeting.title, "when": when}
    lines = [f"{name} <{meeting.guest_email}>", when, meeting.where]
    return [to_guest, _letter(meeting, host.user.email, subject, "\n\n".join(lines))]


def _zone_of_member(member: Member) -> str:
    own = OpeningHours.objects.filter(member=member).values_list("time_zone", flat=True).first()
    return own or member.workspace.time_zone


def _letter(meeting: Meeting, to: str, subject: str, text: str) -> EmailMultiAlternatives:
    mail = letter(to=to, subject=subject, text=text)
    mail.attach("meeting.ics", ics(meeting), "text/calendar")
    return mail


def ics(meeting: Meeting) -> str:
    """The meeting as calendars read it (RFC 5545)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Parley//Meetings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{meeting.uid}@parley",
        f"DTSTAMP:{_stamp(meeting.booked_at)}",
        f"DTSTART:{_stamp(meeting.starts_at)}",
        f"DTEND:{_stamp(meeting.ends_at)}",
        f"SUMMARY:{_escaped(meeting.title)}",
        f"DESCRIPTION:{_escaped(_('With %(name)s') % {'name': meeting.member.display_name})}",
        *([f"LOCATION:{_escaped(meeting.where)}"] if meeting.where else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.splitlines())


def _folded(line: str) -> str:
    """At most 75 bytes a line, without breaking a character."""
    parts, rest = [], line
    while len(rest.encode()) > 73:
        cut = 73
        while len(rest[:cut].encode()) > 73:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
    return "\r\n ".join([*parts, rest])
