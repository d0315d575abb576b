"""The first three steps: a workspace, a chat, its snippet. Each can be left; what was done stays."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inboxes.actions import change_channel, found_workspace
from inboxes.forms import WelcomeForm
from inboxes.forms_chat import FirstChatForm
from inboxes.models import Channel
from inboxes.queries import snippet_of
from workspaces.access import allowed, signed_in
from workspaces.forms import time_zones
from workspaces.permissions import Permission
from workspaces.queries import workspaces_of
from workspaces.scope import workspace_scope


@require_http_methods(["GET", "POST"])
@signed_in
def welcome(request):
    has_one = workspaces_of(request.user).exists()
    form = WelcomeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "has_one": has_one}
        return render(request, "inboxes/welcome.html", context, status=422 if form.is_bound else 200)
    zone = _known_zone(form.cleaned_data["time_zone"]) or request.user.time_zone
    owner = found_workspace(
        form.cleaned_data["name"],
        by=request.user,
        language=request.LANGUAGE_CODE,
        time_zone=zone,
        inbox_name=form.cleaned_data["inbox_name"],
    )
    if not has_one and request.user.time_zone == "UTC":
        request.user.time_zone = zone
        request.user.save(update_fields=["time_zone"])
    request.session["workspace"] = owner.workspace.slug
    with workspace_scope(owner.workspace_id):
        first = Channel.objects.get(kind="chat")
    return redirect("inboxes:setup_channel", owner.workspace.slug, first.pk)


@require_http_methods(["GET", "POST"])
@allowed(Permission.MANAGE_INBOXES)
def setup_channel(request, pk):
    channel = get_object_or_404(Channel, pk=pk, kind="chat", disconnected_at=None)
    form = FirstChatForm(request.POST) if request.method == "POST" else FirstChatForm.of(channel)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "channel": channel}
        return render(request, "inboxes/setup_channel.html", context, status=422 if form.is_bound else 200)
    change_channel(channel, name=form.cleaned_data["name"], config=form.config())
    return redirect("inboxes:setup_snippet", request.workspace.slug, pk)


@require_GET
@allowed(Permission.MANAGE_INBOXES)
def setup_snippet(request, pk):
    channel = get_object_or_404(Channel, pk=pk, kind="chat", disconnected_at=None)
    context = {"channel": channel, "snippet": snippet_of(channel)}
    return render(request, "inboxes/setup_snippet.html", context)


def _known_zone(name: str) -> str:
    return name if name in {zone for zone, _label in time_zones()} else ""
