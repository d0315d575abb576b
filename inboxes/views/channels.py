"""Settings > an inbox > a channel."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inboxes import actions, channel_actions, queries
from inboxes.forms import MoveChannelForm
from inboxes.forms_chat import ChatForm
from inboxes.models import Channel
from inboxes.views.inboxes import manages
from workspaces.redirects import next_path
from workspaces.refusals import Refused


@require_http_methods(["GET", "POST"])
@manages
def channel(request, pk):
    rows = Channel.objects.select_related("inbox")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    found = get_object_or_404(rows, pk=pk, kind="chat", disconnected_at=None)
    stored = {"initial": ChatForm.read(found), "target": found}
    form = ChatForm(request.POST, **stored) if request.method == "POST" else ChatForm(**stored)
    if request.method == "GET" or not form.is_valid():
        context = {"channel": found, "form": form, "snippet": queries.snippet_of(found)}
        return render(request, "inboxes/channel.html", context, status=422 if form.is_bound else 200)
    actions.change_channel(found, name=form.cleaned_data["name"], config=form.config())
    messages.success(request, _("Saved."))
    return redirect("inboxes:channel", request.workspace.slug, pk)


@require_POST
@manages
def channel_activity(request, pk):
    """Pause a channel, or let it run again."""
    found = get_object_or_404(Channel, pk=pk, disconnected_at=None)
    if request.POST.get("active") == "yes":
        actions.resume_channel(found)
        messages.success(request, _("This channel takes in messages again."))
    else:
        try:
            actions.pause_channel(found)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("This channel is paused."))
    return _back(request, found)


@require_http_methods(["GET", "POST"])
@manages
def move_channel(request, pk):
    """To another inbox; what happens to its conversations is asked (CH-4)."""
    found = get_object_or_404(Channel.objects.select_related("inbox"), pk=pk)
    form = MoveChannelForm(request.POST or None, channel=found)
    if form.is_valid():
        try:
            channel_actions.move_channel(found, **form.cleaned_data, by=request.member)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Moved. What comes from now on arrives there."))
            return redirect("inboxes:connect", request.workspace.slug, form.cleaned_data["to"].pk)
    context = {"channel": found, "form": form}
    return render(request, "inboxes/channel_move.html", context, status=422 if form.is_bound else 200)


def _back(request, channel: Channel):
    here = f"/w/{request.workspace.slug}/settings/inboxes/{channel.inbox_id}/channels/"
    return redirect(next_path(request, here))
