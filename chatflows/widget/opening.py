"""Whether a chat is open for who writes for the first time, and what it says when it is not (CT-3 to CT-6)."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_skeleton, format_time
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from inboxes.hours import find_zone
from inboxes.models import Channel
from inboxes.opening import ALWAYS, HIDE, MESSAGE, Opening, mode_of, opening_of


@dataclass(frozen=True)
class Standing:
    """`open`: somebody may answer now. `words`: what stands below the name; None: the usual ones."""

    open: bool
    hidden: bool = False
    words: str | None = None


def standing_of(channel: Channel, here: int, zone: str = "") -> Standing:
    """In the order of CT-8: the channel's hours first, then whether somebody is here. In the active language.

    `zone` is the visitor's clock, as their browser names it; what is not known is read by the clock of the hours.
    """
    kept = channel.config.get("availability") or {}
    hours = opening_of(channel)
    if not hours.open:
        return _closed(kept, hours, zone)
    if here or mode_of(channel) == ALWAYS:
        return Standing(open=True, words=_reply_time(kept))
    return Standing(open=False, hidden=kept.get("away") == HIDE, words=kept.get("away_text") or None)


def _closed(kept: dict, hours: Opening, zone: str) -> Standing:
    shown = kept.get("closed")
    if shown == HIDE:
        return Standing(open=False, hidden=True)
    if shown == MESSAGE or hours.reopens_at is None:
        return Standing(open=False, words=kept.get("closed_text") or None)
    return Standing(open=False, words=back_at(hours.reopens_at, zone, hours.zone))


def _reply_time(kept: dict) -> str | None:
    """None where nothing was chosen: a workspace may have worded it itself."""
    if "reply_time" not in kept:
        return None
    return {
        "minutes": _("Usually answers in a few minutes"),
        "hours": _("Usually answers in a few hours"),
        "day": _("Usually answers within a day"),
    }.get(kept["reply_time"], "")


def back_at(at: datetime, zone: str, of_hours: str) -> str:
    """When somebody is back, on the visitor's clock: today and tomorrow by their name, a week by its days."""
    clock = find_zone(zone) or find_zone(of_hours)
    there, today = at.astimezone(clock), timezone.now().astimezone(clock).date()
    locale = to_locale(get_language() or "en")
    told = {"time": format_time(there, "short", locale=locale)}
    days = (there.date() - today).days
    if days == 0:
        return _("Back at %(time)s") % told
    if days == 1:
        return _("Back tomorrow at %(time)s") % told
    day = format_date(there, "EEEE", locale) if days < 7 else format_skeleton("MMMMd", there, locale=locale)
    return _("Back on %(day)s at %(time)s") % (told | {"day": day})
