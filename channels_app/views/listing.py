"""Settings > Channels: all of them, of every kind (CH-1 to CH-3)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app import connections
from channels_app.views.mailboxes import manages
from inboxes.channel_actions import reconnect_channel
from inboxes.models import Channel, Inbox
from workspaces.refusals import Refused


@require_GET
@manages
def channels(request):
    context = {
        "standings": connections.standings(request.workspace.slug),
        "inboxes": Inbox.objects.order_by("name"),
        "here": request.path,
    }
    return render(request, "channels/list.html", context)


@require_http_methods(["GET", "POST"])
@manages
def disconnect(request, pk):
    """Asked before it is done: nothing comes in by it any more."""
    channel = get_object_or_404(Channel.objects.select_related("inbox"), pk=pk, disconnected_at=None)
    if request.method == "GET":
        return render(request, "channels/disconnect.html", {"channel": channel})
    try:
        connections.disconnect(channel, by=request.member)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Disconnected. Its conversations stay and can be read and found."))
    return redirect("channels:list", request.workspace.slug)


@require_POST
@manages
def reconnection(request, pk):
    """The same account goes on with its conversations. An address of mail is proven anew: what we held of it is gone."""
    channel = get_object_or_404(Channel.objects.exclude(disconnected_at=None), pk=pk)
    if channel.kind == "email" and not channel.config.get("given"):
        way = reverse("channels:choose", args=[request.workspace.slug, channel.inbox_id])
        return redirect(f"{way}?{urlencode({'address': channel.identifier})}")
    if channel.kind == "messenger":  # its keys were given up: Facebook is asked again
        return redirect("channels:messenger", request.workspace.slug, channel.inbox_id)
    reconnect_channel(channel)
    messages.success(request, _("Connected again."))
    return redirect("channels:list", request.workspace.slug)
