"""Whom a rule names, and for each the reason that keeps them from it, if there is one (RT-5, RT-6)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from inboxes.models import Inbox, InboxAccess, RoutingRule, RoutingTarget
from inboxes.routing.load import open_counts
from inboxes.routing.reasons import Not
from workspaces.models import Member
from workspaces.permissions import Permission


@dataclass(frozen=True)
class Candidate:
    """Somebody a rule may choose: what they hold now, and when it last was their turn."""

    member: Member
    open: int
    last: datetime | None


def named_by(rule: RoutingRule) -> Q:
    """The rule's members, and of its teams those whose main team it is (RT-5)."""
    targets = RoutingTarget.objects.filter(rule=rule)
    in_team = Q(places__team__in=targets.exclude(team=None).values("team"), places__is_main=True)
    return Q(pk__in=targets.exclude(member=None).values("member")) | in_team


def load(rule: RoutingRule, which: Q, *, locked: bool) -> list[Candidate]:
    """The members of a choice with what they hold. Who takes only so many is locked, so that two rules count on.

    The lock leaves others alone who only refer to the member; it is taken in the order of ids, under that of the rule.
    """
    here = Member.objects.active().filter(workspace_id=rule.workspace_id)
    ids = sorted(set(here.filter(which).values_list("pk", flat=True)))
    if locked:
        limited = Member.objects.filter(pk__in=ids).exclude(max_open=None).order_by("pk")
        list(limited.select_for_update(no_key=True).values_list("pk", flat=True))
    held = open_counts(ids)
    turns = dict(rule.turns.filter(member__in=ids).values_list("member", "last_assigned_at"))
    members = Member.objects.filter(pk__in=ids).order_by("pk")
    return [Candidate(member, held.get(member.pk, 0), turns.get(member.pk)) for member in members]


def workers(inbox: Inbox, members: Iterable[Member]) -> set[int]:
    """Of these, who may act in the inbox (AC-1). The same rule as Inbox.worked_by, asked once for all of them."""
    able = {member.pk for member in members if member.may(Permission.WORK)}
    if inbox.open_to_everyone or not able:
        return able
    let_in = InboxAccess.objects.filter(inbox=inbox)
    named = let_in.filter(member__in=able).values_list("member", flat=True)
    in_team = let_in.filter(team__members__in=able).values_list("team__members", flat=True)
    return able & {*named, *in_team}


def obstacle(
    one: Candidate, rule: RoutingRule, *, working: Collection[int], language: str, without: Collection[int]
) -> str:
    """The first reason why this one does not get it; "" when there is none. What lasts longest is said first."""
    member = one.member
    checks = (
        (Not.ACCESS, member.pk not in working),
        (Not.SEAT, not member.can_be_auto_assigned),
        (Not.LANGUAGE, rule.match_language and not speaks(member, language)),
        (Not.SKILL, not has_skills(member, rule.skills)),
        (Not.AWAY, not member.is_available()),
        (Not.FULL, member.max_open is not None and one.open >= member.max_open),
        (Not.UNANSWERED, member.pk in without),
    )
    return next((str(reason.value) for reason, applies in checks if applies), "")


def speaks(member: Member, language: str) -> bool:
    """What nobody knows the language of, anybody can read. "fr-CA" is French."""
    base = language.lower().split("-")[0]
    return not base or base in {str(code).lower().split("-")[0] for code in member.languages}


def has_skills(member: Member, wanted: Iterable[str]) -> bool:
    return {word.casefold() for word in wanted} <= {str(word).casefold() for word in member.skills}
