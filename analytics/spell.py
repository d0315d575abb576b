"""Numbers, durations and shares as people read them, in the reader's language."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86_400
NONE = "–"


def number(value: float | None, places: int = 0) -> str:
    if value is None:
        return NONE
    said = formats.number_format(rounded(value, places), places, use_l10n=True, force_grouping=True)
    return narrow(said) if get_language().startswith("fr") else said


def rounded(value: float, places: int = 0) -> Decimal:
    """Halves go up, as people round and as templates do: the same share is the same everywhere."""
    return Decimal(str(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def narrow(said: str) -> str:
    """French parts thousands by a narrow space."""
    return said.replace("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")


def share(part: float, whole: float) -> str:
    """36 %, or a dash of nothing."""
    return percent(part / whole) if whole else NONE


def percent(value: float | None) -> str:
    return NONE if value is None else _("%(n)s %%") % {"n": of_hundred(value)}


def of_hundred(value: float) -> str:
    """A share as a number of a hundred. What is not nothing is never told as 0, and what is not all never as 100."""
    whole = rounded(100 * value)
    if value > 0 and not whole:
        return f"<\N{NO-BREAK SPACE}{number(1)}"
    if value < 1 and whole == 100:
        return f">\N{NO-BREAK SPACE}{number(99)}"
    return number(100 * value)


def parts(seconds: float | None) -> list[tuple[str, str]]:
    """A duration as its two largest units: [("5", "min"), ("12", "s")]."""
    if seconds is None:
        return [(NONE, "")]
    whole = round(seconds)
    # Translators: units of time, behind a number.
    s, m, h, d = _("s"), _("min"), _("h"), _("d")
    if whole < MINUTE:
        return [(number(whole), s)]
    # What rounds up to an hour, or to a day, is told as one.
    if whole < HOUR - MINUTE / 2:
        return _two(whole, MINUTE, m, 1, s) if whole < 10 * MINUTE else [(number(whole / MINUTE), m)]
    if whole < DAY - MINUTE / 2:
        return _two(round(whole / MINUTE) * MINUTE, HOUR, h, MINUTE, m)
    if whole < 10 * DAY:
        return _two(round(whole / HOUR) * HOUR, DAY, d, HOUR, h)
    return [(number(whole / DAY), d)]


def _two(whole: int, large: int, large_unit: str, small: int, small_unit: str) -> list[tuple[str, str]]:
    rest = whole % large // small
    first = [(number(whole // large), large_unit)]
    return [*first, (number(rest), small_unit)] if rest else first


def duration(seconds: float | None) -> str:
    return "\N{NO-BREAK SPACE}".join(filter(None, (word for part in parts(seconds) for word in part)))


def in_words(seconds: float) -> str:
    """For a sentence: the largest unit that tells it to within a tenth, from two of it on also by halves."""
    whole = round(seconds)
    if not whole:
        return _("less than a second")
    for unit in (DAY, HOUR, MINUTE):
        n = int(rounded(whole / unit))
        if 10 * abs(n * unit - whole) <= whole:
            return _of_unit(n, unit)
        if whole >= 2 * unit:
            return _of_unit(float(rounded(2 * whole / unit)) / 2, unit)
    return _of_unit(whole, 1)


def _of_unit(n: float, unit: int) -> str:
    many = ceil(n)
    said = {
        DAY: ngettext("%(n)s day", "%(n)s days", many),
        HOUR: ngettext("%(n)s hour", "%(n)s hours", many),
        MINUTE: ngettext("%(n)s minute", "%(n)s minutes", many),
        1: ngettext("%(n)s second", "%(n)s seconds", many),
    }
    return said[unit] % {"n": number(n, 0 if n == many else 1)}


def short_day(day: date) -> str:
    return formats.date_format(day, "j N").replace(".", "")


def moment(at, grain: str) -> str:
    """How a table calls one step of time."""
    if grain == "month":
        return formats.date_format(at, "F Y")
    if grain == "week":
        return _("Week of %(day)s") % {"day": formats.date_format(at, "j F Y")}
    return formats.date_format(at, "D j F Y")


def period(first: date, last: date) -> str:
    """20 Apr – 13 May; with the year where it is not this one's."""
    if first == last:
        return formats.date_format(first, "j F Y")
    if first.year != last.year:
        return f"{short_day(first)} {first.year} – {short_day(last)} {last.year}"
    return f"{short_day(first)} – {short_day(last)} {last.year}"


def weekday(day: int) -> str:
    """Monday is 0; a day of the week as its own word in the language."""
    return formats.date_format(date(2024, 1, 1 + day), "l")


def hour(n: int) -> str:
    # Translators: an hour of the day, from 0 to 23; French writes “14 h”.
    return _("%(hour)s:00") % {"hour": n}


def short_weekday(day: int) -> str:
    return formats.date_format(date(2024, 1, 1 + day), "D").replace(".", "")
