"""Give a conversation to somebody by the rule of its channel, and write down why (RT-6 to RT-13)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from conversations.actions.base import lock
from conversations.actions.state import assign
from conversations.models import Conversation, ConversationDetail, Direction, Occasion, RoutingDecision
from events.record import record
from events.types import CONVERSATION_OWNER_MISSED
from inboxes.models import Inbox, RoutingRule
from inboxes.routing import Outcome, Question, choose, mark_turn
from inboxes.routing.reasons import Why
from workspaces.models import Member

# By these the turn was used up; an owner gets what is theirs out of turn.
BY_TURN = {str(why.value) for why in (Why.TURN, Why.FEWEST, Why.CHANCE)}
# A conversation that nobody answers goes no further than this.
MOST_MOVES = 5


@transaction.atomic
def route(conversation: Conversation, *, occasion: str = Occasion.STARTED) -> RoutingDecision | None:
    """Give out what nobody has. None when there is nothing to decide: no rule, or somebody has it by now (RT-2, RT-11)."""
    rule = rule_for(conversation)
    if rule is None or not rule.gives():
        return None
    conversation = lock(conversation)
    if not is_up_for_routing(conversation):
        return None
    if occasion == Occasion.STARTED and conversation.decisions.filter(occasion=occasion).exists():
        return None  # it ran already: reactions may run twice
    return _give(conversation, rule, occasion)


def rule_for(conversation: Conversation) -> RoutingRule | None:
    """That of the chatflow with which it began (LC-4), else that of its channel."""
    flow = ConversationDetail.objects.filter(conversation=conversation.pk, chatflow__isnull=False)
    rules = RoutingRule.objects.filter(
        Q(channel=conversation.channel_id) | Q(chatflow__in=flow.values("chatflow"))
    )
    return rules.order_by(F("chatflow").asc(nulls_last=True)).first()


@transaction.atomic
def route_by(conversation: Conversation, rule: RoutingRule, *, occasion: str) -> RoutingDecision | None:
    """The same by a rule that is not the channel's own."""
    conversation = lock(conversation)
    return _give(conversation, rule, occasion) if is_up_for_routing(conversation) else None


def is_up_for_routing(conversation: Conversation) -> bool:
    """Open, present, nobody's (no bot's either), and somebody waits: no spam, no filtered mail, no machine (SP-7)."""
    free = conversation.bot_since is None
    nobodys = free and conversation.assignee_id is None and conversation.team_id is None
    is_present = conversation.place() == "open" and conversation.merged_into_id is None
    return nobodys and is_present and conversation.waits_for_us()


@transaction.atomic
def route_reopened(conversation: Conversation) -> RoutingDecision | None:
    """An answer opened it again: it stays with its owner, unless they are gone (RT-11) or, if the rule says so, away."""
    rule = rule_for(conversation)
    conversation = lock(conversation)
    owner = conversation.assignee
    if owner is None:
        return route(conversation, occasion=Occasion.REOPENED)
    if not conversation.waits_for_us() or conversation.place() != "open":
        return None
    gone = not _works_here(owner, conversation)
    if not gone and (rule is None or not rule.reroute_reopened_if_owner_away or owner.is_available()):
        return None
    decision = None
    if rule is not None and rule.gives():
        decision = _give(conversation, rule, Occasion.REOPENED, without={owner.pk})
    if gone and (decision is None or decision.chosen_id is None):
        assign(conversation, to=None, by=None, reason="member_left")
    return decision


def _works_here(member: Member, conversation: Conversation) -> bool:
    if member.deactivated_at is not None:
        return False
    return Inbox.objects.worked_by(member).filter(pk=conversation.inbox_id).exists()


@transaction.atomic
def route_unanswered(decision_id: int) -> RoutingDecision | None:
    """Whoever got it did not answer in time: somebody else, if there is one; else it stays and is looked at again (RT-13)."""
    due = RoutingDecision.objects.select_for_update(skip_locked=True, of=("self",)).select_related("rule")
    decision = due.filter(pk=decision_id, recheck_at__lte=timezone.now()).first()
    if decision is None:
        return None
    decision.recheck_at, moved, rule = None, None, decision.rule
    conversation = lock(decision.conversation)
    if rule and rule.reassign_unanswered_after_minutes and _is_unanswered(conversation, decision):
        moved = _give(conversation, rule, Occasion.UNANSWERED, without={decision.chosen_id})
        decision.recheck_at = None if moved else _recheck_at(rule)
    decision.save(update_fields=["recheck_at"])
    return moved


def _is_unanswered(conversation: Conversation, decision: RoutingDecision) -> bool:
    """Still theirs, still open, and nobody of us wrote since."""
    if conversation.assignee_id != decision.chosen_id or conversation.place() != "open":
        return False
    moves = conversation.decisions.filter(occasion=Occasion.UNANSWERED).count()
    if not conversation.waits_for_us() or moves >= MOST_MOVES:
        return False
    ours = conversation.messages.filter(direction=Direction.OUT, author_kind="member")
    return not ours.filter(created_at__gte=decision.created_at).exists()


def _give(
    conversation: Conversation, rule: RoutingRule, occasion: str, *, without: Collection[int] = ()
) -> RoutingDecision | None:
    outcome = choose(rule, question_of(conversation), without=without)
    if outcome.member is None and occasion in (Occasion.DRAINED, Occasion.UNANSWERED):
        return None  # nothing changed, and the next look may be in a minute
    if outcome.member:
        if outcome.why in BY_TURN:
            mark_turn(rule, outcome.member)
        assign(conversation, to=outcome.member, by=None, reason=f"routing:{occasion}")
    if outcome.missed:
        record(CONVERSATION_OWNER_MISSED, conversation, owner=outcome.missed.pk)
    return _write(conversation, rule, occasion, outcome)


def question_of(conversation: Conversation) -> Question:
    contact = conversation.contact
    return Question(
        inbox=conversation.inbox,
        channel=conversation.channel,
        language=conversation.language or (contact.language if contact else ""),
        owner=contact.owner_id if contact else None,
    )


def _write(conversation: Conversation, rule: RoutingRule, occasion: str, outcome: Outcome) -> RoutingDecision:
    return RoutingDecision.objects.create(
        conversation=conversation,
        rule=rule,
        occasion=occasion,
        rule_then=_rule_then(rule, conversation),
        chosen=outcome.member,
        reason=outcome.why,
        passed=[{"member": one.member.pk, "reason": one.reason} for one in outcome.passed],
        recheck_at=_recheck_at(rule) if outcome.member else None,
    )


def _rule_then(rule: RoutingRule, conversation: Conversation) -> dict:
    """What the rule said, for who asks later; `teams` are those it was meant for (RT-9)."""
    teams = rule.targets.exclude(team=None).values_list("team", flat=True) if rule.names_people() else []
    return {
        "mode": rule.mode,
        "strategy": rule.strategy,
        "fallback": rule.owner_fallback,
        "teams": list(teams),
        "language": question_of(conversation).language if rule.match_language else "",
        "skills": rule.skills,
    }


def _recheck_at(rule: RoutingRule) -> datetime | None:
    minutes = rule.reassign_unanswered_after_minutes
    return timezone.now() + timedelta(minutes=minutes) if minutes else None
