"""Settings > Team: who is in the workspace, what they may do, who is invited."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces import actions, queries, sign_on
from workspaces.access import allowed
from workspaces.forms import TeamForm
from workspaces.forms_people import HeirForm, InviteForm, RoleForm
from workspaces.labelled import labelled
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
    """Invite one or several; those that could not be invited stay in the form, each with why."""
    form = InviteForm(request.POST, by=request.member)
    if not form.is_valid():
        return render_team(request, invite_form=form)
    role, own = form.chosen_role()
    _prove_for(role, request)
    sent, refused = [], {}
    for address in form.cleaned_data["email"]:
        try:
            team = form.cleaned_data.get("team")
            sent.append(actions.invite(address, role=role, own=own, team=team, by=request.member).email)
        except Refused as refusal:
            refused[address] = refusal.message
    if sent:
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": ", ".join(sent)})
    if not refused:
        return _back(request)
    several = len(sent) + len(refused) > 1
    for address, why in refused.items():
        form.add_error("email", labelled(address, why) if several else why)
    form.keep_only(list(refused))
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
    form = RoleForm(request.POST, by=request.member)
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return _back(request)
    role, own = form.chosen_role()
    _prove_for(role, request)
    return _try(
        request,
        lambda: actions.change_role(member, role=role, own=own, by=request.member),
        _("%(name)s has a new role.") % {"name": member},
    )


@require_http_methods(["GET", "POST"])
@manages
def remove_member(request, pk):
    """Ask who gets what they have open; POST takes their access away."""
    member = get_member(request, pk)
    form = HeirForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "GET" or not form.is_valid():
        context = {"leaving": member, "form": form, "open": queries.open_work_of([member]).get(member.pk, 0)}
        return render(request, "workspaces/leaving.html", context, status=422 if form.errors else 200)
    return _try(
        request,
        lambda: actions.deactivate(member, by=request.member, heir=form.chosen_heir()),
        _("%(name)s no longer has access.") % {"name": member},
    )


@require_POST
@manages
def restore_member(request, pk):
    gone = Member.objects.filter(deactivated_at__isnull=False)
    member = get_object_or_404(gone, workspace=request.workspace, pk=pk)
    _prove_for(member.role, request)
    return _try(
        request,
        lambda: actions.reactivate(member, by=request.member),
        _("%(name)s is back.") % {"name": member},
    )


def get_member(request, pk) -> Member:
    return get_object_or_404(Member.objects.active(), workspace=request.workspace, pk=pk)


def render_team(request, *, invite_form=None, team_form=None):
    """The page, with a form that has errors or with empty ones."""
    status = 422 if invite_form or team_form else 200
    find = request.GET.get("find", "").replace("\0", "").strip()[:100]
    context = {
        "people": queries.people(request.workspace, request.member, find),
        "find": find,
        "removed": list(queries.removed_people(request.workspace)[:200]),
        "invitations": list(queries.open_invitations()),
        "teams": list(queries.teams()),
        "invite_form": invite_form or InviteForm(by=request.member),
        "team_form": team_form or TeamForm(prefix="team"),
    }
    return render(request, "workspaces/team.html", context, status=status)


def _prove_for(role: str, request) -> None:
    """Who makes an owner types the password again first; the library then goes on with this request."""
    if role == Role.OWNER:
        proven(request)


def proven(request) -> None:
    """Who acts typed their password a moment ago: here, or where their single sign-on lives."""
    if sign_on.is_narrow(request):
        sign_on.prove_again(request)
    else:
        _proven_here(request)


@reauthentication_required
def _proven_here(request) -> None:
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
