"""The same numbers as rows: beside the charts, and as files for spreadsheets."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from analytics.bots.figures import FACTS, OF_PAGES, Details, Fared
from analytics.bots.words import NAMES

Rows = list[list]
COLUMNS = [*(str(name) for name in OF_PAGES), *FACTS]


def of_all(fared: Iterable[Fared]) -> Rows:
    head = [_("Chatflow"), _("Kind"), *(str(NAMES[name]) for name in COLUMNS), _("Conversion")]
    return [
        head,
        *(
            [
                one.of.name,
                one.of.get_kind_display(),
                *(one.n[name] for name in COLUMNS),
                _percent(one.conversion),
            ]
            for one in fared
        ),
    ]


def days_of(details: Details) -> Rows:
    """A line a day (week, month): the twin of the chart."""
    head = [_("From"), *(str(NAMES[name]) for name in details.series)]
    return [
        head,
        *([day, *(values[i] for values in details.series.values())] for i, day in enumerate(details.days)),
    ]


def steps_of(details: Details) -> Rows:
    head = [_("Step"), _("Reached"), _("Of a hundred sessions"), _("Answered"), _("Left there"), _("Loss")]
    return [
        head,
        *(
            [step.name, step.reached, step.share, step.answered, step.dropped, _percent(step.loss)]
            for step in details.steps
        ),
    ]


def versions_of(details: Details) -> Rows:
    head = [_("Version"), *(str(NAMES[name]) for name in COLUMNS)]
    return [head, *([one.of.number, *(one.n[name] for name in COLUMNS)] for one in details.versions)]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


OF_ONE: dict[str, Callable[[Details], Rows]] = {"days": days_of, "steps": steps_of, "versions": versions_of}
