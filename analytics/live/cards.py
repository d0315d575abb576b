"""The live board as reports, for dashboards: the figures of this moment, its inboxes, its people."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import spell
from analytics.filters import Filters
from analytics.live.board import Board, board_of
from analytics.reports import figures
from analytics.reports.base import Answer, Book, Column, Figure, Report, Row
from workspaces.models import Workspace, hue_of, initials_of
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Now:
    """The board, and where its numbers lead: to the lists that they lead to on its own page."""

    board: Board
    slug: str

    def listed(self, **asked: object) -> str:
        """What is counted, without the filters of the page: these cards have none."""
        return f"{reverse('analytics:behind', args=[self.slug])}?{urlencode(asked)}"

    def view(self, name: str) -> str:
        return reverse("conversations:inbox", args=[self.slug, name])

    def tickets(self, due: str) -> str:
        return f"{reverse('tickets:table', args=[self.slug])}?due={due}"


def _board(_filters: Filters) -> Now:
    """Once for all cards of a page."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    return Now(board_of(workspace), workspace.slug)


def _words(text: str) -> Figure:
    return Figure(1, text, text)


def _leads(figure: Figure, url: str) -> Figure:
    """Nothing stands behind a nought."""
    return replace(figure, url=url) if figure.value else figure


def _now(report: Report, book: Book) -> Answer:
    now: Now = book.loaded[report.key]
    board = now.board
    waiting, promises = board.waiting, board.promises
    longest = _("longest %(time)s") % {"time": waiting.words} if waiting.n else _("nobody waits")
    available = f"{spell.number(board.available)} / {spell.number(len(board.agents))}"
    said = [
        (_("Waiting for a reply"), _leads(figures.count(waiting.n), now.listed(what="waiting_now")), longest),
        (_("Open conversations"), _leads(figures.count(board.counts["open"]), now.view("open")), ""),
        (_("Unassigned"), _leads(figures.count(board.counts["unassigned"]), now.view("unassigned")), ""),
        (_("Available"), Figure(board.available, available, str(board.available)), ""),
        (_("Service levels"), _leads(figures.count(promises.late), now.tickets("late")), _("overdue")),
        ("", _leads(figures.count(promises.soon), now.tickets("pressing")), _("due soon")),
    ]
    for one in board.today:
        beside = _("yesterday at this time: %(n)s") % {"n": spell.number(one.before)}
        today = _leads(figures.count(one.today), now.listed(period="today", what=one.kind))
        said.append((one.label, today, beside))
    rows = tuple(Row(title or _("Service levels"), (figure, _words(words))) for title, figure, words in said)
    finding = ngettext(
        "%(n)s conversation waits for a reply", "%(n)s conversations wait for a reply", waiting.n
    ) % {"n": spell.number(waiting.n)}
    columns = (Column("n", _("Now")), Column("beside", _("Beside it")))
    return Answer(report, finding if waiting.n else _("Nobody waits for a reply"), _("Figure"), columns, rows)


def _inboxes(report: Report, book: Book) -> Answer:
    now: Now = book.loaded[report.key]
    board = now.board
    rows = tuple(
        Row(
            place.inbox.name,
            (
                _leads(figures.count(place.waiting.n), now.listed(inbox=place.inbox.pk, what="waiting_now")),
                _words(place.waiting.words or spell.NONE),
                figures.count(place.counts["unassigned"]),
                _leads(
                    figures.count(place.counts["open"]), now.listed(inbox=place.inbox.pk, what="open_now")
                ),
            ),
            key=str(place.inbox.pk),
        )
        for place in board.places
    )
    columns = (
        Column("waiting", _("Waiting")),
        Column("longest", _("Longest"), wide=True),
        Column("unassigned", _("Unassigned")),
        Column("open", _("Open conversations")),
    )
    n = board.counts["open"]
    finding = ngettext("%(n)s conversation is open", "%(n)s conversations are open", n) % {
        "n": spell.number(n)
    }
    return Answer(report, finding, _("Inbox"), columns, rows)


def _people(report: Report, book: Book) -> Answer:
    now: Now = book.loaded[report.key]
    board = now.board
    most = max((agent.open for agent in board.agents), default=0)
    rows = tuple(
        Row(
            agent.member.display_name,
            (
                _words(_("Available") if agent.is_available else _("Away")),
                _leads(
                    figures.count(agent.open, of=most),
                    now.listed(by="member", value=agent.member.pk, what="open_now"),
                ),
            ),
            person={
                "initials": initials_of(agent.member.display_name),
                "hue": hue_of(agent.member.display_name),
            },
            key=str(agent.member.pk),
        )
        for agent in board.agents
    )
    finding = ngettext(
        "%(n)s person is available", "%(n)s people are available", board.available
    ) % {"n": spell.number(board.available)}  # fmt: skip
    return Answer(
        report, finding, _("Agent"), (Column("status", _("Status")), Column("open", _("Open conversations"))), rows
    )  # fmt: skip


MEANING = gettext_lazy(
    "As on the live board: all inboxes at this moment. Filters change nothing about it; today’s numbers follow within a minute."
)
CARDS = {
    report.key: report
    for report in (
        Report("now", gettext_lazy("Figures of this moment"), MEANING, _now, (), load=_board, is_now=True, is_live=True),
        Report("now-inboxes", gettext_lazy("Inboxes at this moment"), MEANING, _inboxes, (), load=_board, is_now=True, is_live=True),
        Report("now-people", gettext_lazy("People at this moment"), MEANING, _people, (), load=_board, is_now=True, is_live=True),
    )
}  # fmt: skip
