"""One's own settings."""

import re

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from workspaces.access import member_only, public
from workspaces.actions import set_picture, update_profile
from workspaces.forms import ProfileForm, ShortcutsForm
from workspaces.models import Theme
from workspaces.permissions import Permission
from workspaces.pictures import path_of
from workspaces.queries import home_of
from workspaces.redirects import next_path

KEY = re.compile(r"[A-Za-z0-9_-]{32}")
THEME_COOKIE = "parley-theme"
YEAR = 365 * 24 * 3600


@require_GET
@member_only
def settings_home(request):
    """The first page of the settings that this person may open."""
    slug = request.workspace.slug
    if request.member.may(Permission.MANAGE_INBOXES):
        return redirect("inboxes:list", slug)
    return redirect("workspaces:profile", slug)


@require_http_methods(["GET", "POST"])
@member_only
def profile(request):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ProfileForm.of(request.member, request.LANGUAGE_CODE, *sent)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "workspaces/profile.html", {"form": form}, status=status)
    update_profile(request.member, person=form.person(), here=form.here())
    set_picture(request.member, form.cleaned_data["picture"], remove=form.cleaned_data["no_picture"])
    request.session["language"] = form.cleaned_data["language"]
    translation.activate(form.cleaned_data["language"])
    messages.success(request, _("Saved."))
    response = redirect("workspaces:profile", request.workspace.slug)
    return _keep_theme(response, form.cleaned_data["theme"])


@require_http_methods(["GET", "POST"])
@member_only
def shortcuts(request):
    """The keys of the person who asks; `reset` brings the usual ones back."""
    user = request.user
    if request.method == "GET":
        return render(request, "workspaces/shortcuts.html", {"form": ShortcutsForm.of(user)})
    form = ShortcutsForm(request.POST)
    if "reset" in request.POST:
        user.shortcuts = {}
    elif not form.is_valid():
        return render(request, "workspaces/shortcuts.html", {"form": form}, status=422)
    else:
        user.shortcuts, user.shortcuts_on = form.changes(), form.cleaned_data["shortcuts_on"]
    user.save(update_fields=["shortcuts", "shortcuts_on"])
    messages.success(request, _("Saved."))
    return redirect("workspaces:shortcuts", request.workspace.slug)


@require_safe
@public
def face(request, key):
    """A person's picture: who was told its address may see it, also on a customer's page."""
    if not KEY.fullmatch(key) or not default_storage.exists(path_of(key)):
        raise Http404
    with default_storage.open(path_of(key)) as file:
        response = HttpResponse(file.read(), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@member_only
def theme(request):
    response = redirect(next_path(request, home_of(request.member)))
    chosen = request.POST.get("theme")
    if chosen not in Theme.values:
        return response
    request.user.theme = chosen
    request.user.save(update_fields=["theme"])
    return _keep_theme(response, chosen)


def _keep_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """For the pages before signing in, which know nobody yet."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
