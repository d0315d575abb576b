"""The filters that every report shares, from the address and back into it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.choices import Choices
from analytics.scope import CALENDAR, WORKING, Scope

USUAL = "28"
LONGEST = 3 * 366  # days
PRESETS = {
    "today": gettext_lazy("Today"),
    "7": gettext_lazy("Last 7 days"),
    "28": gettext_lazy("Last 28 days"),
    "90": gettext_lazy("Last 90 days"),
    "week": gettext_lazy("This week"),
    "last_week": gettext_lazy("Last week"),
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
    "year": gettext_lazy("This year"),
}
VERSUS = {
    "before": gettext_lazy("The period before"),
    "year": gettext_lazy("The year before"),
    "nothing": gettext_lazy("Nothing"),
}
CLOCKS = {WORKING: gettext_lazy("Working hours"), CALENDAR: gettext_lazy("Around the clock")}
GRAINS = {"day": gettext_lazy("Days"), "week": gettext_lazy("Weeks"), "month": gettext_lazy("Months")}

# Name in the address → field of a Scope and dimension of the choices.
NARROWING = {
    "inbox": ("inboxes", "inbox"),
    "kind": ("kinds", "channel_kind"),
    "channel": ("channels", "channel"),
    "team": ("teams", "team"),
    "member": ("members", "member"),
    "flow": ("chatflows", "chatflow"),
    "label": ("labels", "label"),
    "country": ("countries", "country"),
    "priority": ("priorities", "priority"),
    "source": ("sources", "source"),
    "pipeline": ("pipelines", "pipeline"),
    "list": ("lists", "list"),
}
TEXTS = {"kind", "country", "priority", "source"}


@dataclass(frozen=True)
class Filters:
    """What somebody asked for. `given` is what they wrote, also where it could not be read; `mistakes` says why not."""

    scope: Scope
    preset: str = USUAL
    versus: str = "before"
    grain: str = "day"
    chosen_grain: str = ""
    given: Mapping[str, list[str]] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    # The day that is not over yet, where the workspace is.
    today: date | None = None

    @property
    def before(self) -> Scope | None:
        """What it is compared with."""
        if self.versus == "year":
            return self.scope.a_year_before()
        return self.scope.before() if self.versus == "before" else None

    @cached_property
    def query(self) -> str:
        """Itself, for an address. Only what is not usual is said."""
        said: list[tuple[str, str]] = []
        if self.preset == "own":
            said += [("from", self.scope.first.isoformat()), ("to", self.scope.last.isoformat())]
        elif self.preset != USUAL:
            said.append(("period", self.preset))
        if self.versus != "before":
            said.append(("versus", self.versus))
        if self.chosen_grain:
            said.append(("grain", self.chosen_grain))
        for name, (attribute, _by) in NARROWING.items():
            said += [(name, str(value)) for value in getattr(self.scope, attribute)]
        said += [("page", page) for page in self.scope.pages]
        if self.scope.clock != WORKING:
            said.append(("clock", self.scope.clock))
        return urlencode(said)

    @property
    def narrowed(self) -> int:
        """By how many things more than time."""
        return sum(bool(getattr(self.scope, attribute)) for attribute, _by in NARROWING.values()) + bool(
            self.scope.pages
        )

    def on(self, **narrower: Any) -> "Filters":
        return replace(self, scope=replace(self.scope, **narrower))


# ── Days ──


def _quarter(day: date) -> date:
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def preset_days(preset: str, today: date, week_starts: int = 0) -> tuple[date, date]:
    """First and last day. What is not over yet ends today."""
    if preset.isdigit():
        return today - timedelta(days=int(preset) - 1), today
    week = today - timedelta(days=(today.weekday() - week_starts) % 7)
    month, quarter = today.replace(day=1), _quarter(today)
    one = timedelta(days=1)
    begins: dict[str, Callable[[], tuple[date, date]]] = {
        "today": lambda: (today, today),
        "week": lambda: (week, today),
        "last_week": lambda: (week - timedelta(days=7), week - one),
        "month": lambda: (month, today),
        "last_month": lambda: ((month - one).replace(day=1), month - one),
        "quarter": lambda: (quarter, today),
        "last_quarter": lambda: (_quarter(quarter - one), quarter - one),
        "year": lambda: (today.replace(month=1, day=1), today),
    }
    return begins[preset]()


def usual_grain(days: int) -> str:
    return "day" if days <= 62 else "week" if days <= 400 else "month"


# ── From the address ──


def stored(query: str) -> QueryDict:
    """What somebody kept, as if an address said it; what no address may say asks for nothing."""
    try:
        return QueryDict(query, mutable=True)
    except TooManyFieldsSent:
        return QueryDict(mutable=True)


def period_from(
    asked: QueryDict, today: date, mistakes: list[str], week_starts: int = 0
) -> tuple[str, date, date]:
    """(preset, first, last); two days of one's own win, what cannot be read is said and is the usual period."""
    usual = (USUAL, *preset_days(USUAL, today))
    written = [asked.get("from", "").strip(), asked.get("to", "").strip()]
    preset = asked.get("period", "")
    if preset in PRESETS or not any(written):
        if preset and preset not in PRESETS and preset != "own":
            mistakes.append(
                _("“%(value)s” is no period. These are the last 28 days.") % {"value": preset[:40]}
            )
        return (preset, *preset_days(preset, today, week_starts)) if preset in PRESETS else usual
    try:
        first, last = (date.fromisoformat(day) for day in written)
    except ValueError:
        mistakes.append(_("Give both days, as 2026-05-31. These are the last 28 days."))
        return usual
    if first > last:
        mistakes.append(_("The last day lies before the first. These are the last 28 days."))
        return usual
    if (last - first).days >= LONGEST or first.year < 2000 or last.year > 2100:
        mistakes.append(_("A report reaches over three years at most. These are the last 28 days."))
        return usual
    return "own", first, last


def narrowing_from(asked: QueryDict, choices: Choices, mistakes: list[str]) -> dict[str, tuple]:
    found: dict[str, tuple] = {}
    for name, (attribute, by) in NARROWING.items():
        values = list(dict.fromkeys(filter(None, asked.getlist(name))))[:50]
        # A country without a number in this period is still a country.
        known = [
            v
            for v in values
            if v in choices.names.get(by, {}) or (by == "country" and len(v) == 2 and v.isalpha())
        ]
        mistakes += [
            _("“%(value)s” is not known here and was left out.") % {"value": value[:40]}
            for value in values
            if value not in known
        ]
        if known:
            found[attribute] = tuple(known) if name in TEXTS else tuple(int(value) for value in known)
    if pages := tuple(page[:200].replace("\0", "") for page in asked.getlist("page") if page)[:20]:
        found["pages"] = pages
    return found


def one_of(asked: QueryDict, name: str, known: Mapping, usual: str, mistakes: list[str]) -> str:
    value = asked.get(name, "")
    if value and value not in known:
        mistakes.append(_("“%(value)s” is not known here and was left out.") % {"value": value[:40]})
    return value if value in known else usual


def days_from(asked: QueryDict, today: date, zone: str) -> Scope:
    """Only its days: what is offered to choose from depends on them."""
    _preset, first, last = period_from(asked, today, [])
    return Scope(first=first, last=last, zone=zone)


def filters_from(asked: QueryDict, choices: Choices, *, today: date, zone: str) -> Filters:
    mistakes: list[str] = []
    preset, first, last = period_from(asked, today, mistakes, choices.week_starts)
    clock = one_of(asked, "clock", CLOCKS, WORKING, mistakes)
    narrowing = narrowing_from(asked, choices, mistakes)
    week = choices.week_starts
    scope = Scope(first=first, last=last, zone=zone, clock=clock, week_starts=week, **narrowing)
    chosen = one_of(asked, "grain", GRAINS, "", mistakes)
    return Filters(
        scope,
        preset=preset,
        versus=one_of(asked, "versus", VERSUS, "before", mistakes),
        grain=chosen or usual_grain(scope.days),
        chosen_grain=chosen,
        given={name: asked.getlist(name) for name in asked},
        mistakes=tuple(mistakes),
        today=today,
    )
