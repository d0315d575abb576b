"""Invitations: 256 random bits, of which only the hash is kept; single use, bound to one address (T022)."""

import re
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from workspaces.actions.founding import name_of
from workspaces.actions.roles import permissions_of
from workspaces.actions.teams import add_to_team
from workspaces.audit import note
from workspaces.mail import send_invitation
from workspaces.models import Invitation, Member, OwnRole, Team, User, hash_token
from workspaces.permissions import may_grant
from workspaces.refusals import (
    AlreadyInvited,
    AlreadyMember,
    AnotherAddress,
    InvitationGone,
    NotAllowed,
    SentJustNow,
    TooManyInvitations,
)
from workspaces.scope import current_workspace_id, workspace_scope

# "<workspace id>.<random>": the id opens the scope in which the hash can be looked up.
TOKEN = re.compile(r"([1-9][0-9]{0,17})\.[A-Za-z0-9_-]{43}")
INVITATIONS_A_DAY = 100
PAUSE = timedelta(minutes=1)


@transaction.atomic
def invite(
    email: str, *, role: str, by: Member, team: Team | None = None, own: OwnRole | None = None
) -> Invitation:
    """Invite an address and mail it the link. Call it, and the next two, inside the workspace's scope."""
    role = own.base if own else role
    if not may_grant(by, role, permissions_of(role, own)):
        raise NotAllowed
    email = email.strip().lower()
    _must_be_new(email)
    token = _new_token(by.workspace_id)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email,
                role=role,
                own_role=own,
                team=team,
                token_hash=hash_token(token),
                invited_by=by,
                expires_at=_expiry(),
            )
    except IntegrityError:
        raise AlreadyInvited from None
    _mail(invitation, token)
    note("invitation.created", invitation, after={"email": email, "role": invitation.role_name()}, member=by)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Member) -> Invitation:
    """Send a new link and begin the time anew; the link of the earlier mail stops working."""
    invitation = _open_and_locked(invitation)
    if not _may_give(by, invitation):
        raise NotAllowed
    if timezone.now() - invitation.created_at < PAUSE:
        raise SentJustNow
    token = _new_token(by.workspace_id)
    invitation.token_hash, invitation.invited_by = hash_token(token), by
    invitation.created_at, invitation.expires_at = timezone.now(), _expiry()
    invitation.save(update_fields=["token_hash", "invited_by", "created_at", "expires_at"])
    _mail(invitation, token)
    note("invitation.renewed", invitation, after={"email": invitation.email}, member=by)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Member) -> Invitation:
    """Make the link useless."""
    invitation = _open_and_locked(invitation)
    if not _may_give(by, invitation):
        raise NotAllowed
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    note("invitation.withdrawn", invitation, before={"email": invitation.email}, member=by)
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The usable invitation of a link, with its workspace and who sent it; None for anything else."""
    workspace_id = _workspace_of(token)
    if workspace_id is None:
        return None
    with workspace_scope(workspace_id):
        usable = Invitation.objects.usable().select_related(
            "workspace", "invited_by__user", "team", "own_role"
        )
        invitation = usable.filter(token_hash=hash_token(token)).first()
        return invitation if invitation and _still_stands(invitation) else None


def accept_invitation(token: str, user: User) -> Member:
    """Make the person a member. One of many simultaneous calls succeeds; the others raise InvitationGone."""
    workspace_id = _workspace_of(token)
    if workspace_id is None:
        raise InvitationGone
    with workspace_scope(workspace_id):
        rows = Invitation.objects.usable().select_for_update(of=["self"])
        invitation = (
            rows.select_related("workspace", "invited_by__user", "team", "own_role")
            .filter(token_hash=hash_token(token))
            .first()
        )
        if invitation is None or not _still_stands(invitation):
            raise InvitationGone
        if not owns_address(user, invitation.email):
            raise AnotherAddress
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        return _let_in(user, invitation)


def accept_for_address(user: User, email: str) -> Member | None:
    """The same for somebody whose address was proved in another way: the newest open invitation to it, if it stands.

    Inside the workspace's scope."""
    rows = Invitation.objects.usable().select_for_update(of=["self"]).filter(email__iexact=email)
    invitation = (
        rows.select_related("workspace", "invited_by__user", "team", "own_role").order_by("-pk").first()
    )
    if invitation is None or not _still_stands(invitation):
        return None
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return _let_in(user, invitation)


def owns_address(user: User, email: str) -> bool:
    return EmailAddress.objects.filter(user=user, verified=True, email__iexact=email).exists()


def _let_in(user: User, invitation: Invitation) -> Member:
    """A new member, or one who comes back. Somebody who is in already keeps the role they have."""
    own = invitation.own_role
    given = {
        "role": invitation.role,
        "own_role": own,
        "permissions": permissions_of(invitation.role, own),
    }
    member, is_new = Member.objects.get_or_create(
        workspace=invitation.workspace,
        user=user,
        defaults={**given, "display_name": name_of(user)},
    )
    if member.deactivated_at is not None:
        Member.objects.filter(pk=member.pk).update(
            **given, deactivated_at=None, heir="", access_version=F("access_version") + 1
        )
        member.refresh_from_db()
    elif not is_new:
        return member
    if invitation.team:
        add_to_team(invitation.team, member)
    return member


def _still_stands(invitation: Invitation) -> bool:
    """The inviter is still here and may still give this role; the workspace is not suspended."""
    inviter = invitation.invited_by
    return (
        inviter is not None
        and inviter.deactivated_at is None
        and inviter.user.is_active
        and _may_give(inviter, invitation)
        and invitation.workspace.suspended_at is None
    )


def _may_give(giver: Member, invitation: Invitation) -> bool:
    return may_grant(giver, invitation.role, permissions_of(invitation.role, invitation.own_role))


def _must_be_new(email: str) -> None:
    a_day_ago = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(created_at__gt=a_day_ago).count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations
    here = Member.objects.active().filter(workspace_id=current_workspace_id())
    if here.filter(user__email__iexact=email).exists():
        raise AlreadyMember
    if Invitation.objects.open().filter(email__iexact=email).exists():
        raise AlreadyInvited


def _open_and_locked(invitation: Invitation) -> Invitation:
    row = Invitation.objects.open().select_for_update().filter(pk=invitation.pk).first()
    if row is None:
        raise InvitationGone
    return row


def _workspace_of(token: str) -> int | None:
    shape = TOKEN.fullmatch(token or "")
    return int(shape.group(1)) if shape else None


def _new_token(workspace_id: int) -> str:
    return f"{workspace_id}.{secrets.token_urlsafe(32)}"


def _expiry():
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _mail(invitation: Invitation, token: str) -> None:
    """After commit, and never undoing it: a mail server that is down leaves an invitation that can be sent again."""
    workspace, inviter = invitation.workspace, invitation.invited_by
    transaction.on_commit(
        lambda: send_invitation(invitation, token, workspace=workspace, inviter=inviter), robust=True
    )
