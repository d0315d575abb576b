"""What is due next of a ticket, kept on it and on its conversations: lists, boards and rows ask nothing more for it."""

from collections.abc import Sequence

from django.db.models import F

from conversations.due import due_of
from conversations.models import Conversation
from tickets.models import Goal, SlaClock, SlaState, Ticket

KEPT = ("due_half_at", "due_soon_at", "due_at")
ENDED = (SlaState.MET, SlaState.BREACHED)


def show(ticket: Ticket) -> None:
    """Write it down where it changed. Inside the scope, the ticket locked."""
    rows = ticket.clocks.filter(ended_at=None, since__isnull=False, due_at__isnull=False)
    first = rows.order_by("due_at").values_list("half_at", "soon_at", "due_at").first()
    told = dict(zip(KEPT, first or (None, None, None), strict=True))
    if any(getattr(ticket, name) != value for name, value in told.items()):
        Ticket.objects.filter(pk=ticket.pk).update(version=F("version") + 1, **told)
        for name, value in told.items():
            setattr(ticket, name, value)
    stale = Conversation.objects.filter(ticket_tie__ticket=ticket).exclude(**_same(told))
    ids = list(stale.values_list("pk", flat=True))
    if ids:
        Conversation.objects.filter(pk__in=ids).update(version=F("version") + 1, **told)


def _same(told: dict) -> dict:
    return {
        (f"{name}__isnull" if value is None else name): (value is None or value)
        for name, value in told.items()
    }


def marks(tickets: Sequence[Ticket]) -> dict[int, dict]:
    """For cards, lines and pages of tickets (tickets/queries/marks.py): no query."""
    found = {}
    for ticket in tickets:
        due = due_of(ticket)
        if due:
            found[ticket.pk] = {
                "due": due.state,
                "words": due.words,
                "left": due.left,
                "at": due.at,
                "fuse": due,
            }
    return found


def clocks_of(ticket: Ticket) -> list[dict]:
    """Every goal of a ticket, the newest of each, as its page shows them: one query."""
    newest: dict[str, SlaClock] = {}
    for row in ticket.clocks.order_by("pk"):
        newest[row.goal] = row
    return [_told(newest[goal]) for goal in Goal.values if goal in newest]


def _told(row: SlaClock) -> dict:
    return {
        "goal": row.goal,
        "label": str(Goal(row.goal).label),
        "state": row.state,
        "state_words": str(SlaState(row.state).label),
        "tone": TONES.get(row.state, ""),
        "due_at": row.due_at if row.ended_at is None else None,
        "ended_at": row.ended_at if row.state in ENDED else None,
        "stands": row.ended_at is None and row.since is None,
    }


TONES = {
    SlaState.DUE_SOON: "warn",
    SlaState.OVERDUE: "bad",
    SlaState.BREACHED: "bad",
    SlaState.MET: "ok",
}
