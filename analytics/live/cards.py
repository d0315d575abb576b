"""The live board as reports, for dashboards: the figures of this moment, its inboxes, its people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics import spell
from analytics.filters import Filters
from analytics.live.board import Board, board_of
from analytics.reports import figures
from analytics.reports.base import Answer, Book, Column, Figure, Report, Row
from workspaces.models import Workspace, hue_of, initials_of
from workspaces.scope import current_workspace_id


def _board(_filters: Filters) -> Board:
    """Once for all cards of a page."""
    return board_of(Workspace.objects.get(pk=current_workspace_id()))


def _words(text: str) -> Figure:
    return Figure(1, text, text)


def _now(report: Report, book: Book) -> Answer:
    board: Board = book.loaded[report.key]
    waiting, promises = board.waiting, board.promises
    longest = _("longest %(time)s") % {"time": waiting.words} if waiting.n else _("nobody waits")
    available = f"{spell.number(board.available)} / {spell.number(len(board.agents))}"
    said = [
        (_("Waiting for a reply"), figures.count(waiting.n), longest),
        (_("Open conversations"), figures.count(board.counts["open"]), ""),
        (_("Unassigned"), figures.count(board.counts["unassigned"]), ""),
        (_("Available"), Figure(board.available, available, str(board.available)), ""),
        (_("Service levels"), figures.count(promises.late), _("overdue")),
        ("", figures.count(promises.soon), _("due soon")),
    ]
    for one in board.today:
        beside = _("yesterday at this time: %(n)s") % {"n": spell.number(one.before)}
        said.append((one.label, figures.count(one.today), beside))
    rows = tuple(Row(title or _("Service levels"), (figure, _words(words))) for title, figure, words in said)
    finding = ngettext(
        "%(n)s conversation waits for a reply", "%(n)s conversations wait for a reply", waiting.n
    ) % {"n": spell.number(waiting.n)}
    columns = (Column("n", _("Now")), Column("beside", _("Beside it")))
    return Answer(report, finding if waiting.n else _("Nobody waits for a reply"), _("Figure"), columns, rows)


def _inboxes(report: Report, book: Book) -> Answer:
    board: Board = book.loaded[report.key]
    rows = tuple(
        Row(
            place.inbox.name,
            (
                figures.count(place.waiting.n),
                _words(place.waiting.words or spell.NONE),
                figures.count(place.counts["unassigned"]),
                figures.count(place.counts["open"]),
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
    board: Board = book.loaded[report.key]
    most = max((agent.open for agent in board.agents), default=0)
    rows = tuple(
        Row(
            agent.member.display_name,
            (
                _words(_("Available") if agent.is_available else _("Away")),
                figures.count(agent.open, of=most),
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
