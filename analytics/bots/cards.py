"""What chatflows do as reports, so that they stand on dashboards and in letters as every other report does (AN-3).

All cards of a page share their questions: as many chatflows as anybody puts there are asked for once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import spell
from analytics.bots import findings
from analytics.bots.figures import (
    FACTS,
    OF_CHATS,
    OF_PAGES,
    OF_WALKS,
    Details,
    Fared,
    Step,
    counted_in,
    steps_of,
)
from analytics.bots.words import NAMES
from analytics.charts import scale
from analytics.charts.bars import bar_chart
from analytics.charts.lines import Series, line_chart
from analytics.filters import Filters
from analytics.reports import figures
from analytics.reports.base import TIME, Answer, Ask, Behind, Book, Column, Report, Row
from analytics.reports.findings import alone
from analytics.standing import LEFT, STEP
from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowStatus

BY = "chatflow"
HALF = 6
KINDS = tuple(FACTS.values())
WHOLE = (Ask("counts", KINDS, BY),)
OVER_TIME = (Ask("counts", KINDS, BY, TIME),)
STYLES = ("main", "second", "third", "before")
TONES = {"abandoned": "d2", "missed": "d2", "handed_over": "d3"}


def cards_of(flows: Collection[Chatflow]) -> dict[str, Report]:
    """{key: report}: each chatflow as a funnel and over time, a bot also step by step."""
    steps = partial(_steps_counted, tuple(flow.pk for flow in flows))
    found: dict[str, Report] = {}
    for flow in flows:
        cards = [_card(flow, "", _funnel, WHOLE, "bars", pages_counted, FUNNEL)]
        cards.append(_card(flow, "-time", _over_time, OVER_TIME, "line", None, TIMES))
        if flow.kind == FlowKind.BOT:
            cards.append(_card(flow, "-steps", _by_step, WHOLE, "table", steps, STEPS))
        found |= {card.key: card for card in cards}
    return found


FUNNEL = gettext_lazy(
    "Sessions (chats) that began in the period, and what became of them. Shown and opened count pages; they are left out where more than days is filtered."
)
TIMES = gettext_lazy(
    "What became of sessions is counted at their beginning, so that completed, handed over and abandoned are shares of started."
)
STEPS = gettext_lazy(
    "How many sessions came to a step, answered it and were left there, counted when it happened, by the hours of UTC. Filters other than days change nothing about it."
)


def _card(flow: Chatflow, suffix: str, make, asks, chart: str, load, meaning) -> Report:
    titles = {"": flow.name, "-time": _("%(name)s over time"), "-steps": _("%(name)s, step by step")}
    title = titles[suffix] % {"name": flow.name} if suffix else flow.name
    return Report(
        f"bot-{flow.pk}{suffix}", title, meaning, make, asks, by=BY, kinds=KINDS, chart=chart, words=flow, load=load
    )  # fmt: skip


# ── One ──


def pages_counted(filters: Filters) -> dict[int, dict[str, int]]:
    """{chatflow: {shown: n …}}; nothing where they are narrowed to what pages do not know."""
    if filters.narrowed > bool(filters.scope.chatflows):
        return {}
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = counted_in(filters.scope).filter(step="", measure__in=OF_PAGES)
    if filters.scope.chatflows:
        rows = rows.filter(chatflow__in=filters.scope.chatflows)
    for pk, measure, n in rows.values_list("chatflow", "measure").annotate(all=Sum("n")):
        found[pk][measure] = n
    return found


def _named(book: Book) -> dict[str, dict[str, int]]:
    """{chatflow: {started, completed …: n}}."""
    names = {str(kind): name for name, kind in FACTS.items()}
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind in KINDS:
        for cell in book.counts(kind, by=BY):
            found[cell.by][names[kind]] = cell.n
    return found


def _details(flow: Chatflow, n: Mapping[str, int], steps: list[Step] | None = None) -> Details:
    return Details(flow, Fared(flow, n), [], steps or [])


def _funnel(report: Report, book: Book) -> Answer:
    flow: Chatflow = report.words
    n, pages = _named(book)[str(flow.pk)], book.loaded[report.key].get(flow.pk, {})
    is_bot = flow.kind == FlowKind.BOT
    whole, parts = ("walks", [*OF_WALKS]) if is_bot else ("chats", [*OF_CHATS])
    seen = [name for name in OF_PAGES if pages.get(name) and not (is_bot and name == "started")]
    said = [(name, pages[name], pages.get("shown", 0)) for name in seen]
    said += [(name, n[name], n[whole]) for name in parts]
    rows, bars = [], []
    for name, many, of in said:
        behind = Behind(FACTS[name], BY, str(flow.pk)) if name in FACTS else None
        beside = "" if name in ("shown", whole) else spell.share(many, of)
        title, tone = str(NAMES[name]), TONES.get(name, "d1")
        rows.append(Row(title, (figures.count(many, behind), figures.share(many, of)), key=name))
        part = many / of if of else 0
        bars.append((title, part, spell.number(many), beside, behind if many else None, tone))
    finding = (findings.of_bot if is_bot else findings.of_live_chat)(_details(flow, n))
    columns = (Column("n", _("Number")), Column("share", _("Share")))
    chart = bar_chart(bars, label=finding, of=1)
    return Answer(report, finding, _("Step"), columns, tuple(rows), chart=chart)


def _over_time(report: Report, book: Book) -> Answer:
    flow: Chatflow = report.words
    kinds = OF_WALKS if flow.kind == FlowKind.BOT else OF_CHATS
    steps, grain, value = book.steps(), book.filters.grain, str(flow.pk)
    at = {
        name: {cell.at: cell.n for cell in book.counts(kind, by=BY, grain=TIME) if cell.by == value}
        for name, kind in kinds.items()
    }
    rows = [
        Row(
            spell.moment(day, grain),
            tuple(
                figures.count(at[name].get(day, 0), Behind(kind, BY, value, grain, day))
                for name, kind in kinds.items()
            ),
        )
        for day in steps
    ]
    series = [
        Series(str(NAMES[name]), [at[name].get(day, 0) for day in steps], style)
        for name, style in zip(kinds, STYLES, strict=False)
    ]
    says = [f"{row.title}: " + ", ".join(f"{one.name} {spell.number(one.values[i])}" for one in series) for i, row in enumerate(rows)]  # fmt: skip
    main = next(iter(kinds))
    links = [Behind(kinds[main], BY, value, grain, day) if at[main].get(day) else None for day in steps]
    n = {name: sum(at[name].values()) for name in kinds}
    finding = _("%(name)s: %(n)s started") if flow.kind == FlowKind.BOT else _("%(name)s: %(n)s chats")
    finding %= {"name": flow.name, "n": spell.number(n[main])}
    total = Row(
        _("Together"), tuple(figures.count(n[name], Behind(kinds[name], BY, value)) for name in kinds)
    )
    columns = tuple(Column(name, str(NAMES[name]), wide=i > 1) for i, name in enumerate(kinds))
    names = [spell.short_day(day) if grain != "month" else spell.moment(day, grain) for day in steps]
    chart = line_chart(
        series, names, says, label=finding, ticks=scale.number_ticks, tick_text=spell.number, links=links,
        span=book.span,
    )  # fmt: skip
    return Answer(report, finding, _("When"), columns, tuple(rows), total, chart)


def _steps_counted(flows: tuple[int, ...], filters: Filters) -> tuple[dict, dict]:
    """({chatflow: its versions, newest first}, {chatflow: {step: {measure: n}}})."""
    versions = defaultdict(list)
    for version in ChatflowVersion.objects.filter(chatflow__in=flows).published().order_by("-number"):
        versions[version.chatflow_id].append(version)
    counted: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    rows = counted_in(filters.scope).filter(chatflow__in=flows).exclude(step="")
    for pk, step, measure, n in rows.values_list("chatflow", "step", "measure").annotate(all=Sum("n")):
        counted[pk][step][measure] = n
    return versions, counted


def _by_step(report: Report, book: Book) -> Answer:
    flow: Chatflow = report.words
    versions, counted = book.loaded[report.key]
    n = _named(book)[str(flow.pk)]
    steps = steps_of(versions[flow.pk], counted[flow.pk], n["walks"])
    rows = tuple(
        Row(
            step.name,
            (
                figures.count(step.reached, of=max(one.reached for one in steps)),
                figures.count(step.answered),
                figures.count(step.dropped, Behind(LEFT, STEP, f"{flow.pk}.{step.id}")),
                figures.share(step.dropped, step.reached),
            ),
            key=step.id,
        )
        for step in steps
    )
    columns = (
        Column("reached", _("Reached")),
        Column("answered", _("Answered"), wide=True),
        Column("dropped", _("Left there")),
        Column("loss", _("Loss")),
    )
    finding = findings.of_steps(_details(flow, n, steps))
    said = alone(flow.name, finding) if any(step.reached for step in steps) else finding
    return Answer(report, said, _("Step"), columns, rows)


# ── Beside each other ──


def _published(kind: str, filters: Filters) -> list[Chatflow]:
    rows = Chatflow.objects.filter(kind=kind, published__isnull=False).order_by("name", "pk")
    return list(rows.filter(pk__in=filters.scope.chatflows) if filters.scope.chatflows else rows)


def _beside(report: Report, book: Book) -> Answer:
    """Every published one; those put away only while they have numbers."""
    whole, parts = report.words
    n, roomy = _named(book), book.span > HALF
    flows = [
        one for one in book.loaded[report.key] if one.status != FlowStatus.ARCHIVED or n[str(one.pk)][whole]
    ]
    rows = []
    for flow in sorted(flows, key=lambda one: -n[str(one.pk)][whole]):
        mine = n[str(flow.pk)]
        behind = {name: Behind(FACTS[name], BY, str(flow.pk)) for name in (whole, *parts)}
        most = max(n[str(one.pk)][whole] for one in flows)
        cells = [figures.count(mine[whole], behind[whole], of=most)]
        for name in parts:
            cells += [figures.count(mine[name], behind[name])] if roomy else []
            cells.append(figures.share(mine[name], mine[whole], behind[name] if mine[name] else None))
        rows.append(Row(flow.name, tuple(cells), key=str(flow.pk)))
    columns = [Column(whole, str(NAMES[whole]))]
    for name in parts:
        if roomy:
            columns.append(Column(name, str(NAMES[name])))
        share = _("%(what)s, share") % {"what": NAMES[name]} if roomy else str(NAMES[name])
        columns.append(Column(f"{name}_share", share, wide=True))
    return Answer(report, _best(flows, n, whole, parts[0]), _("Chatflow"), tuple(columns), tuple(rows))


def _best(flows: list[Chatflow], n: Mapping, whole: str, part: str) -> str:
    told = [(n[str(one.pk)][part] / n[str(one.pk)][whole], one.name) for one in flows if n[str(one.pk)][whole] >= findings.LEAST]  # fmt: skip
    if not told:
        return _("Too few chats yet to compare chatflows")
    share, name = max(told)
    level = sum(1 for other, _name in told if other == share)
    if len(told) == 1 or level > 1:
        who = name if level == 1 else _("%(n)s chatflows") % {"n": spell.number(level)}
        return alone(
            who, _("%(what)s %(part)s") % {"what": NAMES[part].lower(), "part": spell.percent(share)}
        )
    said = {"bot": name, "share": spell.percent(share)}
    if whole == "walks":
        return _("“%(bot)s” completes most: %(share)s") % said
    return _("“%(bot)s” is answered most: %(share)s") % said


BOTS = Report(
    "bots", gettext_lazy("Bots beside each other"), TIMES, _beside, WHOLE, by=BY, kinds=KINDS,
    words=("walks", ("completed", "handed_over", "abandoned")), load=partial(_published, FlowKind.BOT),
)  # fmt: skip
LIVE_CHATS = Report(
    "live-chats", gettext_lazy("Live chats beside each other"),
    gettext_lazy("Conversations that began with a chatflow of live chat, those that a person answered, and those that nobody answered within two minutes of opening hours."),
    _beside, WHOLE, by=BY, kinds=KINDS, words=("chats", ("replied", "missed")), load=partial(_published, FlowKind.LIVE),
)  # fmt: skip
BESIDE: dict[str, Any] = {report.key: report for report in (BOTS, LIVE_CHATS)}
