"""Service levels and votes: what was promised and kept, and how content people were."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell
from analytics.charts import scale
from analytics.charts.bars import bar_chart
from analytics.charts.lines import Series, line_chart
from analytics.filters import Filters
from analytics.numbers import Histogram, Kind
from analytics.reports import figures, findings
from analytics.reports.base import TIME, Answer, Behind, Book, Column, Report, Row, joined
from analytics.reports.makers import MOST_BARS, _short, _step_title, named_row, title_of
from tickets.models import Goal
from workspaces.labelled import labelled

MET, BREACHED = Kind.SLA_MET, Kind.SLA_BREACHED


def promise_columns() -> tuple[Column, ...]:
    return (Column("met", _("Kept")), Column("breached", _("Broken")), Column("share", _("Kept, share")))


def _promise(met: int, breached: int, behind) -> tuple:
    return (
        figures.count(met, behind(MET)),
        figures.count(breached, behind(BREACHED)),
        figures.share(met, met + breached),
    )


def by_goal(report: Report, book: Book) -> Answer:
    met = joined(book.valued(MET)).counts
    broken = joined(book.valued(BREACHED)).counts
    rows, bars = [], []
    for i, goal in enumerate(Goal):
        kept, late = met.get(i, 0), broken.get(i, 0)
        if kept + late:
            cells = _promise(kept, late, lambda kind, i=i: Behind(kind, bucket=i))
            rows.append(Row(str(goal.label), cells))
            bars.append(
                (str(goal.label), kept / (kept + late), cells[2].text, promises_in_words(kept + late), None)
            )
    whole, late = sum(met.values()), sum(broken.values())
    finding = findings.kept(whole, late)
    chart = bar_chart(bars, label=finding, of=1) if bars else None
    total = Row(_("Together"), _promise(whole, late, Behind))
    return Answer(report, finding, _("Goal"), promise_columns(), tuple(rows), total, chart)


def promises_in_words(n: int) -> str:
    return ngettext("of %(n)s promise", "of %(n)s promises", n) % {"n": spell.number(n)}


def promises_by(report: Report, book: Book) -> Answer:
    by = report.by
    met = {cell.by: cell.n for cell in book.counts(MET, by=by)}
    broken = {cell.by: cell.n for cell in book.counts(BREACHED, by=by)}
    values = sorted({*met, *broken}, key=lambda value: (not value, -met.get(value, 0) - broken.get(value, 0)))
    rows = tuple(
        named_row(
            book,
            by,
            value,
            _promise(
                met.get(value, 0), broken.get(value, 0), lambda kind, value=value: Behind(kind, by, value)
            ),
        )
        for value in values
    )
    finding = findings.largest(
        _("%(name)s has %(part)s of the broken promises"),
        [(row.title, broken.get(row.key, 0)) for row in rows],
        few=findings.broken(sum(broken.values())),
        level=_("%(n)s have most of the broken promises: %(part)s each"),
    )
    if values and not any(broken.values()):
        finding = _("No promise was broken")
    total = Row(_("Together"), _promise(sum(met.values()), sum(broken.values()), Behind))
    return Answer(report, finding, title_of(by), promise_columns(), rows, total)


# ── Votes ──


def vote_columns() -> tuple[Column, ...]:
    return (
        Column("votes", _("Votes")),
        Column("good", _("Rated good")),
        Column("score", _("Mean of 1 to 5")),
        Column("asked", _("Asked"), wide=True),
        Column("rate", _("Answered"), wide=True),
    )


def _votes(votes: Histogram, asked: int, behind) -> tuple:
    return (
        figures.count(votes.n, behind(Kind.RATED)),
        figures.share(figures.good(votes), votes.n, behind(Kind.RATED)),
        figures.score(votes, behind(Kind.RATED)),
        figures.count(asked, behind(Kind.ASKED)),
        figures.share(votes.n, asked),
    )


def votes_over_time(report: Report, book: Book) -> Answer:
    grain = book.filters.grain
    votes = {cell.at: cell.histogram for cell in book.valued(Kind.RATED, grain=TIME)}
    asked = {cell.at: cell.n for cell in book.counts(Kind.ASKED, grain=TIME)}
    steps = book.steps()
    rows = tuple(
        Row(
            spell.moment(day, grain),
            _votes(
                votes.get(day, Histogram()),
                asked.get(day, 0),
                lambda kind, day=day: figures.step(kind, grain, day),
            ),
        )
        for day in steps
    )
    whole, all_asked = joined(book.valued(Kind.RATED, grain=TIME)), book.n(Kind.ASKED)
    finding = findings.content(figures.good(whole), whole.n)
    shares = [figures.good(votes[day]) / votes[day].n if day in votes else None for day in steps]
    series = [Series(_("Rated good"), shares)]
    if book.filters.before:
        then = {cell.at: cell.histogram for cell in book.valued(Kind.RATED, grain=TIME, before=True)}
        before = [
            figures.good(then[day]) / then[day].n if day in then else None for day in book.steps(before=True)
        ]
        series.append(Series(_("Period before"), before[: len(steps)], "before"))
    says = [
        labelled(
            spell.moment(day, grain),
            f"{spell.percent(shares[i])} ({spell.number(votes[day].n if day in votes else 0)})",
        )
        for i, day in enumerate(steps)
    ]
    chart = line_chart(
        series,
        [_short(day, grain) for day in steps],
        says,
        label=finding,
        ticks=scale.share_ticks,
        tick_text=spell.percent,
        links=[figures.step(Kind.RATED, grain, day) if day in votes else None for day in steps],
        span=book.span,
    )
    total = Row(_("Together"), _votes(whole, all_asked, Behind))
    return Answer(report, finding, _step_title(grain), vote_columns(), rows, total, chart)


def votes_by_score(report: Report, book: Book) -> Answer:
    whole = joined(book.valued(Kind.RATED, grain=TIME))
    rows, bars = [], []
    for value in range(5, 0, -1):
        n = whole.counts.get(value, 0)
        name = _("%(n)s of 5") % {"n": value}
        tone = "d1" if value >= figures.GOOD else "d3" if value == 3 else "d2"
        link = Behind(Kind.RATED, bucket=value)
        rows.append(Row(name, (figures.count(n, link), figures.share(n, whole.n))))
        bars.append((name, n, spell.number(n), spell.share(n, whole.n), link if n else None, tone))
    finding = (
        _("A mean of %(mean)s of 5") % {"mean": spell.number(whole.mean, 1)}
        if whole.n >= findings.LEAST
        else findings.content(figures.good(whole), whole.n)
    )
    columns = (Column("n", _("Votes")), Column("share", _("Share")))
    total = Row(_("Together"), (figures.count(whole.n, Behind(Kind.RATED)), figures.nothing()))
    chart = bar_chart(bars, label=finding, of=whole.n or 1)
    return Answer(report, finding, _("Vote"), columns, tuple(rows), total, chart)


def votes_in_words(row: Row) -> str:
    n = int(row.figures[0].value or 0)
    return ngettext("%(n)s vote", "%(n)s votes", n) % {"n": spell.number(n)}


def votes_by(report: Report, book: Book) -> Answer:
    by = report.by
    votes = {cell.by: cell.histogram for cell in book.valued(Kind.RATED, by=by)}
    asked = {cell.by: cell.n for cell in book.counts(Kind.ASKED, by=by)}
    values = sorted(
        {*votes, *asked}, key=lambda value: (not value, -(votes[value].n if value in votes else 0))
    )
    rows = tuple(
        named_row(
            book,
            by,
            value,
            _votes(
                votes.get(value, Histogram()),
                asked.get(value, 0),
                lambda kind, value=value: Behind(kind, by, value),
            ),
        )
        for value in values
    )
    finding = _("What people say of each agent") if by == "member" else _("What people say of each chatflow")
    whole = Histogram()
    for one in votes.values():
        whole = whole.join(one)
    if not whole.n:
        finding = findings.content(0, 0)
    total = Row(_("Together"), _votes(whole, sum(asked.values()), Behind)) if by == "member" else None
    bars = [
        (row.title, row.figures[1].value, row.figures[1].text, votes_in_words(row), row.figures[1].behind)
        for row in rows[:MOST_BARS]
        if row.figures[0].value
    ]
    chart = bar_chart(bars, label=finding, of=1) if bars else None
    return Answer(report, finding, title_of(by), vote_columns(), rows, total, chart)


# ── What they wrote with it ──

MOST_COMMENTS = 20


def latest_comments(filters: Filters, readable: QuerySet) -> list:
    """The newest votes with words, of the period and of these conversations."""
    from chatflows.models import SurveyAnswer

    scope = filters.scope
    rows = SurveyAnswer.objects.filter(answered_at__gte=scope.begins, answered_at__lt=scope.ends)
    rows = rows.filter(conversation__in=readable).exclude(comment="")
    narrowed = {
        "inbox__in": scope.inboxes, "channel__in": scope.channels, "channel_kind__in": scope.kinds,
        "agent__in": scope.members, "team__in": scope.teams, "version__chatflow__in": scope.chatflows,
    }  # fmt: skip
    rows = rows.filter(**{name: values for name, values in narrowed.items() if values})
    return list(rows.select_related("conversation").order_by("-answered_at")[:MOST_COMMENTS])
