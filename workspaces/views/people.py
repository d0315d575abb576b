"""Settings > Team: who is in the workspace, what they may do, who is invited."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workspaces import actions, queries
from workspaces.access import allowed
from workspaces.forms import InviteForm, RoleForm, TeamForm
from workspaces.models import Invitation, Member
from workspaces.permissions import Permission, Role
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_WORKSPACE)


@require_GET
@manages
def team(request):
    return render_team(request)


@require_POST
@manages
def invite(request):
    form = InviteForm(request.POST, by=request.member)
    if form.is_valid():
        _prove_for(form.cleaned_data["role"], request)
        try:
            sent = actions.invite(
                form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                team=form.cleaned_data.get("team"),
                by=request.member,
            )
        except Refused as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": sent.email})
            return _back(request)
    return render_team(request, invite_form=form)


@require_POST
@manages
def resend(request, pk):
    invitation = get_object_or_404(Invitation.objects.open(), pk=pk)
    return _try(
        request,
        lambda: actions.resend_invitation(invitation, by=request.member),
        _("Invitation sent again to %(email)s.") % {"email": invitation.email},
    )


@require_POST
@manages
def withdraw(request, pk):
    invitation = get_object_or_404(Invitation.objects.open(), pk=pk)
    return _try(
        request,
        lambda: actions.withdraw_invitation(invitation, by=request.member),
        _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email},
    )


@require_POST
@manages
def member_role(request, pk):
    member = get_member(request, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return _back(request)
    _prove_for(form.cleaned_data["role"], request)
    return _try(
        request,
        lambda: actions.change_role(member, role=form.cleaned_data["role"], by=request.member),
        _("%(name)s has a new role.") % {"name": member},
    )


@require_POST
@manages
def remove_member(request, pk):
    member = get_member(request, pk)
    return _try(
        request,
        lambda: actions.deactivate(member, by=request.member),
        _("%(name)s no longer has access.") % {"name": member},
    )


def get_member(request, pk) -> Member:
    return get_object_or_404(Member.objects.active(), workspace=request.workspace, pk=pk)


def render_team(request, *, invite_form=None, team_form=None):
    """The page, with a form that has errors or with empty ones."""
    status = 422 if invite_form or team_form else 200
    context = {
        "people": queries.people(request.workspace, request.member),
        "invitations": list(queries.open_invitations()),
        "teams": list(queries.teams()),
        "invite_form": invite_form or InviteForm(by=request.member),
        "team_form": team_form or TeamForm(prefix="team"),
    }
    return render(request, "workspaces/team.html", context, status=status)


def _prove_for(role: str, request) -> None:
    """Who makes an owner types the password again first; the library then goes on with this request (SECURITY 2.8)."""
    if role == Role.OWNER:
        _proven(request)


@reauthentication_required
def _proven(request) -> None:
    pass


def _try(request, act, done: str):
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return _back(request)


def _back(request):
    return redirect("workspaces:team", request.workspace.slug)
