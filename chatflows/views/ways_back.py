"""The ways by which a visitor may come back into a chat."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from chatflows.widget.resume import revoke_all
from conversations.views.pages import load_to_work
from workspaces.access import member_only


@require_POST
@member_only
def ways_back(request, pk):
    """Close them all: links that were mailed, and browsers that came by one."""
    conversation = load_to_work(request, pk)
    revoke_all(conversation, by=request.member)
    if request.htmx:
        return HttpResponse()
    return redirect("conversations:open", request.workspace.slug, conversation.pk)
