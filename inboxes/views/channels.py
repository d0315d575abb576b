"""Settings > an inbox > a channel."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inboxes import actions, queries
from inboxes.forms_chat import ChatForm
from inboxes.models import Channel, Inbox
from inboxes.views.inboxes import manages
from workspaces.refusals import Refused


@require_POST
@manages
def connect(request, pk):
    """Connect another live chat to an inbox: it needs nothing from outside, so it exists at once."""
    inbox = get_object_or_404(Inbox, pk=pk)
    made = actions.connect_channel(inbox, kind="chat", name=_("Live chat"), config={"sites": []})
    return redirect("inboxes:channel", request.workspace.slug, made.pk)


@require_http_methods(["GET", "POST"])
@manages
def channel(request, pk):
    found = get_object_or_404(
        Channel.objects.select_related("inbox"), pk=pk, kind="chat", disconnected_at=None
    )
    form = ChatForm(request.POST) if request.method == "POST" else ChatForm.of(found)
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
    return redirect("inboxes:inbox", request.workspace.slug, found.inbox_id)
