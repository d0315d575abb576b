"""One's own settings."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workspaces.access import member_only
from workspaces.actions import update_profile
from workspaces.forms import ProfileForm
from workspaces.models import Theme
from workspaces.permissions import Permission
from workspaces.queries import home_of
from workspaces.redirects import next_path


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
    if request.method == "GET":
        form = ProfileForm.of(request.member, request.LANGUAGE_CODE)
        return render(request, "workspaces/profile.html", {"form": form})
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return render(request, "workspaces/profile.html", {"form": form}, status=422)
    update_profile(request.member, person=form.person(), here=form.here())
    request.session["language"] = form.cleaned_data["language"]
    translation.activate(form.cleaned_data["language"])
    messages.success(request, _("Saved."))
    return redirect("workspaces:profile", request.workspace.slug)


@require_POST
@member_only
def theme(request):
    chosen = request.POST.get("theme")
    if chosen in Theme.values:
        request.user.theme = chosen
        request.user.save(update_fields=["theme"])
    return redirect(next_path(request, home_of(request.member)))
