"""What a page of chatflows' figures is asked for, from the address: days, grain, which lines."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from analytics.filters import GRAINS, NARROWING, PRESETS, USUAL, one_of, period_from, preset_days, usual_grain
from analytics.models import ReportChoices
from analytics.scope import MONDAY, SUNDAY, Scope, zone_of
from analytics.standing import LEFT, STEP
from chatflows.models import Chatflow
from workspaces.audit import note
from workspaces.models import Workspace

WEEKS = {"week", "last_week"}
OFFERED = ("7", "28", "90", "week", "last_week", "month", "last_month", "quarter", "year")


# What other reports are narrowed to: kept in the address, so that they still are when somebody goes back to them.
CARRIED = ("versus", "clock", *NARROWING, "page")


@dataclass(frozen=True)
class Asked:
    scope: Scope
    preset: str
    grain: str
    chosen_grain: str = ""
    hidden: frozenset[str] = frozenset()
    mistakes: tuple[str, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether the other reports are narrowed to what chatflows are not told apart by."""
        return any(name in NARROWING or name == "page" for name, _value in self.carried)

    @property
    def days(self) -> dict[str, str]:
        """As the address has them."""
        if self.preset != "own":
            return {"period": self.preset}
        return {"from": self.scope.first.isoformat(), "to": self.scope.last.isoformat()}

    @property
    def query(self) -> str:
        return urlencode(self._said(self.hidden))

    @property
    def elsewhere(self) -> str:
        """For the other pages of reports: the same days, and what they were narrowed to."""
        days = [] if self.days == {"period": USUAL} else [*self.days.items()]
        return urlencode([*days, *self.carried])

    def _said(self, hidden: frozenset[str]) -> list[tuple[str, str]]:
        grain = [("grain", self.chosen_grain)] if self.chosen_grain else []
        return [*self.days.items(), *grain, *self.carried, *(("hide", name) for name in sorted(hidden))]

    def behind(self, flow: Chatflow, kind: str) -> str:
        """The address of what a number of a chatflow counts: its days said in full, whatever a week is elsewhere."""
        days = {"from": self.scope.first.isoformat(), "to": self.scope.last.isoformat()}
        return urlencode(days | {"by": "chatflow", "value": flow.pk, "what": kind})

    def left_at(self, flow: Chatflow, step: str) -> str:
        """The address of who left a chatflow at a step."""
        days = {"from": self.scope.first.isoformat(), "to": self.scope.last.isoformat()}
        return urlencode(days | {"by": STEP, "value": f"{flow.pk}.{step}", "what": LEFT})

    @property
    def span(self) -> str:
        return f"from={self.scope.first.isoformat()}&to={self.scope.last.isoformat()}"

    def toggled(self, name: str) -> str:
        """The address on which one line is hidden, or shown again."""
        return urlencode(self._said(self.hidden ^ {name}))

    def of(self, flow: Chatflow) -> "Asked":
        return replace(self, scope=replace(self.scope, chatflows=(flow.pk,)))


def asked_from(said: QueryDict, workspace: Workspace, *, today: date | None = None) -> Asked:
    today = today or timezone.now().astimezone(zone_of(workspace.time_zone)).date()
    starts, mistakes = week_starts(), []  # type: ignore[var-annotated]
    preset, first, last = period_from(said, today, mistakes)
    if preset in WEEKS:
        first, last = preset_days(preset, today, starts)
    grain = one_of(said, "grain", GRAINS, "", mistakes)
    scope = Scope(first, last, workspace.time_zone, week_starts=starts)
    hidden = frozenset(said.getlist("hide")[:10])
    carried = [(name, value[:200]) for name in CARRIED for value in said.getlist(name)[:20] if value]
    usual = grain or usual_grain(scope.days)
    return Asked(scope, preset, usual, grain, hidden, tuple(mistakes), tuple(carried))


def periods() -> list[tuple[str, str]]:
    return [(key, str(PRESETS[key])) for key in OFFERED]


# ── The day on which weeks begin (AN-3) ──


def week_starts() -> int:
    found = ReportChoices.objects.values_list("bots_week_starts", flat=True).first()
    return SUNDAY if found is None else found


def choose_week(day: int) -> None:
    """For the whole workspace. Raises ValueError for anything but Monday and Sunday."""
    if day not in (MONDAY, SUNDAY):
        raise ValueError(day)
    before = week_starts()
    ReportChoices.objects.update_or_create(defaults={"bots_week_starts": day})
    note("report.changed", "bots", {"week_starts": before}, {"week_starts": day})
