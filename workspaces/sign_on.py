"""What a session may open: one that a workspace's own provider began opens that workspace and nothing else.

Whoever runs the provider can make it say anything. So it is believed for its own workspace, never for another one of the
same person, nor for how they sign in.
"""

import time

from allauth.account import app_settings
from allauth.account import signals as account
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from workspaces.models import Member, Workspace
from workspaces.permissions import Role

OPENED = "sso_workspaces"  # ids of workspaces whose provider vouched in this session
NARROW = "sso_alone"  # nothing but a provider vouched
AT = "sso_at"


@receiver(account.user_logged_in)
def note_how(sender, request, user, sso: int | None = None, **told) -> None:
    """A sign-in begins anew what the session may open."""
    for key in (OPENED, NARROW, AT):
        request.session.pop(key, None)
    if sso is not None:
        request.session[NARROW] = True
        vouched(request, sso)


def vouched(request, workspace_id: int) -> None:
    request.session[OPENED] = sorted({*request.session.get(OPENED, []), workspace_id})
    request.session[AT] = time.time()


def is_narrow(request) -> bool:
    return bool(request.session.get(NARROW))


def opens(request, member: Member) -> bool:
    """Whether this session may enter the member's workspace at all, before any role is asked."""
    if member.workspace_id in request.session.get(OPENED, []):
        return True
    return not is_narrow(request) and not _is_required(member)


def lead_in(request, member: Member) -> HttpResponse:
    """The way to a session that opens this workspace: its provider's, or one's own."""
    if member.workspace.sso_domains:
        path = request.get_full_path() if request.method == "GET" else ""
        target = door_of(member.workspace, path)
    else:
        text = translation.gettext(
            "Single sign-on opens its own workspace only. Sign out and in again your own way."
        )
        messages.warning(request, text)
        target = reverse("account_logout")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=403)
        response["HX-Redirect"] = target
        return response
    return redirect(target)


def door_of(workspace: Workspace, next_path: str = "") -> str:
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    return reverse("sso:door", args=[workspace.slug]) + query


def prove_again(request) -> None:
    """Sensitive acts of who has no other proof here: the provider asks for the password anew."""
    if time.time() - request.session.get(AT, 0) > app_settings.REAUTHENTICATION_TIMEOUT:
        raise ReauthenticationRequired


def instead_of_account_page(request) -> HttpResponse:
    """In a narrow session nobody changes how the person signs in; a proof is asked for at the provider."""
    workspace = Workspace.objects.filter(pk__in=request.session.get(OPENED, [])).order_by("pk").first()
    if workspace and request.resolver_match.view_name in ("account_reauthenticate", "mfa_reauthenticate"):
        wanted = {"next": request.GET.get("next", ""), "again": "1"}
        return redirect(f"{reverse('sso:visit', args=[workspace.slug])}?{urlencode(wanted)}")
    text = translation.gettext(
        "You came in by single sign-on. To change how you sign in, sign out and in again your own way."
    )
    messages.warning(request, text)
    return redirect(reverse("workspaces:profile", args=[workspace.slug]) if workspace else "account_logout")


def _is_required(member: Member) -> bool:
    """Owners come in their own way too: a provider that fails must not shut everybody out."""
    return member.workspace.sso_required_at is not None and member.role != Role.OWNER
