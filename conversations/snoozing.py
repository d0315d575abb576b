"""Until when: the choices of the snooze menu, in the reader's own zone."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

MORNING, EVENING = time(9), time(18)
LONGEST = timedelta(days=366)


def snooze_choices(now: datetime | None = None) -> list[dict]:
    """{key, label, icon, at}, soonest first, no moment twice; this evening only while there is some of the day left."""
    now = timezone.localtime(now)
    rows = [("hour", _("In an hour"), "clock")]
    if now.time() < time(16):
        rows.append(("evening", _("This evening"), "moon"))
    rows += [
        ("tomorrow", _("Tomorrow"), "sun"),
        ("monday", _("Monday"), "calendar"),
        ("week", _("In a week"), "calendar"),
    ]
    choices = [
        {"key": key, "label": label, "icon": icon, "at": moment_of(key, now=now)} for key, label, icon in rows
    ]
    taken = [row["at"] for row in choices if row["key"] != "monday"]
    return [row for row in choices if row["key"] != "monday" or row["at"] not in taken]


def moment_of(key: str, typed: str = "", now: datetime | None = None) -> datetime | None:
    """When a choice ends; None is "until they answer". Raises ValidationError for an hour that cannot be."""
    now = timezone.localtime(now)
    if key == "reply":
        return None
    if key == "hour":
        return now + timedelta(hours=1)
    if key == "own":
        return _typed(typed, now)
    days = {"evening": 0, "tomorrow": 1, "monday": 7 - now.weekday(), "week": 7}
    if key not in days:
        raise ValidationError(_("Choose until when."))
    day = now.date() + timedelta(days=days[key])
    return datetime.combine(day, EVENING if key == "evening" else MORNING, now.tzinfo)


def _typed(text: str, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("Write a day and an hour.")) from None
    at = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    if not now < at < now + LONGEST:
        raise ValidationError(_("Choose an hour to come, within a year."))
    return at
