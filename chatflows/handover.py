"""A bot gives its conversation to a person (BE-13), or gives it up."""

from django.utils import timezone

from chatflows.facts import who_is_free
from chatflows.models import FlowSession
from conversations.actions import assign, route
from conversations.actions.routing import route_by, rule_for
from conversations.models import Conversation, Direction, Occasion
from events.record import record
from events.types import BOT_HANDED_OVER
from inboxes.models import RoutingMode, RoutingRule, RoutingTarget
from inboxes.opening import is_open_for_handover
from workspaces.models import Member, Team

# Names the rules that belong to steps of bots; nobody sees it.
RULE_NAME = "bot:{flow}:{step}"


def hand_over(session: FlowSession, conversation: Conversation, effect: dict) -> dict:
    """Let go of it and look for somebody. {"name": …} when somebody has it now, else nothing: it waits in Unassigned."""
    let_go(conversation)
    if effect["to"] != "nobody" and is_open_for_handover(conversation.channel):
        _give(session, conversation, effect)
    conversation.refresh_from_db()
    owner = conversation.assignee
    told = {"session": session.pk, "version": session.version_id, "member": owner and owner.pk}
    record(BOT_HANDED_OVER, conversation, actor_kind="bot", **told)
    if owner:
        return {"name": owner.display_name, "member": owner.pk}
    return {"waits": True} if _is_left_to_all(conversation, effect) else {}


def _is_left_to_all(conversation: Conversation, effect: dict) -> bool:
    """The channel gives nothing out, and somebody is there to take it: then nobody is called away."""
    if effect["to"] != "rule" or conversation.team_id or not is_open_for_handover(conversation.channel):
        return False
    rule = rule_for(conversation)
    return (rule is None or not rule.gives()) and bool(who_is_free(conversation.channel))


def let_go(conversation: Conversation) -> None:
    """From now on it is people's; whoever wrote last has waited since then."""
    last = conversation.messages.filter(direction=Direction.IN).order_by("-seq").first()
    conversation.bot_since = None
    conversation.waiting_since = conversation.waiting_since or (last.created_at if last else timezone.now())
    conversation.version += 1
    conversation.save(update_fields=["bot_since", "waiting_since", "version"])


def _give(session: FlowSession, conversation: Conversation, effect: dict) -> None:
    if effect["to"] == "rule":
        route(conversation, occasion=Occasion.HANDOVER)
        return
    rule = _rule(session, effect)
    route_by(conversation, rule, occasion=Occasion.HANDOVER)
    teams = [int(one[5:]) for one in effect["people"] if one.startswith("team:")]
    members = [one for one in effect["people"] if one.startswith("member:")]
    conversation.refresh_from_db()
    if conversation.assignee_id is None and len(teams) == 1 and not members:
        # Nobody of the team is free: it is theirs all the same, and all of them see it (RT-4).
        team = Team.objects.filter(pk=teams[0]).first()
        if team:
            assign(conversation, to=team, by=None, reason="routing:handover")


def _rule(session: FlowSession, effect: dict) -> RoutingRule:
    """The rule of a step, made when it first hands over: turns are taken by it, as by a channel's own (RT-7)."""
    name = RULE_NAME.format(flow=session.version.chatflow_id, step=effect["step"])[:100]
    rule = RoutingRule.objects.filter(channel=None, name=name).first()
    mode = RoutingMode.OWNER if effect["to"] == "owner" else RoutingMode.PEOPLE
    if rule is None:
        rule = RoutingRule.objects.create(channel=None, name=name, mode=mode)
    elif rule.mode != mode:
        rule.mode = mode
        rule.save(update_fields=["mode"])
    _name_people(rule, effect["people"])
    return rule


def _name_people(rule: RoutingRule, people: list[str]) -> None:
    ids = {
        kind: {int(one.partition(":")[2]) for one in people if one.startswith(kind)}
        for kind in ("member", "team")
    }
    members = set(
        Member.objects.active()
        .filter(workspace=rule.workspace_id, pk__in=ids["member"])
        .values_list("pk", flat=True)
    )
    teams = set(Team.objects.filter(pk__in=ids["team"]).values_list("pk", flat=True))
    named = {(row.member_id, row.team_id): row for row in rule.targets.all()}
    wanted = {(pk, None) for pk in members} | {(None, pk) for pk in teams}
    if set(named) == wanted:
        return
    RoutingTarget.objects.filter(rule=rule).delete()
    RoutingTarget.objects.bulk_create(
        RoutingTarget(rule=rule, member_id=member, team_id=team, workspace_id=rule.workspace_id)
        for member, team in sorted(wanted, key=str)
    )
