"""What people may do, and when they no longer may."""

from functools import partial

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from workspaces import pictures
from workspaces.actions.roles import permissions_of
from workspaces.audit import note
from workspaces.models import ApiToken, Member, OwnRole, Team, TeamMember, User
from workspaces.permissions import RANK, Permission, Role, may_grant
from workspaces.refusals import LastOwner, NotAllowed, NotHere
from workspaces.scope import workspace_scope
from workspaces.signals import member_left


def change_role(member: Member, *, role: str, by: Member, own: OwnRole | None = None) -> Member:
    """Give a member another role: never above one's own, never to somebody above oneself."""
    with workspace_scope(by.workspace_id):
        member, by = _lock(member, by)
        _must_outrank(by, member)
        role = own.base if own else role
        permissions = permissions_of(role, own)
        if not may_grant(by, role, permissions):
            raise NotAllowed
        if (member.role, member.own_role_id) == (role, own and own.pk):
            return member
        if role != Role.OWNER:
            _must_not_be_last_owner(member)
        before = {"role": member.role_name()}
        member.role, member.own_role, member.permissions = role, own, permissions
        member.access_version += 1
        member.save(update_fields=["role", "own_role", "permissions", "access_version"])
        note("role.changed", member, before, {"role": member.role_name()}, member=by)
        return member


@transaction.atomic
def deactivate(member: Member, *, by: Member, heir: Member | Team | None = None) -> Member:
    """Take somebody's access away at once; what they wrote keeps their name. Call it inside the workspace's scope.

    What they had open goes to the heir, a colleague or a team, else it waits for anybody (AC-7).
    """
    member, by = _lock(member, by)
    _must_outrank(by, member)
    _must_not_be_last_owner(member)
    _must_be_here(heir, member)
    if member.deactivated_at is None:
        member.deactivated_at = timezone.now()
        member.heir = f"{'team' if isinstance(heir, Team) else 'member'}:{heir.pk}" if heir else ""
        member.access_version += 1
        member.save(update_fields=["deactivated_at", "heir", "access_version"])
        TeamMember.objects.filter(member=member).delete()
        ApiToken.objects.filter(member=member, revoked_at=None).update(revoked_at=timezone.now())
        member_left.send(sender=Member, member=member, by=by)
        note("member.removed", member, after={"open conversations go to": heir or ""}, member=by)
    return member


@transaction.atomic
def reactivate(member: Member, *, by: Member) -> Member:
    """Let somebody back in with the role they had; teams and inboxes are given anew. Inside the workspace's scope."""
    member, by = _lock(member, by)
    _must_outrank(by, member)
    if member.deactivated_at is None:
        return member
    member.permissions = permissions_of(member.role, member.own_role)
    if not may_grant(by, member.role, member.permissions):
        raise NotAllowed
    member.deactivated_at, member.heir = None, ""
    member.access_version += 1
    member.save(update_fields=["deactivated_at", "heir", "permissions", "access_version"])
    note("member.restored", member, after={"role": member.role_name()}, member=by)
    return member


def access_changed(members: QuerySet[Member]) -> None:
    """Tell open sockets that what these people may see has changed (T062)."""
    members.update(access_version=F("access_version") + 1)


@transaction.atomic
def update_profile(member: Member, *, person: dict, here: dict) -> Member:
    """Save what somebody says about themselves: `person` for every workspace, `here` for this one."""
    before = {name: getattr(member.user, name) for name in person} | {
        name: getattr(member, name) for name in here
    }
    User.objects.filter(pk=member.user_id).update(**person)
    Member.objects.filter(pk=member.pk).update(**here)
    fresh = Member.objects.select_related("user", "workspace").get(pk=member.pk)
    note("member.changed", fresh, before, person | here, member=member)
    return fresh


@transaction.atomic
def set_picture(member: Member, content: bytes | None, *, remove: bool = False) -> None:
    """A new picture, or none; the bytes of the earlier one go once that is certain."""
    if not content and not (remove and member.avatar):
        return
    earlier = Member.objects.select_for_update().values_list("avatar", flat=True).get(pk=member.pk)
    Member.objects.filter(pk=member.pk).update(avatar=pictures.keep(content) if content else "")
    transaction.on_commit(partial(pictures.forget, earlier), robust=True)


def _lock(member: Member, by: Member) -> tuple[Member, Member]:
    """Both, and every owner, fresh and locked in one order: two owners cannot demote each other at the same time."""
    wanted = Q(pk__in=[member.pk, by.pk]) | Q(role=Role.OWNER)
    rows = Member.objects.select_for_update(of=["self"]).filter(wanted, workspace_id=by.workspace_id)
    found = {row.pk: row for row in rows.select_related("user", "own_role").order_by("pk")}
    if member.pk not in found or by.pk not in found or found[by.pk].deactivated_at is not None:
        raise NotAllowed
    return found[member.pk], found[by.pk]


def _must_be_here(heir: Member | Team | None, leaving: Member) -> None:
    gone = isinstance(heir, Member) and (heir.deactivated_at is not None or heir.pk == leaving.pk)
    if gone or (heir is not None and heir.workspace_id != leaving.workspace_id):
        raise NotHere


def _must_outrank(by: Member, member: Member) -> None:
    if not by.may(Permission.MANAGE_WORKSPACE) or RANK[member.role] > RANK[by.role]:
        raise NotAllowed


def _must_not_be_last_owner(member: Member) -> None:
    if member.role != Role.OWNER or member.deactivated_at is not None:
        return
    owners = Member.objects.active().filter(workspace_id=member.workspace_id, role=Role.OWNER)
    if not owners.exclude(pk=member.pk).exists():
        raise LastOwner
