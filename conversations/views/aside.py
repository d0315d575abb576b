"""Setting a conversation aside as spam, and bringing back what was (SP-6, SP-7)."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.aside import mark_spam, not_spam
from conversations.views.done import done
from conversations.views.pages import last_view, load_to_work
from workspaces.access import member_only


@require_POST
@member_only
def spam(request, pk):
    """Move it to Spam; `deny` puts its sender on the list, as the member was asked."""
    mark_spam(load_to_work(request, pk), by=request.member, deny=request.POST.get("deny") == "1")
    undo = (reverse("conversations:keep", args=[request.workspace.slug, pk]), {"allow": ""})
    return done(request, pk, say=_("Moved to Spam."), undo=undo, leaves="spam")


@require_POST
@member_only
def keep(request, pk):
    """Not spam: back to where its turn is waited for; `allow` keeps its sender from being set aside again."""
    not_spam(load_to_work(request, pk), by=request.member, allow=request.POST.get("allow") == "1")
    if request.htmx:
        return done(request, pk, say=_("Back in the inbox."))
    return redirect("conversations:show", request.workspace.slug, last_view(request).key, pk)
