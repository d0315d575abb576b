"""Signing in and what belongs to it, noted in every workspace of the person."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from workspaces.audit import note
from workspaces.models import Member, User
from workspaces.origin import Origin, origin_of
from workspaces.scope import open_scope, workspace_scope


def note_for(user, action: str, request=None, **after) -> None:
    """One line in each workspace where this person is a member; inside a scope, in that one alone."""
    here = origin_of(request)
    members = Member.objects.active().filter(user=user).select_related("workspace")
    if scope := open_scope():
        members = members.filter(workspace=scope)
    for member in members:
        with workspace_scope(member.workspace):
            origin = Origin(member, here.address, here.user_agent)
            note(action, after=after or None, origin=origin)


@receiver(user_logged_in)
def signed_in(sender, request, user, **told) -> None:
    note_for(user, "sign_in.signed_in", request)


@receiver(user_logged_out)
def signed_out(sender, request, user, **told) -> None:
    if user is not None:
        note_for(user, "sign_in.signed_out", request)


@receiver(user_login_failed)
def refused(sender, credentials, request=None, **told) -> None:
    """Only for an address that is known: what strangers type is kept nowhere."""
    address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    user = User.objects.filter(email=address).first() if address else None
    if user is not None:
        note_for(user, "sign_in.refused", request)


@receiver(mfa.authenticator_added)
def step_added(sender, request, user, authenticator, **told) -> None:
    note_for(user, "two_step.added", request, kind=str(authenticator.type))


@receiver(mfa.authenticator_removed)
def step_removed(sender, request, user, authenticator, **told) -> None:
    note_for(user, "two_step.removed", request, kind=str(authenticator.type))


@receiver(mfa.authenticator_reset)
def step_reset(sender, request, user, authenticator, **told) -> None:
    note_for(user, "two_step.changed", request, kind=str(authenticator.type))


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_changed(sender, request, user, **told) -> None:
    note_for(user, "password.changed", request)


@receiver(account.email_changed)
def address_changed(sender, request, user, **told) -> None:
    note_for(user, "email.changed", request)
