"""Every view declares who may enter; a view that does not is refused (SECURITY root cause 10)."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from workspaces import sign_on
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope
from workspaces.zones import zone_names


@dataclass(frozen=True)
class Access:
    """Who may call a view: `public`, `visitor`, `signed_in` or `member` (then with an optional permission)."""

    who: str
    permission: str = ""


def public(view: Callable) -> Callable:
    """Anyone, signed in or not: health, sign-in pages, the widget's own files."""
    view.access = Access("public")
    return view


def visitor(view: Callable) -> Callable:
    """A widget's visitor: the view itself binds the request to one channel by its key and session token."""
    view.access = Access("visitor")
    return view


def signed_in(view: Callable) -> Callable:
    """A person, whatever their workspaces."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.access = Access("signed_in")
    return guarded


def member_only(view: Callable) -> Callable:
    """A member of the workspace named in the address."""
    return _member_view(view, "")


def allowed(permission: Permission, *, scoped: bool = True) -> Callable:
    """A member who holds a permission; others get the same 404 as for a page that does not exist.

    `scoped=False`: the view talks to servers outside, which no transaction may wait for; it opens the scope itself,
    also around what it renders.
    """
    return lambda view: _member_view(view, permission, scoped=scoped)


def _member_view(view: Callable, permission: str, *, scoped: bool = True) -> Callable:
    @wraps(view)
    def guarded(request, workspace, *args, **kwargs):
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        member = find_membership(request.user, workspace)
        if member is None or (permission and not member.may(permission)):
            raise Http404
        if not sign_on.opens(request, member):
            return sign_on.lead_in(request, member)
        if member.workspace.two_step_required_at and not signs_in_in_two_steps(request.user):
            return _ask_for_second_step(request)
        if _says_nul(request):
            raise BadRequest("NUL")
        request.member, request.workspace = member, member.workspace
        if request.session.get("workspace") != member.workspace.slug:
            request.session["workspace"] = member.workspace.slug
        try:
            # Lazy responses are rendered in here: after the scope there are no rows to render.
            scope = workspace_scope(member.workspace) if scoped else nullcontext()
            with scope, timezone.override(zone_of(member)):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()
        except BaseException:
            # The page that tells of the error is drawn outside the scope: it may not ask for tenant rows.
            del request.member, request.workspace
            raise
        return response

    guarded.access = Access("member", permission)
    return guarded


def _says_nul(request) -> bool:
    """A sign that no page of ours sends, and that PostgreSQL keeps nowhere. What JSON says is the view's to look at."""
    told = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
    return any("\0" in value for data in told for _name, values in data.lists() for value in values)


def zone_of(member: Member) -> ZoneInfo:
    """The clock a member reads: their own, else the workspace's when that is not set or not known any more."""
    for name in (member.user.time_zone, member.workspace.time_zone):
        if name and name in zone_names():
            return ZoneInfo(name)
    return ZoneInfo("UTC")


def find_membership(user, slug: str) -> Member | None:
    return (
        Member.objects.active()
        .select_related("workspace", "user")
        .filter(user=user, workspace__slug=slug, workspace__suspended_at=None)
        .first()
    )


def signs_in_in_two_steps(user) -> bool:
    """Whether they have a proof beside their password; recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def _ask_for_second_step(request) -> HttpResponse:
    """Where a workspace asks for two steps, nothing of it opens before they are set up."""
    target = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=403)
        response["HX-Redirect"] = target
        return response
    messages.warning(
        request, translation.gettext("This workspace asks for two-step sign-in. Set it up to go on.")
    )
    return redirect(target)


def _ask_to_sign_in(request) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment of the sign-in page would land inside the inbox: send the whole page there instead.
        response = HttpResponse(status=401)
        response["HX-Redirect"] = "/account/login/"
        return response
    said = translation.gettext("You are signed out. Sign in again.")
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(said, status=401)
    if request.headers.get("Sec-Fetch-Dest") == "iframe":
        # The sign-in page lets nobody frame it: a letter inside an open thread would show a browser's error.
        response = HttpResponse(said, status=401, content_type="text/plain; charset=utf-8")
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'"
        response.xframe_options_exempt = True
        return response
    return redirect_to_login(request.get_full_path())
