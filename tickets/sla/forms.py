"""What an inbox promises, as a form without script: goals for all, and lines for some, of which the first that fits counts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from inboxes.models import Inbox
from tickets.models import Goal, Priority, SlaPolicy, Source
from tickets.pipelines import in_use
from tickets.sla.policies import current
from workspaces.guarded import Guarded
from workspaces.labelled import labelled
from workspaces.models import Team

UNITS = {"minutes": 1, "hours": 60}
MOST_LINES, EMPTY = 20, 2
LONGEST = 60 * 24 * 365
UNIT_CHOICES = [("minutes", gettext_lazy("minutes")), ("hours", gettext_lazy("hours"))]
HOURS, ALWAYS = "hours", "always"


class SlaForm(Guarded, forms.Form):
    on = forms.BooleanField(label=gettext_lazy("Promise an answer in this inbox"), required=False)
    clock = forms.ChoiceField(
        label=gettext_lazy("Time runs"),
        choices=[
            (HOURS, gettext_lazy("In opening hours, without holidays")),
            (ALWAYS, gettext_lazy("Around the clock")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The opening hours of the channel, else those of the workspace."),
    )
    counts_all = forms.BooleanField(
        label=gettext_lazy("Also for tickets that bots, rules, the API or the list of tickets made"),
        required=False,
    )
    any_reply = forms.BooleanField(
        label=gettext_lazy("An answer that was written elsewhere counts too"),
        required=False,
        help_text=gettext_lazy(
            "Else only those that leave from here. Bots and automatic answers never count."
        ),
    )

    def __init__(self, *args, target: Inbox, **kwargs):
        self.policy = current(target)
        self.count = min(MOST_LINES, len(self.policy.lines if self.policy else []) + EMPTY)
        super().__init__(*args, target=target, initial=read(self.policy), **kwargs)
        self._add_goals("")
        about = [("", "–"), *_choices_of_lines()]
        for n in range(self.count):
            self.fields[f"line{n}_is"] = forms.ChoiceField(
                label=_("Tickets with"), choices=about, required=False
            )
            self.fields[f"line{n}_place"] = forms.IntegerField(
                label=_("Order"), required=False, min_value=1, max_value=99
            )
            self._add_goals(f"line{n}_")

    def _add_goals(self, prefix: str) -> None:
        for goal, label in Goal.choices:
            number = forms.IntegerField(label=label, required=False, min_value=1, max_value=LONGEST)
            unit = forms.ChoiceField(label=_("Unit"), choices=UNIT_CHOICES, required=False)
            unit.widget.attrs["class"] = "select"
            self.fields[f"{prefix}{goal}"], self.fields[f"{prefix}{goal}_unit"] = number, unit

    def goals(self) -> list[dict]:
        return self._pairs("")

    def lines(self) -> list[dict]:
        """As the page draws them."""
        return [
            {
                "n": n + 1,
                "is": self[f"line{n}_is"],
                "place": self[f"line{n}_place"],
                "goals": self._pairs(f"line{n}_"),
            }
            for n in range(self.count)
        ]

    def _pairs(self, prefix: str) -> list[dict]:
        return [
            {"number": self[f"{prefix}{goal}"], "unit": self[f"{prefix}{goal}_unit"]} for goal in Goal.values
        ]

    def clean(self):
        data = super().clean() or {}
        if data.get("on") and not self.errors and not self._goals("") and not self._lines():
            self.add_error("first", _("Say at least one time."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "on": data["on"],
            "working_hours": data["clock"] == HOURS,
            "counts_all": data["counts_all"],
            "any_reply": data["any_reply"],
            "goals": self._goals(""),
            "lines": self._lines(),
        }

    def _goals(self, prefix: str) -> dict[str, int]:
        data = self.cleaned_data
        return {
            goal: data[f"{prefix}{goal}"] * UNITS[data.get(f"{prefix}{goal}_unit") or "minutes"]
            for goal in Goal.values
            if data.get(f"{prefix}{goal}")
        }

    def _lines(self) -> list[dict]:
        """Those that name something, by their order; one without times promises nothing to whom it names."""
        data = self.cleaned_data
        named = [n for n in range(self.count) if data.get(f"line{n}_is")]
        named.sort(key=lambda n: (data.get(f"line{n}_place") or 99, n))
        lines = []
        for n in named:
            by, _sep, what = data[f"line{n}_is"].partition(":")
            lines.append({"by": by, "is": what, "goals": self._goals(f"line{n}_")})
        return lines


def read(policy: SlaPolicy | None) -> dict[str, Any]:
    """What the form shows at first; nothing is promised until somebody says so."""
    if policy is None:
        return {"on": False, "clock": HOURS, "counts_all": True, "any_reply": False}
    values: dict[str, Any] = {
        "on": policy.on,
        "clock": HOURS if policy.working_hours else ALWAYS,
        "counts_all": policy.counts_all,
        "any_reply": policy.any_reply,
        **_read_goals("", policy.goals),
    }
    for n, line in enumerate(policy.lines):
        values |= {f"line{n}_is": f"{line['by']}:{line['is']}", f"line{n}_place": n + 1}
        values |= _read_goals(f"line{n}_", line["goals"])
    return values


def _read_goals(prefix: str, goals: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for goal, minutes in goals.items():
        whole = minutes % 60 == 0
        values |= {
            f"{prefix}{goal}": minutes // 60 if whole else minutes,
            f"{prefix}{goal}_unit": "hours" if whole else "minutes",
        }
    return values


def _choices_of_lines() -> list:
    """What a line may be about, in groups: "priority:urgent"."""
    groups = [
        (_("Priority"), [(f"priority:{key}", label) for key, label in Priority.choices]),
        (_("Team"), [(f"team:{team.pk}", team.name) for team in Team.objects.order_by("name")]),
        (_("Came by"), [(f"source:{key}", label) for key, label in Source.choices]),
        (pgettext("ticket", "Pipeline"), [(f"pipeline:{one.pk}", one.name) for one in in_use()]),
    ]
    # A closed list shows the chosen line without its group.
    return [(label, [(key, labelled(label, name)) for key, name in rows]) for label, rows in groups if rows]
