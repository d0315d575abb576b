"""The ways in: the first page, the language, an invitation."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from workspaces.access import public, signed_in
from workspaces.actions import accept_invitation, find_invitation
from workspaces.actions.invitations import owns_address
from workspaces.adapter import INVITATION_KEY, invitation_of
from workspaces.queries import home_of, workspaces_of
from workspaces.redirects import next_path
from workspaces.refusals import AnotherAddress, InvitationGone

YEAR = 365 * 24 * 3600


@require_safe
@public
def home(request):
    """The inbox of the workspace that was used last; without one, what comes before it."""
    if not request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    if invitation_of(request):
        return redirect("workspaces:invitation", request.session[INVITATION_KEY])
    memberships = list(workspaces_of(request.user))
    if not memberships:
        return redirect("inboxes:welcome")
    last = request.session.get("workspace")
    return redirect(home_of(next((m for m in memberships if m.workspace.slug == last), memberships[0])))


@require_POST
@public
def set_language(request):
    """Remember the language: in a cookie for the door, in the person's row when somebody is signed in."""
    response = redirect(next_path(request, "/"))
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
        request.session["language"] = language
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        httponly=True,
    )
    translation.activate(language)
    return response


@require_GET
@signed_in
def create(request):
    return redirect("inboxes:welcome")


@require_safe
@never_cache
@public
def invitation(request, token):
    """Show who invites whom, and a button. Reading changes nothing: mail scanners open every link."""
    found = find_invitation(token)
    if found is None:
        request.session.pop(INVITATION_KEY, None)
        return _private(render(request, "workspaces/invitation_gone.html", status=410))
    request.session[INVITATION_KEY] = token
    person = request.user
    is_theirs = person.is_authenticated and owns_address(person, found.email)
    context = {"invitation": found, "token": token, "is_theirs": is_theirs}
    return _private(render(request, "workspaces/invitation.html", context))


@require_POST
@signed_in
def accept(request, token):
    try:
        member = accept_invitation(token, request.user)
    except InvitationGone:
        request.session.pop(INVITATION_KEY, None)
        return _private(render(request, "workspaces/invitation_gone.html", status=410))
    except AnotherAddress as refusal:
        messages.error(request, refusal.message)
        return redirect("workspaces:invitation", token)
    request.session.pop(INVITATION_KEY, None)
    request.session["workspace"] = member.workspace.slug
    messages.success(request, _("Welcome to %(workspace)s.") % {"workspace": member.workspace})
    return redirect(home_of(member))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the secret: it goes to no other site and into no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
