"""Roles of a workspace: what it made of the usual ones, and those it added (AC-6).

A member's row carries what their role allows, so that no request asks twice; these verbs keep it so. Call them inside
the workspace's scope.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from workspaces.audit import note
from workspaces.models import Member, OwnRole
from workspaces.permissions import EDITABLE, FIXED, GRANTS, Permission, may_grant
from workspaces.refusals import NameTaken, NotAllowed


def permissions_of(role: str, own: OwnRole | None = None) -> list[str] | None:
    """What a role allows here; None: as usual."""
    changed = own or OwnRole.objects.filter(name="", base=role).first()
    return list(changed.permissions) if changed else None


@transaction.atomic
def change_permissions(role: str | OwnRole, permissions: Iterable[str], *, by: Member) -> None:
    """Say what a usual role, or one that was added, allows from now on; everybody who has it notices at once."""
    own = role if isinstance(role, OwnRole) else OwnRole.objects.filter(name="", base=role).first()
    base = own.base if own else str(role)
    wanted, before = _in_order(permissions), _in_order(own.permissions if own else GRANTS[base])
    _must_be_given(by, base, wanted)
    if wanted == before:
        return
    if own is None:
        own = OwnRole.objects.create(base=base, permissions=wanted)
    elif not own.name and wanted == _in_order(GRANTS[base]):
        own.delete()
        _spread(Member.objects.filter(workspace=by.workspace_id, role=base, own_role=None), None)
        note("role.changed", str(own), {"permissions": before}, {"permissions": wanted}, member=by)
        return
    else:
        own.permissions, own.changed_at = wanted, timezone.now()
        own.save(update_fields=["permissions", "changed_at"])
    _spread(_people_of(own), wanted)
    note("role.changed", own, {"permissions": before}, {"permissions": wanted}, member=by)


@transaction.atomic
def add_role(name: str, *, base: str, by: Member) -> OwnRole:
    """A role that begins as a copy of another one."""
    wanted = _in_order(permissions_of(base) or GRANTS[base])
    _must_be_given(by, base, wanted)
    try:
        with transaction.atomic():
            own = OwnRole.objects.create(name=name, base=base, permissions=wanted)
    except IntegrityError:
        raise NameTaken from None
    note("role.created", own, after={"name": name, "base": base, "permissions": wanted}, member=by)
    return own


@transaction.atomic
def rename_role(own: OwnRole, *, name: str, by: Member) -> OwnRole:
    before, own.name = own.name, name
    _must_be_given(by, own.base, own.permissions)
    try:
        with transaction.atomic():
            own.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken from None
    note("role.renamed", own, {"name": before}, {"name": name}, member=by)
    return own


@transaction.atomic
def remove_role(own: OwnRole, *, by: Member) -> None:
    """Its people go back to the role it was based on."""
    base = permissions_of(own.base)
    _must_be_given(by, own.base, base or GRANTS[own.base])
    _spread(_people_of(own), base)
    note("role.deleted", own, before={"name": own.name, "permissions": own.permissions}, member=by)
    own.delete()


def _people_of(own: OwnRole):
    here = Member.objects.filter(workspace=own.workspace_id)
    return here.filter(own_role=own) if own.name else here.filter(role=own.base, own_role=None)


def _spread(members, permissions: list[str] | None) -> None:
    members.update(permissions=permissions, access_version=F("access_version") + 1)


def _must_be_given(by: Member, base: str, permissions: Iterable[str]) -> None:
    if base not in EDITABLE or FIXED & set(permissions) or not may_grant(by, base, permissions):
        raise NotAllowed


def _in_order(permissions: Iterable[str]) -> list[str]:
    """As the page lists them; words that are no permission any more are dropped."""
    chosen = set(permissions)
    return [value for value in Permission.values if value in chosen]
