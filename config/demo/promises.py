"""The demo's promises: the clocks of its tickets, as running them since their beginning would have left them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from config.demo.orders import QUICK, SLOW
from tickets.models import SlaClock, SlaPolicy, SlaState, Ticket
from tickets.sla.clocks import Clock, moments
from tickets.sla.shown import show

WRITTEN = ("email", "form")


def run_clocks(tickets: Iterable[Ticket], now: datetime) -> None:
    """Two a ticket, where its inbox promises something: the first reply, and the closing."""
    policies = {policy.inbox_id: policy for policy in SlaPolicy.objects.all()}
    mine = [ticket for ticket in tickets if ticket.inbox_id in policies]
    rows = []
    for ticket in mine:
        goals = SLOW if ticket.source in WRITTEN else QUICK
        about = {"ticket": ticket, "policy": policies[ticket.inbox_id], "workspace_id": ticket.workspace_id}
        ends = {"first": ticket.first_reply_at, "close": ticket.closed_at}
        rows += [_clock(goal, goals[goal], ticket.created_at, end, now, about) for goal, end in ends.items()]
    SlaClock.objects.bulk_create(rows)
    for ticket in mine:
        if not ticket.closed_at:
            show(ticket)


def _clock(
    goal: str, minutes: int, began: datetime, ended: datetime | None, now: datetime, about: dict
) -> SlaClock:
    target = timedelta(minutes=minutes)
    at = moments(Clock(target, began))
    assert at.due and at.soon  # around the clock every moment comes
    late = (ended or now) > at.due
    state = SlaState.ACTIVE
    if ended:
        state = SlaState.BREACHED if late else SlaState.MET
    elif late:
        state = SlaState.OVERDUE
    elif at.soon <= now:
        state = SlaState.DUE_SOON
    watch = None if ended or late else at.due if state == SlaState.DUE_SOON else at.soon
    return SlaClock(
        goal=goal, state=state, target=target, started_at=began, since=None if ended else began, changed_at=ended or began, used=(ended - began) if ended else timedelta(),
        half_at=at.half, soon_at=at.soon, due_at=at.due, watch_at=watch, ended_at=ended, **about,
    )  # fmt: skip
