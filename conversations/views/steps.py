"""The first steps: whether a test arrived, sample conversations, and what filters would have caught."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from conversations import sample
from conversations.filter_preview import preview
from conversations.first_steps import steps_for
from conversations.models import Conversation
from inboxes.filters import NotASender, read_entry
from inboxes.models import Channel, Inbox
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.MANAGE_INBOXES)
def arrived(request, channel_pk):
    """A part of the set-up page: the newest conversation of a channel, or that it is still waited for."""
    channel = get_object_or_404(Channel, pk=channel_pk)
    mine = Conversation.objects.visible_to(request.member).filter(channel=channel)
    found = mine.exclude(detail__is_sample=True).order_by("-pk").first()
    return render(request, "conversations/_arrived.html", {"found": found, "channel": channel})


@require_safe
@allowed(Permission.MANAGE_INBOXES)
def first_steps(request):
    """The checklist: a part of the empty inbox until all is done, or a page of its own."""
    steps = steps_for(request.member)
    if request.htmx and not steps:
        return HttpResponse()
    context = {"steps": steps, "has_samples": sample.has_samples()}
    name = "_first_steps" if request.htmx else "first_steps"
    return render(request, f"conversations/{name}.html", context)


@require_POST
@allowed(Permission.MANAGE_INBOXES)
def samples(request):
    """Add them, or (`remove`) take them all away."""
    if request.POST.get("remove"):
        gone = sample.remove_samples()
        told = ngettext("%(n)s sample removed.", "%(n)s samples removed.", gone) % {"n": gone}
        messages.success(request, told)
        return redirect("conversations:inbox", request.workspace.slug, "open")
    inbox = Inbox.objects.worked_by(request.member).order_by("pk").first()
    if inbox is None:
        return HttpResponse(_("You work in no inbox."), status=422, content_type="text/plain; charset=utf-8")
    sample.add_samples(inbox, by=request.member)
    return redirect("conversations:inbox", request.workspace.slug, "open")


@require_safe
@allowed(Permission.MANAGE_FILTERS)
def filter_preview(request):
    """What each switch, or one entry, would have caught in the last month."""
    typed, mistake = request.GET.get("entry", "").strip()[:320], ""
    entry = ""
    if typed:
        try:
            entry = read_entry(typed)
        except NotASender as problem:
            mistake = str(problem)
    context = {"preview": preview(request.member, entry), "typed": typed, "mistake": mistake}
    return render(request, "conversations/filter_preview.html", context, status=422 if mistake else 200)
