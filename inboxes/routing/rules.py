"""The rule of a channel, and whose turn it was."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from inboxes.models import Channel, RoutingRule, RoutingTarget
from workspaces.audit import note
from workspaces.models import Member, Team
from workspaces.scope import current_workspace_id

# The database's clock, since several machines have several, and these times are compared with each other.
TURN = """
INSERT INTO inboxes_routingturn (workspace_id, rule_id, member_id, last_assigned_at)
VALUES (%s, %s, %s, clock_timestamp())
ON CONFLICT (rule_id, member_id) DO UPDATE SET last_assigned_at = excluded.last_assigned_at
"""


def rule_of(channel: Channel | int) -> RoutingRule | None:
    """No row: leave unassigned (RT-1)."""
    pk = channel if isinstance(channel, int) else channel.pk
    return RoutingRule.objects.filter(channel=pk).first()


def rule_of_flow(chatflow: int) -> RoutingRule | None:
    """No row: as its channel says (LC-4)."""
    return RoutingRule.objects.filter(chatflow=chatflow).first()


def drop_rule_of_flow(chatflow: int) -> None:
    """What begins with it is given out as its channel says again. Decisions that were made by it stay."""
    rule = rule_of_flow(chatflow)
    if rule is not None:
        note("routing.changed", rule, _as_set(rule), {})
        rule.delete()


def mark_turn(rule: RoutingRule, member: Member) -> None:
    """This one had their turn. Call under the lock that choose() took."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, [current_workspace_id(), rule.pk, member.pk])


def set_rule(channel: Channel, **settings) -> RoutingRule:
    """Write how a channel gives out what comes in. Whose turn it is stays."""
    return _write({"channel": channel}, **settings)


def set_rule_of_flow(chatflow: int, name: str, **settings) -> RoutingRule:
    """The same for what begins with a chatflow; `name` is what its decisions are explained with."""
    return _write({"chatflow": chatflow}, name=name[:100], **settings)


@transaction.atomic
def _write(
    owner: dict, *, members: Iterable[Member] = (), teams: Iterable[Team] = (), **fields
) -> RoutingRule:
    rule, is_new = RoutingRule.objects.get_or_create(**owner)
    rule = RoutingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    before = {} if is_new else _as_set(rule)
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.updated_at = timezone.now()
    rule.full_clean(exclude=["workspace", "channel", "chatflow"])
    rule.save()
    RoutingTarget.objects.filter(rule=rule).delete()
    named = [RoutingTarget(rule=rule, member=member, workspace_id=rule.workspace_id) for member in members]
    named += [RoutingTarget(rule=rule, team=team, workspace_id=rule.workspace_id) for team in teams]
    RoutingTarget.objects.bulk_create(named)
    note("routing.changed", rule, before, _as_set(rule))
    return rule


def _as_set(rule: RoutingRule) -> dict:
    """For the log of changes: what it says, and whom it names."""
    rows = rule.targets.order_by("pk").values_list("member__display_name", "team__name")
    kept = {"mode", "strategy", "owner_fallback", "match_language", "skills"} | {
        "reroute_reopened_if_owner_away",
        "drain_queue_on_available",
        "reassign_unanswered_after_minutes",
    }
    return {name: getattr(rule, name) for name in kept} | {
        "goes to": [member or team for member, team in rows]
    }


@transaction.atomic
def set_taker(member: Member, **fields) -> Member:
    """What a member can be given: can_be_auto_assigned, max_open, languages, skills."""
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    before = {name: getattr(member, name) for name in fields}
    for name, value in fields.items():
        setattr(member, name, value)
    member.save(update_fields=list(fields))
    note("member.changed", member, before, fields)
    return member
