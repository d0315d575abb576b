"""What an inbox promises: which goals a ticket has, and the verb that puts a new promise in place of the old one."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from inboxes.models import Inbox
from tickets.models import Goal, MadeBy, SlaPolicy, Ticket
from tickets.sla import interest
from workspaces.audit import note
from workspaces.models import Member

KEPT = ("on", "working_hours", "goals", "lines", "counts_all", "any_reply")
BY_MACHINES = (MadeBy.BOT, MadeBy.RULE, MadeBy.API)


def current(inbox: Inbox) -> SlaPolicy | None:
    return SlaPolicy.objects.filter(inbox=inbox, retired_at=None).first()


def told_of(policy: SlaPolicy | None) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in KEPT} if policy else {}


@transaction.atomic
def save_policy(inbox: Inbox, *, by: Member | None, **settings: Any) -> SlaPolicy:
    """From now on new tickets go by this; those that are there keep what they began with (SL-6)."""
    standing = SlaPolicy.objects.select_for_update().filter(inbox=inbox, retired_at=None).first()
    if standing and told_of(standing) == told_of(standing) | settings:
        return standing
    now = timezone.now()
    if standing:
        standing.retired_at = now
        standing.save(update_fields=["retired_at"])
    made = SlaPolicy.objects.create(inbox=inbox, made_by=by, created_at=now, **(told_of(standing) | settings))
    if made.on:
        interest.ask()
    note("sla.changed", inbox, told_of(standing), told_of(made))
    return made


def policy_of(ticket: Ticket) -> SlaPolicy | None:
    """What it began with; None when nothing was promised for it (SL-4)."""
    begun = ticket.clocks.exclude(policy=None).select_related("policy").order_by("pk").first()
    if begun:
        return begun.policy
    if ticket.inbox_id is None:
        return None
    then = _in_force(ticket.inbox_id, ticket.created_at)
    return then if then and then.on and _counts(then, ticket) else None


def _in_force(inbox_id: int, at: datetime) -> SlaPolicy | None:
    rows = SlaPolicy.objects.filter(inbox=inbox_id, created_at__lte=at).exclude(retired_at__lte=at)
    return rows.order_by("-pk").first()


def _counts(policy: SlaPolicy, ticket: Ticket) -> bool:
    """SL-4: in the narrow sense only what a channel made, or a person made of a conversation."""
    if policy.counts_all:
        return True
    if ticket.made_by in BY_MACHINES:
        return False
    made = ticket.history.filter(event__type="ticket.created", event__conversation_id__isnull=False)
    return ticket.made_by == MadeBy.CHANNEL or made.exists()


def target_of(policy: SlaPolicy, ticket: Ticket, goal: str) -> timedelta | None:
    """How long the goal gives; the first line that fits is what counts, and it may give none (SL-2)."""
    minutes = goals_of(policy, ticket).get(goal)
    return timedelta(minutes=minutes) if minutes else None


def goals_of(policy: SlaPolicy, ticket: Ticket) -> dict[str, int]:
    lines = policy.lines
    teams: set[str] = set()
    if any(line["by"] == "team" for line in lines):
        teams = {str(pk) for pk in ticket.team_marks.values_list("team", flat=True)}
    of = {
        "priority": {ticket.priority},
        "source": {ticket.source},
        "pipeline": {str(ticket.pipeline_id)},
        "team": teams,
    }
    fits = (line["goals"] for line in lines if line["is"] in of.get(line["by"], ()))
    return next(fits, policy.goals)


def promised(policy: SlaPolicy, ticket: Ticket) -> list[tuple[str, timedelta]]:
    """The goals that the ticket has."""
    known = goals_of(policy, ticket)
    return [(goal, timedelta(minutes=known[goal])) for goal in Goal.values if known.get(goal)]
