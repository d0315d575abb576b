"""Turning clocks: each verb brings the clocks of one ticket to a moment of the log. Twice, and late, is harmless.

Inside the scope, with the ticket locked. A verb returns what changed: {goal: word of WHAT}.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from conversations.models import AuthorKind, Direction, Message, MessageKind
from inboxes.holidays import days_of
from inboxes.hours import Schedule
from inboxes.models import OpeningHours
from inboxes.opening import hours_of_channel, schedule_from
from inboxes.timetables import settings_of
from tickets.models import Goal, Role, SlaClock, SlaPolicy, SlaState, Stage, Ticket
from tickets.sla.clocks import Clock, in_time, moments, paused, resumed
from tickets.sla.policies import policy_of, promised, target_of

REPLIES = (Goal.FIRST, Goal.NEXT)
DONE = (SlaState.MET, SlaState.BREACHED)
YEARS = 3
Changes = dict[str, str]


# ── Beginning ──


def begin(ticket: Ticket, at: datetime) -> Changes:
    """Start what was promised and has no clock yet: the first reply and closing count from when it was made (SL-1)."""
    policy = policy_of(ticket)
    if policy is None or ticket.closed_at or ticket.merged_into_id or ticket.deleted_at:
        return {}
    known = set(ticket.clocks.values_list("goal", flat=True))
    changes: Changes = {}
    for goal, target in promised(policy, ticket):
        if goal in known or goal == Goal.NEXT:
            continue
        if goal == Goal.CLOSE:
            changes |= _start(ticket, policy, goal, target, ticket.created_at)
            if _pauses(ticket, ticket.stage):
                pause(ticket, at)
        elif ticket.conversations_count and not _answer(ticket, policy, before=ticket.created_at):
            changes |= _start(ticket, policy, goal, target, ticket.created_at)
    return changes


def asked(ticket: Ticket, at: datetime) -> Changes:
    """The customer wrote: from the first answer on, each time that they wait has a clock of its own."""
    policy = policy_of(ticket)
    if policy is None or ticket.closed_at or ticket.clocks.filter(goal__in=REPLIES, ended_at=None).exists():
        return {}
    target = target_of(policy, ticket, Goal.NEXT)
    waited = ticket.clocks.filter(goal__in=REPLIES, changed_at__gte=at).exists()
    if target is None or waited or not _answer(ticket, policy, before=at):
        return {}
    return _start(ticket, policy, Goal.NEXT, target, at)


def _start(ticket: Ticket, policy: SlaPolicy, goal: str, target: timedelta, at: datetime) -> Changes:
    hours = settings_of(_hours_for(ticket)) if policy.working_hours else None
    row = SlaClock(
        ticket=ticket,
        policy=policy,
        goal=goal,
        target=target,
        hours=hours,
        started_at=at,
        since=at,
        changed_at=at,
    )
    _aim(row)
    row.save()
    # The answer may have been told before what it answers.
    answer = _answer(ticket, policy, since=at) if goal in REPLIES else None
    if answer:
        return _end(row, answer.created_at)
    return {goal: "started"}


def _hours_for(ticket: Ticket) -> OpeningHours | None:
    """Those of the channel that it came by, else the workspace's."""
    tie = ticket.ties.select_related("conversation__channel").order_by("pk").first()
    if tie:
        return hours_of_channel(tie.conversation.channel)
    return OpeningHours.objects.of_workspace().first()


def _answer(
    ticket: Ticket, policy: SlaPolicy, *, since: datetime | None = None, before: datetime | None = None
) -> Message | None:
    """The first answer of a person after or before a moment; bots, rules and welcomes are none (SL-6)."""
    rows = Message.objects.filter(
        conversation__ticket_tie__ticket=ticket,
        direction=Direction.OUT,
        author_kind=AuthorKind.MEMBER,
        kind=MessageKind.MESSAGE,
    )
    if not policy.any_reply:
        rows = rows.exclude(member=None)
    if since:
        rows = rows.filter(created_at__gt=since)
    if before:
        rows = rows.filter(created_at__lt=before)
    return rows.order_by("created_at").first()


def is_answer(message: Message, policy: SlaPolicy | None) -> bool:
    """Written by a colleague; and here, unless what was written elsewhere counts too (SL-4)."""
    if message.author_kind != AuthorKind.MEMBER or message.kind != MessageKind.MESSAGE:
        return False
    return message.member_id is not None or bool(policy and policy.any_reply)


# ── Running ──


def answered(ticket: Ticket, at: datetime) -> Changes:
    changes: Changes = {}
    for row in ticket.clocks.filter(goal__in=REPLIES, ended_at=None, started_at__lte=at):
        changes |= _end(row, at)
    return changes


def staged(ticket: Ticket, stage: Stage | None, at: datetime) -> Changes:
    """SL-6: time to close stands still while we wait for the contact, where the pipeline says so."""
    if stage is None or stage.is_closed:
        return {}
    return pause(ticket, at) if _pauses(ticket, stage) else resume(ticket, at)


def _pauses(ticket: Ticket, stage: Stage) -> bool:
    return ticket.pipeline.pauses_close and stage.role == Role.CONTACT


def pause(ticket: Ticket, at: datetime) -> Changes:
    row = _close_clock(ticket, at)
    if row is None or row.since is None:
        return {}
    _set(row, paused(as_clock(row), at), at)
    return {row.goal: "paused"}


def resume(ticket: Ticket, at: datetime) -> Changes:
    row = _close_clock(ticket, at)
    if row is None or row.since is not None:
        return {}
    _set(row, resumed(as_clock(row), at), at)
    return {row.goal: "resumed"}


def _close_clock(ticket: Ticket, at: datetime) -> SlaClock | None:
    return ticket.clocks.filter(goal=Goal.CLOSE, ended_at=None, changed_at__lte=at).first()


# ── Ending, and beginning again ──


def closed(ticket: Ticket, at: datetime) -> Changes:
    """Closed in time or not; a reply that is still owed is owed no longer."""
    changes: Changes = {}
    for row in ticket.clocks.filter(ended_at=None, changed_at__lte=at):
        changes |= _end(row, at) if row.goal == Goal.CLOSE else _give_up(row, at, "closed")
    return changes


def reopened(ticket: Ticket, at: datetime, waits: bool) -> Changes:
    """SL-6: the time to close goes on where it stood; a next reply, when one is owed, begins anew."""
    if ticket.closed_at:
        return {}
    row = ticket.clocks.filter(goal=Goal.CLOSE).order_by("-pk").first()
    changes: Changes = {}
    if row and row.state in DONE and row.ended_at and row.ended_at <= at:
        row.ended_at, row.state = None, _late_or(row, SlaState.ACTIVE)
        _set(row, as_clock(row) if _pauses(ticket, ticket.stage) else resumed(as_clock(row), at), at)
        changes[row.goal] = "resumed"
    changes |= begin(ticket, at)
    policy = policy_of(ticket)
    target = target_of(policy, ticket, Goal.NEXT) if policy else None
    standing = ticket.clocks.filter(Q(ended_at=None) | Q(changed_at__gt=at), goal__in=REPLIES)
    if waits and policy and target and not standing.exists():
        changes |= _start(ticket, policy, Goal.NEXT, target, at)
    return changes


def _late_or(row: SlaClock, state: str) -> str:
    return str(SlaState.OVERDUE.value) if row.state == SlaState.BREACHED else str(state)


def recompute(ticket: Ticket, at: datetime) -> Changes:
    """SL-6: another priority (team, source, pipeline) may promise something else: reckoned from the start."""
    policy = policy_of(ticket)
    if policy is None:
        return {}
    changes: Changes = {}
    for row in ticket.clocks.filter(ended_at=None):
        target = target_of(policy, ticket, row.goal)
        if target is None:
            changes |= _give_up(row, at, "no_goal")
        elif target != row.target:
            row.target = target
            _set(row, as_clock(row), max(at, row.changed_at))
            changes[row.goal] = "recomputed"
    for row in ticket.clocks.filter(state=SlaState.CANCELLED, why="no_goal"):
        if target_of(policy, ticket, row.goal) and not _runs(ticket, row.goal):
            changes |= _take_back(ticket, row, policy)
    return changes | begin(ticket, at)


def _runs(ticket: Ticket, goal: str) -> bool:
    return ticket.clocks.filter(goal=goal, ended_at=None).exists()


def give_up(ticket: Ticket, at: datetime, why: str) -> Changes:
    changes: Changes = {}
    for row in ticket.clocks.filter(ended_at=None):
        changes |= _give_up(row, at, why)
    return changes


def take_back(ticket: Ticket, why: str) -> Changes:
    """What was given up because of something that is undone runs on, as if it never had stopped."""
    policy = policy_of(ticket)
    changes: Changes = {}
    if policy and not ticket.closed_at:
        for row in ticket.clocks.filter(state=SlaState.CANCELLED, why=why):
            if not _runs(ticket, row.goal):
                changes |= _take_back(ticket, row, policy)
    return changes


def _take_back(ticket: Ticket, row: SlaClock, policy: SlaPolicy) -> Changes:
    row.state = _told_by(row)
    row.ended_at, row.why = None, ""
    row.target = target_of(policy, ticket, row.goal) or row.target
    answer = _answer(ticket, policy, since=row.started_at) if row.goal in REPLIES else None
    if answer:
        return _end(row, answer.created_at)
    _set(row, as_clock(row), row.changed_at)
    return {row.goal: "resumed"}


def _told_by(row: SlaClock) -> str:
    """How far it had come when it was given up: what was told then is not told again."""
    until = row.ended_at or row.changed_at
    if row.due_at and row.due_at <= until:
        return str(SlaState.OVERDUE.value)
    soon = row.soon_at and row.soon_at <= until
    return str((SlaState.DUE_SOON if soon else SlaState.ACTIVE).value)


def _end(row: SlaClock, at: datetime) -> Changes:
    """Done, in time or too late."""
    late = row.state == SlaState.OVERDUE or not in_time(row.due_at, at)
    stopped = paused(as_clock(row), at)
    row.used, row.since = stopped.used, None
    row.state = SlaState.BREACHED if late else SlaState.MET
    row.ended_at, row.changed_at, row.watch_at = at, at, None
    row.save()
    return {row.goal: str(row.state)}


def _give_up(row: SlaClock, at: datetime, why: str) -> Changes:
    row.state, row.why = SlaState.CANCELLED, why
    row.ended_at, row.watch_at = at, None
    row.changed_at = max(at, row.changed_at)
    row.save()
    return {row.goal: "cancelled"}


# ── Rows and what reckons ──


def as_clock(row: SlaClock) -> Clock:
    return Clock(row.target, row.since, row.used, schedule_in(row))


def schedule_in(row: SlaClock) -> Schedule | None:
    if row.hours is None:
        return None
    told = row.hours
    begun = row.started_at.year
    last = max(begun, (row.since or row.started_at).year)
    holidays = days_of(told["country"], told["subdivision"], range(begun - 1, last + YEARS))
    return schedule_from(
        zone=told["time_zone"], weekly=told["weekly"], exceptions=told["exceptions"], holidays=holidays
    )


def _set(row: SlaClock, clock: Clock, at: datetime) -> None:
    row.since, row.used, row.changed_at = clock.since, clock.used, at
    _aim(row)
    row.save()


def _aim(row: SlaClock) -> None:
    """Reckon when it is due. What was told already is not told again, unless its time lies ahead once more."""
    found = moments(as_clock(row))
    was_late = row.state == SlaState.OVERDUE
    row.half_at, row.soon_at = found.half, found.soon
    if row.since is None:
        row.due_at, row.watch_at = (row.due_at if was_late else None), None
    elif was_late and found.due and found.due <= row.changed_at:
        row.due_at, row.watch_at = row.due_at or found.due, None
    elif row.state == SlaState.DUE_SOON and found.soon and found.soon <= row.changed_at:
        row.due_at, row.watch_at = found.due, found.due
    else:
        row.state, row.due_at = SlaState.ACTIVE, found.due
        row.watch_at = found.soon or found.due
