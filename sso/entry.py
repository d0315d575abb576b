"""Who may come in by a provider's word, and as whom.

The provider's word opens nothing by itself the first time: the person types a code that we mailed to the address. So no
provider reaches an account of somebody else, here or in another workspace, by naming their address.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sso.models import Identity, Provider
from sso.protocol import Claims
from workspaces.actions.founding import name_of
from workspaces.actions.invitations import accept_for_address
from workspaces.actions.roles import permissions_of
from workspaces.audit import note
from workspaces.models import Invitation, Member, User, Workspace
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope


class AnotherDomain(Refused):
    message = _("This address is not of a domain that may sign in here.")


class NotExpected(Refused):
    message = _("Nobody invited this address. Ask an administrator of the workspace.")


def known_person(workspace: Workspace, claims: Claims) -> User | None:
    """The person behind the claims, when they came before; None: the address must be proved first. Raises Refused."""
    with workspace_scope(workspace):
        _is_of_a_domain(workspace, claims.email)
        identity = _identity(claims)
        if identity is None:
            _is_expected(workspace, claims.email)
            return None
        Identity.objects.filter(pk=identity.pk).update(last_used_at=timezone.now())
        _member_of(workspace, identity.user, claims.email)
        return identity.user


def bind(workspace: Workspace, claims: Claims) -> User:
    """The address was proved: keep that this subject is this person, and let them in. Raises Refused."""
    with workspace_scope(workspace):
        _is_of_a_domain(workspace, claims.email)
        user = _person_of(claims)
        _member_of(workspace, user, claims.email)
        identity, _new = Identity.objects.get_or_create(
            issuer=claims.issuer, subject=claims.subject, defaults={"user": user}
        )
        return identity.user


def _identity(claims: Claims) -> Identity | None:
    rows = Identity.objects.select_related("user")
    return rows.filter(issuer=claims.issuer, subject=claims.subject).first()


def _is_of_a_domain(workspace: Workspace, email: str) -> None:
    if email.rpartition("@")[2] not in workspace.sso_domains:
        raise AnotherDomain


def _is_expected(workspace: Workspace, email: str) -> None:
    """Before a code is mailed: are they in, invited, or may everybody of the domain come?"""
    owners = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    if Member.objects.active().filter(workspace=workspace, user__in=owners).exists():
        return
    if Invitation.objects.usable().filter(email__iexact=email).exists():
        return
    if not Provider.objects.exclude(newcomer_role="").exists():
        raise NotExpected


def _member_of(workspace: Workspace, user: User, email: str) -> Member:
    """Their membership, made when they are invited or anybody of the domain may come. Who was removed stays outside."""
    member = Member.objects.filter(workspace=workspace, user=user).first()
    if not user.is_active:
        raise NotExpected
    if member and member.deactivated_at is None:
        return member
    invited = accept_for_address(user, email)
    if invited:
        return invited
    role = Provider.objects.values_list("newcomer_role", flat=True).first()
    if member or not role:
        raise NotExpected
    made = Member.objects.create(
        workspace=workspace,
        user=user,
        role=role,
        permissions=permissions_of(role, None),
        display_name=name_of(user),
    )
    note("member.joined", made, after={"role": made.role_name(), "by": "sso"}, member=made)
    return made


@transaction.atomic
def _person_of(claims: Claims) -> User:
    """The account of a proved address, made when there is none."""
    proved = (
        EmailAddress.objects.select_related("user").filter(email__iexact=claims.email, verified=True).first()
    )
    if proved:
        return proved.user
    user = User.objects.filter(email__iexact=claims.email).first()
    if user is None:
        user = User.objects.create_user(claims.email, name=claims.name)
    else:
        # Somebody signed up with this address and never proved it: their password must not open what begins now.
        user.set_unusable_password()
        user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=user, email=claims.email, defaults={"verified": True, "primary": True}
    )
    return user
