"""What people may do, and when they no longer may."""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from workspaces.models import Member, TeamMember, User
from workspaces.permissions import RANK, Permission, Role, may_grant
from workspaces.refusals import LastOwner, NotAllowed
from workspaces.signals import member_left


@transaction.atomic
def change_role(member: Member, *, role: str, by: Member) -> Member:
    """Give a member another role: never above one's own, never to somebody above oneself (SECURITY 2.8)."""
    member, by = _lock(member, by)
    _must_outrank(by, member)
    if not may_grant(by.role, role):
        raise NotAllowed
    if member.role == role:
        return member
    if role != Role.OWNER:
        _must_not_be_last_owner(member)
    member.role = role
    member.access_version += 1
    member.save(update_fields=["role", "access_version"])
    return member


@transaction.atomic
def deactivate(member: Member, *, by: Member) -> Member:
    """Take somebody's access away at once; what they wrote keeps their name. Call it inside the workspace's scope."""
    member, by = _lock(member, by)
    _must_outrank(by, member)
    _must_not_be_last_owner(member)
    if member.deactivated_at is None:
        member.deactivated_at = timezone.now()
        member.access_version += 1
        member.save(update_fields=["deactivated_at", "access_version"])
        TeamMember.objects.filter(member=member).delete()
        member_left.send(sender=Member, member=member, by=by)
    return member


def access_changed(members: QuerySet[Member]) -> None:
    """Tell open sockets that what these people may see has changed (SECURITY 2.5, T062)."""
    members.update(access_version=F("access_version") + 1)


@transaction.atomic
def update_profile(member: Member, *, person: dict, here: dict) -> Member:
    """Save what somebody says about themselves: `person` for every workspace, `here` for this one."""
    User.objects.filter(pk=member.user_id).update(**person)
    Member.objects.filter(pk=member.pk).update(**here)
    return Member.objects.select_related("user", "workspace").get(pk=member.pk)


def _lock(member: Member, by: Member) -> tuple[Member, Member]:
    """Both, and every owner, fresh and locked in one order: two owners cannot demote each other at the same time."""
    wanted = Q(pk__in=[member.pk, by.pk]) | Q(role=Role.OWNER)
    rows = Member.objects.select_for_update(of=["self"]).filter(wanted, workspace_id=by.workspace_id)
    found = {row.pk: row for row in rows.select_related("user").order_by("pk")}
    if member.pk not in found or by.pk not in found or found[by.pk].deactivated_at is not None:
        raise NotAllowed
    return found[member.pk], found[by.pk]


def _must_outrank(by: Member, member: Member) -> None:
    if not by.may(Permission.MANAGE_WORKSPACE) or RANK[member.role] > RANK[by.role]:
        raise NotAllowed


def _must_not_be_last_owner(member: Member) -> None:
    if member.role != Role.OWNER or member.deactivated_at is not None:
        return
    owners = Member.objects.active().filter(workspace_id=member.workspace_id, role=Role.OWNER)
    if not owners.exclude(pk=member.pk).exists():
        raise LastOwner
