"""A timetable as it is typed: lines that grow by pressing a button, with or without scripts."""

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inboxes import holidays
from inboxes.hours import DAY, find_zone
from workspaces.forms import time_zones
from workspaces.guarded import FIELD, changed_since, marks_of
from workspaces.labelled import labelled

MOST_BLOCKS, MOST_EXCEPTIONS, LONGEST_NAME = 6, 60, 60
LONGEST_EXCEPTION = timedelta(days=366)
FURTHEST = timedelta(days=730)
WORKDAYS = range(1, 5)


@dataclass
class Line:
    """One typed opening: two times as text, and what is wrong with them."""

    name: str
    begins: str = ""
    ends: str = ""
    error: str = ""

    def block(self) -> list[int] | None:
        """[begin, end] in minutes; None when a time is missing or is none. An end not after its begin is tomorrow's."""
        begin, end = _minutes(self.begins), _minutes(self.ends)
        if begin is None or end is None:
            return None
        return [begin, end if end > begin else end + DAY]


@dataclass
class Day:
    """A weekday with its lines; `bars` draws those that can be read, in hours."""

    number: int
    lines: list[Line]
    error: str = ""

    @property
    def label(self) -> str:
        return str(WEEKDAYS[self.number])

    @property
    def bars(self) -> list[tuple[str, str]]:
        blocks = [block for line in self.lines if (block := line.block())]
        return [(f"{begin / 60:.2f}", f"{min(end, DAY) / 60:.2f}") for begin, end in blocks]


@dataclass
class Special:
    """A day, or several, with other hours than usual; no times: closed."""

    name: str
    first: str = ""
    last: str = ""
    title: str = ""
    hours: Line = field(default_factory=lambda: Line(""))
    error: str = ""


@dataclass
class Timetable:
    """What stands in the form. `clean()` says whether it can be saved, then `settings` is what to save."""

    zone: str
    country: str
    subdivision: str
    days: list[Day]
    exceptions: list[Special]
    stored: dict[str, Any]
    errors: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    prefix = "hours"

    # ── Where it comes from ──

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Timetable":
        days = [
            Day(number, [_line(f"d{number}-{i}", block) for i, block in enumerate(blocks)])
            for number, blocks in enumerate(stored["weekly"])
        ]
        exceptions = [_exception(i, one) for i, one in enumerate(stored["exceptions"])]
        return cls(
            stored["time_zone"], stored["country"], stored["subdivision"], days, exceptions, stored=stored
        )

    @classmethod
    def posted(cls, data: QueryDict, stored: dict[str, Any]) -> "Timetable":
        days = [
            Day(number, [_typed_line(data, name) for name in _names(data, f"d{number}", MOST_BLOCKS)])
            for number in range(7)
        ]
        exceptions = [_typed_exception(data, name) for name in _names(data, "x", MOST_EXCEPTIONS)]
        made = cls(
            data.get("time_zone", "")[:64],
            data.get("country", "")[:2],
            data.get("subdivision", "")[:40],
            days,
            exceptions,
            stored=stored,
        )
        if not holidays.is_known(made.country, made.subdivision):
            made.subdivision = ""
        return made

    # ── Buttons that change its shape ──

    def do(self, what: str) -> None:
        """`add-2`, `less-2-0`, `same`, `add-x`, `less-x-0`; what is not known changes nothing."""
        if what == "same":
            for number in WORKDAYS:
                self.days[number].lines = [Line("", one.begins, one.ends) for one in self.days[0].lines]
        elif found := re.fullmatch(r"add-([0-6x])", what):
            self._add(found[1])
        elif found := re.fullmatch(r"less-([0-6x])-(\d{1,2})", what):
            lines: list = self.exceptions if found[1] == "x" else self.days[int(found[1])].lines
            del lines[int(found[2]) : int(found[2]) + 1]
        self._number()

    def _add(self, where: str) -> None:
        if where == "x":
            self.exceptions = [*self.exceptions, Special("")][:MOST_EXCEPTIONS]
            return
        day = self.days[int(where)]
        begins, ends = ("09:00", "17:00") if not day.lines else ("", "")
        day.lines = [*day.lines, Line("", begins, ends)][:MOST_BLOCKS]

    def _number(self) -> None:
        for day in self.days:
            for i, line in enumerate(day.lines):
                line.name = f"d{day.number}-{i}"
        for i, one in enumerate(self.exceptions):
            one.name = one.hours.name = f"x-{i}"

    # ── What is wrong with it ──

    def clean(self) -> bool:
        self.errors = []
        if find_zone(self.zone) is None:
            self.errors.append(_("Choose a time zone."))
        if self.country and not holidays.is_known(self.country):
            self.errors.append(_("The holidays of this country are not known."))
        good = all([*(self._clean_day(day) for day in self.days)])
        good = all([*(_clean_exception(one) for one in self.exceptions)]) and good
        if good and not self.errors:
            self.settings = self._settings()
            self._refuse_overlaps()
        return good and not self.errors

    def _clean_day(self, day: Day) -> bool:
        for line in day.lines:
            line.error = "" if line.block() else _("Give both times, such as 09:00 and 17:00.")
        return not any(line.error for line in day.lines)

    def _settings(self) -> dict[str, Any]:
        return {
            "time_zone": self.zone,
            "country": self.country,
            "subdivision": self.subdivision,
            "weekly": [sorted(line.block() or [] for line in day.lines) for day in self.days],
            "exceptions": sorted(
                (
                    {
                        "from": one.first,
                        "to": one.last or one.first,
                        "name": one.title,
                        "blocks": [block] if (block := one.hours.block()) else [],
                    }
                    for one in self.exceptions
                ),
                key=lambda one: one["from"],
            ),
        }

    def _refuse_overlaps(self) -> None:
        """Two openings of the same minute are a slip of the pen; those that touch are not."""
        weekly = self.settings["weekly"]
        for day in self.days:
            ends = max((end for _begin, end in weekly[day.number - 1]), default=0) - DAY
            for begin, end in weekly[day.number]:
                if begin < ends:
                    day.error = _("Two openings overlap.")
                    self.errors.append(labelled(day.label, day.error))
                    break
                ends = end

    # ── Two people at once (the same as workspaces.guarded, for what is no Django form) ──

    @property
    def seen(self) -> SafeString:
        return format_html('<input type="hidden" name="{}" value="{}">', FIELD, marks_of(_parts(self.stored)))

    def refuse_if_changed(self, seen: str) -> bool:
        """Whether somebody else saved another timetable since this one was shown; it says what stands now."""
        changed = [name for name in changed_since(seen, _parts(self.stored)) if self._differs(name)]
        told = words_of(self.stored)
        self.errors += [
            _("Somebody changed “%(part)s” meanwhile to: %(value)s. Save again to keep yours.")
            % {"part": label_of(name), "value": told[name] or _("nothing")}
            for name in changed
        ]
        return bool(changed)

    def _differs(self, name: str) -> bool:
        return _parts(self.stored)[name] != _parts(self.settings)[name]

    # ── What it offers ──

    @property
    def zones(self) -> list[tuple[str, str]]:
        return time_zones()

    @property
    def countries(self) -> list[tuple[str, str]]:
        return holidays.countries()

    @property
    def subdivisions(self) -> list[tuple[str, str]]:
        return holidays.subdivisions(self.country)

    @property
    def coming_holidays(self) -> list[tuple[date, str]]:
        """The next few, so that one sees whether it is the right country."""
        today = timezone.localdate()
        years = (today.year, today.year + 1)
        days = [row for year in years for row in holidays.named_days(self.country, self.subdivision, year)]
        return [row for row in days if row[0] >= today][:4]


def _parts(settings: dict[str, Any]) -> dict[str, Any]:
    weekly = {f"day{number}": str(blocks) for number, blocks in enumerate(settings["weekly"])}
    place = [settings["country"], settings["subdivision"]]
    exceptions = "\n".join(str(sorted(one.items())) for one in settings["exceptions"])
    return weekly | {"zone": settings["time_zone"], "holidays": "/".join(place), "exceptions": exceptions}


def label_of(part: str) -> str:
    if part.startswith("day"):
        return str(WEEKDAYS[int(part[3:])])
    return {"zone": _("Time zone"), "holidays": _("Public holidays"), "exceptions": _("Other days")}[part]


def words_of(settings: dict[str, Any]) -> dict[str, str]:
    """Each part as a person reads it."""
    words = {
        f"day{n}": ", ".join(map(span, blocks)) or _("Not open")
        for n, blocks in enumerate(settings["weekly"])
    }
    days = [f"{one['from']} {one['name']}".strip() for one in settings["exceptions"]]
    place = " / ".join(filter(None, (settings["country"], settings["subdivision"])))
    return words | {"zone": settings["time_zone"], "holidays": place, "exceptions": ", ".join(days)}


def span(block: list[int]) -> str:
    return f"{_clock(block[0])}–{_clock(block[1])}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _minutes(text: str) -> int | None:
    try:
        read = time.fromisoformat(text.strip())
    except ValueError:
        return None
    return read.hour * 60 + read.minute


def _line(name: str, block: list[int]) -> Line:
    return Line(name, _clock(block[0]), _clock(block[1]))


def _typed_line(data: QueryDict, name: str) -> Line:
    return Line(name, data.get(f"{name}-from", "")[:8], data.get(f"{name}-to", "")[:8])


def _exception(i: int, one: dict[str, Any]) -> Special:
    line = _line(f"x-{i}", one["blocks"][0]) if one["blocks"] else Line(f"x-{i}")
    return Special(f"x-{i}", one["from"], one["to"], one["name"], line)


def _typed_exception(data: QueryDict, name: str) -> Special:
    line = Line(name, data.get(f"{name}-opens", "")[:8], data.get(f"{name}-closes", "")[:8])
    title = data.get(f"{name}-name", "").strip()[:LONGEST_NAME]
    return Special(name, data.get(f"{name}-first", "")[:10], data.get(f"{name}-last", "")[:10], title, line)


def _names(data: QueryDict, start: str, most: int) -> list[str]:
    """The lines that came in, in their order: `d2-0`, `d2-1`, ..."""
    numbers = {int(found[1]) for key in data if (found := re.fullmatch(rf"{start}-(\d{{1,2}})-[a-z]+", key))}
    return [f"{start}-{number}" for number in sorted(numbers)][:most]


def _clean_exception(one: Special) -> bool:
    one.error = _mistake_in(one)
    return not one.error


def _mistake_in(one: Special) -> str:
    first, last = _day(one.first), _day(one.last or one.first)
    if first is None or last is None:
        return _("Give a day.")
    if last < first:
        return _("The last day comes before the first.")
    if last - first > LONGEST_EXCEPTION or last > timezone.localdate() + FURTHEST:
        return _("At most a year, and at most two years ahead.")
    if (one.hours.begins or one.hours.ends) and one.hours.block() is None:
        return _("Give both times, or none when it is closed.")
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
