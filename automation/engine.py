"""Which rules an event or an hour sets off, and each of them once: match, guard, act, note down.

All rules of one event are asked in one query, about the conversation as it then is; what the earlier ones do is an event of
its own, which other rules may react to. What a rule does carries its cause, and with it the chain of rules that led there.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone, translation

from automation import conditions, of_tickets, triggers
from automation.models import Outcome, Rule, RuleRun
from conversations import deeds
from conversations.actions import lock
from conversations.conditions import Asked
from conversations.models import Conversation
from events.cause import Cause as Because
from events.dispatch import on_request
from events.models import Event
from tickets.actions.base import lock as lock_ticket
from tickets.models import Ticket
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

DEEPEST = 5  # rules that lead to one another
OFTEN, WITHIN = 20, timedelta(hours=1)  # how often one rule may take one conversation


@dataclass(frozen=True)
class Cause:
    """What sets a rule off: an event, or an episode of waiting; with the rules that led to it."""

    trigger: str
    event_id: int | None = None
    episode: str = ""
    message_id: int | None = None
    chain: tuple[int, ...] = ()


@dataclass(frozen=True)
class Subject:
    """Whom a rule acts on: a conversation, or a ticket that has none."""

    conversation: int | None = None
    ticket: int | None = None

    @classmethod
    def of(cls, event: Event) -> "Subject":
        if event.conversation_id:
            return cls(conversation=event.conversation_id)
        return cls(ticket=event.payload.get("ticket"))

    def __bool__(self) -> bool:
        return bool(self.conversation or self.ticket)

    def lock(self) -> Conversation | Ticket:
        """Whoever writes to it locks it first: what happens to it until we commit is our own doing."""
        if self.conversation:
            return lock(Conversation(pk=self.conversation))
        return lock_ticket(Ticket(pk=self.ticket))


@on_request
def run_rules(event: Event) -> None:
    """Reaction: the workspace's rules for this event, in their order. Twice is harmless: each keeps one run an event."""
    with workspace_scope(event.workspace_id):
        rules = list(Rule.objects.on().filter(trigger__in=triggers.keys_of(event)).in_order())
        subject = Subject.of(event)
        if not rules or not subject:
            return
        chain = chain_of(event)
        met = _matching(subject, rules, event.payload.get("message"))
    again = None
    for rule in rules:
        if rule.pk not in met or rule.pk in chain:
            continue
        cause = Cause(rule.trigger, event.pk, message_id=event.payload.get("message"), chain=tuple(chain))
        try:
            fire(event.workspace_id, rule, subject, cause, met[rule.pk])
        except OperationalError as error:  # two that wait for each other: the queue comes again
            again = error
        if rule.stop_here:
            break
    if again:
        raise again


def chain_of(event: Event) -> list[int]:
    """The rules whose deeds led to this event, the first of them first."""
    cause = event.payload.get("cause") or {}
    return [*cause.get("chain", []), *([cause["id"]] if cause.get("kind") == "rule" else [])]


def _matching(subject: Subject, rules: Sequence[Rule], message_id: int | None) -> dict[int, list[dict]]:
    if subject.conversation:
        return matching(subject.conversation, rules, message_id)
    return of_tickets.matching(subject.ticket or 0, rules)


def free():
    """What rules may take: a channel may say that none shall act on what comes in by it (FO-6)."""
    return Conversation.objects.present().exclude(channel__config__contains={"automation": False})


def matching(
    conversation_id: int, rules: Sequence[Rule], message_id: int | None = None
) -> dict[int, list[dict]]:
    """The rules whose conditions a conversation meets, with the lines that were met. One query, whatever their number."""
    asked = Asked(0, timezone.now(), message_id)
    row = free().filter(pk=conversation_id)
    return conditions.met_by(row, rules, partial(conditions.to_q, asked=asked), conditions.met_lines)


def fire(
    workspace_id: int, rule: Rule, subject: Subject, cause: Cause, matched: list[dict]
) -> RuleRun | None:
    """Do what a rule says, in a transaction of its own. What goes wrong is noted and stops no other rule.

    None when it was done already. Raises OperationalError, which another try may mend.
    """
    began = time.monotonic()
    try:
        with workspace_scope(workspace_id):
            return _act(rule, subject, cause, matched, began)
    except OperationalError:
        raise
    except Exception as error:
        told = {"conversation_id": subject.conversation, "ticket_id": subject.ticket}
        log.exception("rule_failed", rule_id=rule.pk, **told)
        with workspace_scope(workspace_id):
            run = _new_run(rule, subject, cause, matched)
            return _once(run, outcome=Outcome.FAILED, error=f"{type(error).__name__}: {error}"[:500])


def _act(rule: Rule, subject: Subject, cause: Cause, matched: list[dict], began: float) -> RuleRun | None:
    row = subject.lock()
    held = _held_because(rule, subject, cause)
    if held == "again":
        return None
    run = _new_run(rule, subject, cause, matched)
    if held:
        return _once(run, outcome=Outcome.HELD, error=held)
    if _once(run) is None:
        return None
    carry_out(run, row)
    run.took_ms = round((time.monotonic() - began) * 1000)
    run.save()
    return run


def carry_out(run: RuleRun, row: Conversation | Ticket) -> None:
    """The deeds of a run that are not done yet. Inside the scope, with the row locked."""
    known = run.outcomes or [{"done": False}] * len(run.deeds)
    left = [n for n, was in enumerate(known) if not was["done"]]
    because = Because(kind="rule", pk=run.rule_id or 0, name=run.rule_name, chain=tuple(run.chain))
    wanted, key = [run.deeds[n] for n in left], f"rule:{run.pk}"
    with translation.override(row.workspace.language):
        if isinstance(row, Ticket):
            done = of_tickets.apply(row, wanted, cause=because, key=key)
        else:
            done = deeds.apply(row, wanted, actor=None, cause=because, key=key)
    for n, outcome in zip(left, done, strict=True):
        known[n] = {"done": outcome.done, "why": outcome.why[:500]}
    run.outcomes = known
    refused = [told["why"] for told in known if not told["done"]]
    run.outcome, run.error = (Outcome.FAILED, refused[0][:500]) if refused else (Outcome.DONE, "")


def _held_because(rule: Rule, subject: Subject, cause: Cause) -> str:
    """A guard's word, empty when nothing speaks against it; "again" when that has been said within the hour."""
    if len(cause.chain) >= DEEPEST:
        return "deep"
    recent = rule.runs.filter(conversation=subject.conversation, ticket=subject.ticket)
    recent = recent.filter(created_at__gt=timezone.now() - WITHIN)
    outcomes = list(recent.order_by("-pk").values_list("outcome", "error")[: OFTEN + 1])
    if (Outcome.HELD, "often") in outcomes:
        return "again"
    return "often" if len(outcomes) >= OFTEN else ""


def _new_run(rule: Rule, subject: Subject, cause: Cause, matched: list[dict]) -> RuleRun:
    return RuleRun(
        rule=rule,
        rule_name=rule.name,
        version=rule.version,
        trigger=cause.trigger,
        conversation_id=subject.conversation,
        ticket_id=subject.ticket,
        event_id=cause.event_id,
        episode=cause.episode,
        matched=matched,
        deeds=rule.deeds,
        chain=list(cause.chain),
        stopped=rule.stop_here,
    )


def _once(run: RuleRun, **told) -> RuleRun | None:
    """Write the run down; None when one for the same cause stands already."""
    for name, value in told.items():
        setattr(run, name, value)
    same = (
        Q(event_id=run.event_id) if run.event_id else Q(conversation=run.conversation_id, episode=run.episode)
    )
    if RuleRun.objects.filter(same, rule=run.rule_id).exists():
        return None
    run.save()
    return run


def try_again(run: RuleRun) -> RuleRun:
    """What was refused, once more; what was done stays done. Inside the scope."""
    row = Subject(run.conversation_id, run.ticket_id).lock()
    run = RuleRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.outcome == Outcome.FAILED:
        carry_out(run, row)
        run.save()
    return run
