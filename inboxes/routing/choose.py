"""One attempt to find somebody: the owner or the people of a rule, by its strategy."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q
from django.utils import timezone

from inboxes.models import Channel, Inbox, OwnerFallback, RoutingMode, RoutingRule, Strategy
from inboxes.routing import hours
from inboxes.routing.candidates import Candidate, load, named_by, obstacle, workers
from inboxes.routing.reasons import Not, Why
from workspaces.models import Member

NEVER = datetime.min.replace(tzinfo=UTC)
HOW = {Strategy.ROUND_ROBIN: Why.TURN, Strategy.LEAST_OPEN: Why.FEWEST, Strategy.RANDOM: Why.CHANCE}


@dataclass(frozen=True)
class Question:
    """What is to be given out: where it stands, through which channel it came, and what is known of who asks."""

    inbox: Inbox
    channel: Channel | None = None
    language: str = ""
    owner: int | None = None


@dataclass(frozen=True)
class Passed:
    """Somebody who did not get it, and the word of reasons.Not that says why."""

    member: Member
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Who gets it (or nobody), the word of reasons.Why, everybody else, and an owner who has to be told (RT-8)."""

    member: Member | None = None
    why: str = str(Why.OFF.value)
    passed: tuple[Passed, ...] = ()
    missed: Member | None = None


def choose(rule: RoutingRule, question: Question, *, without: Collection[int] = ()) -> Outcome:
    """Decide under the lock of the rule: nobody else decides by it until this transaction ends."""
    rule = RoutingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    return _decide(rule, question, without, locked=True)


def look(rule: RoutingRule, question: Question) -> Outcome:
    """Who would get the next one, without taking the turn."""
    return _decide(rule, question, (), locked=False)


def _decide(rule: RoutingRule, question: Question, without: Collection[int], *, locked: bool) -> Outcome:
    if not rule.gives():
        return Outcome()
    if not hours.is_open(question.channel, timezone.now()):
        return Outcome(why=str(Why.CLOSED.value))
    if rule.mode == RoutingMode.OWNER:
        return _by_owner(rule, question, without, locked=locked)
    return _by_people(rule, question, without, locked=locked)


def _by_people(rule: RoutingRule, question: Question, without: Collection[int], *, locked: bool) -> Outcome:
    able, passed = _sorted_out(rule, question, named_by(rule), without, locked=locked)
    if not able:
        return Outcome(None, str(Why.NOBODY.value), tuple(passed))
    chosen = _pick(rule.strategy, able)
    passed += [Passed(one.member, str(Not.TURN.value)) for one in able if one is not chosen]
    return Outcome(chosen.member, str(HOW[Strategy(rule.strategy)].value), tuple(passed))


def _by_owner(rule: RoutingRule, question: Question, without: Collection[int], *, locked: bool) -> Outcome:
    """RT-8: the owner; else as the rule says."""
    able, passed = _sorted_out(rule, question, Q(pk=question.owner), without, locked=locked)
    if able:
        return Outcome(able[0].member, str(Why.OWNER.value))
    owner = passed[0].member if passed else None
    fallback = OwnerFallback(rule.owner_fallback)
    if fallback == OwnerFallback.PEOPLE:
        found = _by_people(rule, question, {*without, *([owner.pk] if owner else [])}, locked=locked)
        others = tuple(one for one in found.passed if owner is None or one.member.pk != owner.pk)
        return Outcome(found.member, found.why, (*passed, *others))
    if owner is None:
        return Outcome(None, str(Why.NO_OWNER.value))
    # "All the same" is about being away or busy: nobody is given what they may not see.
    if fallback == OwnerFallback.ANYWAY and passed[0].reason in (Not.AWAY, Not.FULL, Not.LANGUAGE, Not.SKILL):
        return Outcome(owner, str(Why.OWNER.value))
    return Outcome(None, str(Why.OWNER_MISSED.value), tuple(passed), missed=owner)


def _sorted_out(
    rule: RoutingRule, question: Question, which: Q, without: Collection[int], *, locked: bool
) -> tuple[list[Candidate], list[Passed]]:
    """Who of a choice of members can take it, and who cannot."""
    candidates = load(rule, which, locked=locked)
    working = workers(question.inbox, [one.member for one in candidates])
    able, passed = [], []
    for one in candidates:
        reason = obstacle(one, rule, working=working, language=question.language, without=without)
        if reason:
            passed.append(Passed(one.member, reason))
        else:
            able.append(one)
    return able, passed


def _pick(strategy: str, able: list[Candidate]) -> Candidate:
    """RT-7. The order is the same for everybody who looks, except at random."""
    if strategy == Strategy.RANDOM:
        return secrets.choice(able)
    if strategy == Strategy.LEAST_OPEN:
        return min(able, key=lambda one: (one.open, one.last or NEVER, one.member.pk))
    return min(able, key=lambda one: (one.last or NEVER, one.open, one.member.pk))
