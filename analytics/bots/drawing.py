"""What is drawn of a chatflow's numbers: the funnel, and the lines over time, of which each can be hidden."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from analytics import spell
from analytics.bots.asking import Asked
from analytics.bots.figures import FACTS, Details
from analytics.bots.words import NAMES
from analytics.charts import scale
from analytics.charts.lines import LineChart, Series, line_chart

STYLES = ("l1", "l2", "l3", "l4")


@dataclass(frozen=True)
class Bar:
    """One stage of the funnel. `beside`: its share, in words."""

    name: str
    n: int
    beside: str
    part: int
    colour: str = "d1"
    name_of: str = ""
    link: str = ""  # of what it counts, where that is conversations


@dataclass(frozen=True)
class Line:
    name: str
    label: str
    style: str
    hidden: bool
    toggle: str
    total: int


def funnel(details: Details, asked: Asked) -> list[Bar]:
    """Of all that were shown, as far as pages count; of sessions and chats, as far as there are conversations."""
    n = details.whole.n
    if not details.whole.is_bot:
        top = n["shown"]
        bars = [_bar(name, n[name], top) for name in ("shown", "opened", "started")]
        return _linked([*bars, *_ends(n, "chats", ("replied", "d1"), ("missed", "d2"))], details, asked)
    bars = [_bar(name, n[name], n["shown"]) for name in ("shown", "opened")]
    ends = _ends(n, "walks", ("completed", "d1"), ("handed_over", "d3"), ("abandoned", "d2"))
    worst = details.worst
    if worst and n["abandoned"]:
        at = _("most at “%(step)s”") % {"step": worst.name}
        ends[-1] = replace(ends[-1], beside=f"{ends[-1].beside} · {at}")
    return _linked([*bars, *ends], details, asked)


def _linked(bars: list[Bar], details: Details, asked: Asked) -> list[Bar]:
    return [
        replace(
            bar, link=asked.behind(details.flow, FACTS[bar.name_of]) if bar.n and bar.name_of in FACTS else ""
        )
        for bar in bars
    ]


def _ends(n, whole: str, *parts: tuple[str, str]) -> list[Bar]:
    return [
        _bar(whole, n[whole], n[whole]),
        *(_bar(name, n[name], n[whole], colour) for name, colour in parts),
    ]


def _bar(name: str, n: int, whole: int, colour: str = "d1") -> Bar:
    part = min(100, round(100 * n / whole)) if whole else 0
    beside = "" if n == whole else spell.share(n, whole)
    return Bar(str(NAMES[name]), n, beside, max(part, 1 if n else 0), colour, name)


def chart(details: Details, asked: Asked) -> LineChart | None:
    """Nothing when nothing happened, or every line is hidden."""
    shown = {name: values for name, values in details.series.items() if name not in asked.hidden}
    if not shown or not any(any(values) for values in details.series.values()):
        return None
    styles = dict(zip(details.series, STYLES, strict=False))
    series = [Series(str(NAMES[name]), values, styles[name]) for name, values in shown.items()]
    says = [
        f"{spell.moment(day, asked.grain)}: "
        + ", ".join(f"{NAMES[name]} {spell.number(values[i])}" for name, values in shown.items())
        for i, day in enumerate(details.days)
    ]
    return line_chart(
        series,
        [spell.short_day(day) for day in details.days],
        says,
        label=_("%(names)s over time") % {"names": ", ".join(one.name for one in series)},
        ticks=scale.number_ticks,
        tick_text=spell.number,
    )


def legend(details: Details, asked: Asked) -> list[Line]:
    return [
        Line(name, str(NAMES[name]), style, name in asked.hidden, asked.toggled(name), sum(values))
        for (name, values), style in zip(details.series.items(), STYLES, strict=False)
    ]
