"""Who of a page's apps answers a person (FM-4): what a member may ask for beside the composer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from channels_app.messenger import control
from channels_app.messenger.connect import TROUBLES
from conversations.models import Conversation
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope


@require_POST
@allowed(Permission.WORK, scoped=False)
def thread_control(request, pk):
    """Take, ask or pass. Meta is asked outside any transaction."""
    verb = request.POST.get("verb", "")
    if verb not in control.PATHS:
        raise Http404
    with workspace_scope(request.workspace):
        rows = Conversation.objects.worked_by(request.member).filter(channel_kind="messenger")
        get_object_or_404(rows, pk=pk)
    try:
        control.change(request.workspace.pk, pk, verb, by=request.member)
    except TROUBLES as trouble:
        messages.error(request, str(trouble) or _("Messenger could not be reached. Try again in a moment."))
    return redirect("conversations:open", request.workspace.slug, pk)
