"""Why a conversation is where it is."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations.views.pages import load
from conversations.why import attempts_of, sections_of
from workspaces.access import member_only


@require_safe
@member_only
def why(request, pk):
    """Who may read a conversation may ask why it went where it went."""
    conversation = load(request, pk)
    context = {
        "conversation": conversation,
        "attempts": attempts_of(conversation),
        "sections": sections_of(conversation, request.workspace.slug),
    }
    return render(request, "conversations/why.html", context)
