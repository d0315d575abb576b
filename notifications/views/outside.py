"""Without signing in: the link that stops mails, and the script that hears pushes."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from notifications.actions import switch_off
from notifications.letters import language_of, read_token
from notifications.topics import Way
from workspaces.access import public
from workspaces.scope import workspace_scope


# The mail program posts by itself (RFC 8058) and has no token of ours but the signed one in the address.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@public
def stop(request, token):
    """GET asks, since programs follow links to look at them; POST stops the mails of one topic."""
    found = read_token(token)
    if found is None:
        raise Http404
    member, topic = found
    if request.method == "POST":
        with workspace_scope(member.workspace_id):
            switch_off(member, topic, Way.EMAIL)
    with translation.override(language_of(member)):
        context = {"topic": topic.label, "place": member.workspace, "done": request.method == "POST"}
        return render(request, "notifications/stop.html", context)


@require_safe
@public
def worker(request):
    """The service worker: from the root, since it hears for the whole site."""
    path = finders.find("dist/sw.js")
    if not path:
        raise Http404
    response = HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
